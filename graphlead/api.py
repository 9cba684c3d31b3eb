"""Runs and graphs in a notebook: tables as DataFrames, surroundings as NetworkX graphs, the whole for PyG."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from graphlead.common.console import Console
from graphlead.common.spreadsheets import restored
from graphlead.core.arrays import Floats, Json
from graphlead.core.contracts import WHOLE, GraphStore
from graphlead.core.errors import GraphleadError, damage
from graphlead.core.sales import SalesGiven, SalesSettings
from graphlead.graph.nearby import levels_beside, nearby, selected
from graphlead.pipeline.find import by_id_or_name
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.sales.frames import Table, as_files, folder_for
from graphlead.pipeline.scored import folds_of
from graphlead.runs.manifest import verb_of
from graphlead.stores.library.queries import bound, library

if TYPE_CHECKING:
    from graphlead.experiments.compare.finished import FinishedComparison
    from graphlead.pipeline.sales.finished import FinishedSales
    from graphlead.pipeline.segment.opened import OpenSegments

MOST_NODES = 5000
"""The default cap on a NetworkX graph, which takes about 1.5 KB of memory per node."""


class OpenRun:
    """A finished run. Raises RunFolderError when there is none in the folder, or it is unfinished."""

    def __init__(self, folder: Path) -> None:
        self._run = FinishedRun(folder)

    @cached_property
    def register(self) -> pd.DataFrame:
        """The cleaned register: one row per company, in the order of the company nodes of ``to_hetero_data``."""
        table: pd.DataFrame = self._run.whole_register.read().to_pandas()
        return table

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every candidate, best first: company_id, score (a probability), rank, rank_all, and a column per ranker."""
        return self._run.scores

    @cached_property
    def leads(self) -> pd.DataFrame:
        """The companies to call, best first, with their reasons, as in leads.csv."""
        return _list(self._run.folder.leads)

    @cached_property
    def whitespace(self) -> pd.DataFrame:
        """The companies in clients' ownership groups, as in whitespace.csv."""
        return _list(self._run.folder.whitespace)

    def to_hetero_data(self) -> Any:
        """The company graph as a torch_geometric.data.HeteroData, to train a network of one's own on it.

        Node types are company, holder, person, industry and place, each with num_nodes; edge types are those of the
        graph, such as (company, owns, company), with edge_index and, where there are shares, edge_attr. No edge and no
        feature comes from a label. Companies, in the order of ``register``, have

        - x, float32 (n, d): standardised numbers, 0 where missing; feature_names has a name per column
        - y, int64 (n,): 1 for clients
        - fold, int8 (n,): the fold in which the run's models held the company out; -1 for one that was in no fold
        - candidate_mask, suppressed_mask, bool (n,): who was ranked; who must be left alone
        - twin_mask, bool (n,): other records of the clients
        """
        from graphlead.graph.views import to_hetero_data

        run, features = self._run, self._run.features
        everybody = np.arange(run.cohort.n_companies)
        data = to_hetero_data(run.graph, {"company": {
            "x": _standardised(np.hstack([features.attributes.numeric, features.structure])),
            "y": run.cohort.labels().astype(np.int64),
            "fold": folds_of(run.folder, run.register),
            "candidate_mask": run.cohort.candidates(),
            "suppressed_mask": np.isin(everybody, run.cohort.suppressed),
            "twin_mask": np.isin(everybody, run.cohort.twins),
        }})  # fmt: skip
        names = (*features.attributes.numeric_features, *features.structure_features)
        data["company"].feature_names = [feature.title() for feature in names]
        return data

    def around(self, company: str, hops: int = 2, cap: int = MOST_NODES) -> Any:
        """The neighbourhood within ``hops`` links of a company, by its id or name: a networkx.MultiDiGraph.

        Nodes are (kind, key) pairs with kind, key and name, edges have relation and weight. Industries and places are
        there where the company is in them or several companies share them, but no way leads through them. Raises
        InputError for no such company, and GraphleadError for more than ``cap`` nodes.
        """
        from graphlead.graph.views import induced

        graph, register = self._run.graph, self._run.register
        at = by_id_or_name(register, company)
        near = nearby(graph, at, hops)
        companies = near.index[near.of("company")]
        levels = levels_beside(graph, companies, at, graph.n_companies)
        count = len(near) + sum(map(len, levels.values()))
        if count > cap:
            raise GraphleadError(
                f"this view would have {count:,} nodes, more than the cap of {cap:,}.",
                where=f"{hops} hops around {company}",
                remedy="Ask for fewer hops, raise cap (about 1.5 KB of memory per node), or ask the graph store.",
            )
        return induced(graph, register, selected(graph, near, np.ones(len(near), bool), levels))


class OpenSales:
    """A finished run of ``convert`` or ``churn``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        from graphlead.pipeline.sales.finished import FinishedSales

        self._run: FinishedSales = FinishedSales(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        return self._run.path

    @property
    def scored(self) -> pd.DataFrame:
        """Every scored case, best first: id, probability, rank, what to do, reasons."""
        return self._run.scored

    @property
    def metrics(self) -> Json:
        """The figures, as in metrics.json."""
        return self._run.metrics

    @property
    def leaks(self) -> list[Json]:
        """The columns that are known only afterwards, or may be: column, verdict, why, and figures."""
        return list(self.metrics["leaks"])

    def above(self, threshold: float) -> pd.DataFrame:
        """The scored cases with at least this probability, best first."""
        return self.scored[self.scored["probability"] >= threshold]

    def score(
        self,
        new: Table | list[Table],
        *,
        out: Path | str | None = None,
        items: Table | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenSales:
        """Newer open cases, or the newer tables of events where the run learned from events, by the trained models."""
        from graphlead.pipeline.sales.score import Newer, score_cases

        key = "events" if self._run.settings.events else "open"
        with as_files({key: new, "items": items}) as files, folder_for(out) as (folder, own):
            score_cases(self.folder, Newer(**files, as_of=as_of), folder, Console(quiet=quiet))
            return OpenSales(folder, own)


class OpenComparison:
    """A finished comparison of two runs or two tables. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        from graphlead.experiments.compare.finished import FinishedComparison

        self._run: FinishedComparison = FinishedComparison(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        return self._run.path

    @property
    def alarm(self) -> bool:
        """Whether any column changed by much, or is gone or new."""
        return bool(self._run.comparison["alarm"])

    @property
    def drift(self) -> list[Json]:
        """What changed in each column: column, psi, js (both None where nothing was compared), alarm, text, bins."""
        return list(self._run.comparison["drift"])

    @property
    def scores(self) -> list[Json]:
        """The same of the columns that a model gave."""
        return list(self._run.comparison["scores"])

    @property
    def moved(self) -> pd.DataFrame | None:
        """Who moved between two runs: id, change, old_rank, new_rank, why; None for two tables."""
        return self._run.moved

    @property
    def calibration(self) -> Json | None:
        """Predicted against happened: bins, ece, expected, happened, n, text; None without outcomes."""
        found: Json | None = self._run.comparison["calibration"]
        return found


def opened(folder: Path) -> OpenRun | OpenSales | OpenComparison | OpenSegments:
    """The finished run in a folder. Raises RunFolderError where there is none."""
    if verb_of(folder) == "segment":
        from graphlead.pipeline.segment.opened import OpenSegments

        return OpenSegments(folder)
    kinds: dict[str, type[OpenRun | OpenSales | OpenComparison]] = {"run": OpenRun, "compare": OpenComparison}
    return kinds.get(verb_of(folder), OpenSales)(folder)


def compared(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenComparison:
    """What ``compare`` finds between two runs or tables; into a folder of its own where none is given."""
    from graphlead.core.comparison import ComparisonGiven, ComparisonSettings
    from graphlead.experiments.compare.compare import compare

    with as_files(given) as files, folder_for(given.get("out")) as (folder, own):
        settings: ComparisonGiven = {**files, "out": folder}  # type: ignore[typeddict-item]
        compare(ComparisonSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenComparison(folder, own)


def predicted(verb: str, config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenSales:
    """What a sales verb makes of tables, each a path or a DataFrame; into a folder of its own where none is given."""
    from graphlead.pipeline.sales.predict import predict

    with as_files(given) as files, folder_for(given.get("out")) as (folder, own):
        settings: SalesGiven = {**files, "out": folder}  # type: ignore[typeddict-item]
        predict(SalesSettings.load(verb, config, settings), Console(quiet=quiet), config=config)
        return OpenSales(folder, own)


def _list(path: Path) -> pd.DataFrame:
    with damage(path):
        return restored(pd.read_csv(path, dtype={"company_id": str}))


def _standardised(numbers: Floats) -> Floats:
    """Each column with mean 0 and deviation 1 over the companies that have a number, 0 for the others."""
    known = np.isfinite(numbers)
    count = np.maximum(known.sum(0), 1)
    centred = np.where(known, numbers - np.where(known, numbers, 0).sum(0, np.float64) / count, 0)
    deviation = np.sqrt((centred**2).sum(0) / count)
    return np.asarray(centred / np.where(deviation > 0, deviation, 1), np.float32)


class OpenGraph:
    """An open graph store. A query is Cypher, or the name of one of the library; parameters are by name.

    Queries only read; errors are those of ``GraphStore.query``. The end of a ``with``, or ``close``, closes it.
    """

    def __init__(self, store: GraphStore) -> None:
        self.store = store

    def to_pandas(self, query: str, parameters: Mapping[str, object] = {}) -> pd.DataFrame:
        """The whole answer, one column for each that the query returns."""
        return self.store.query(*self._resolved(query, parameters), WHOLE).to_pandas()

    def to_networkx(self, query: str, parameters: Mapping[str, object] = {}, cap: int = MOST_NODES) -> Any:
        """The graph of the nodes, relationships and paths in the answer: a networkx.MultiDiGraph.

        Nodes are (label, key) pairs with their properties, edges have theirs and ``relation``. Raises GraphleadError
        for more than ``cap`` nodes.
        """
        from graphlead.graph.views import networkx_of

        return networkx_of(self.store.subgraph(*self._resolved(query, parameters), WHOLE), cap)

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _resolved(self, query: str, parameters: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Cypher and its parameters, also for the name of a query of the library."""
        named = library(self.store.dialect).get(query)
        return bound(self.store, named, named.values(parameters)) if named else (query, parameters)

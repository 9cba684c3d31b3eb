"""A run of companies in a notebook: tables as DataFrames, surroundings as NetworkX graphs, the whole for PyG."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from graphlead.api.engines import RunByEngine
from graphlead.api.explanations import Explanation, of_company
from graphlead.api.graphs import MOST_NODES, OpenGraph, graph_of
from graphlead.api.lists import list_of
from graphlead.common.console import Console
from graphlead.core.arrays import Floats, Json
from graphlead.core.errors import GraphleadError, InputError, damage
from graphlead.core.exchange import PushOptions
from graphlead.core.expected import Hits
from graphlead.core.settings import Settings
from graphlead.core.tables import Table
from graphlead.graph.nearby import levels_beside, nearby, selected
from graphlead.pipeline.discover import discover, report_run, score_again
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.explain import explain_company
from graphlead.pipeline.find import by_id_or_name
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.frames import as_files, as_settings, folder_for
from graphlead.pipeline.scored import folds_of
from graphlead.report.cards import Bar, bars, card, counted, table
from graphlead.report.expected import range_text

if TYPE_CHECKING:
    from graphlead.core.evidence import Evidence
    from graphlead.core.profile import Profile
    from graphlead.core.settings import Given
    from graphlead.pipeline.result import Result

SHOWN = {
    "rank": "rank", "name": "company", "score": "score", "fit": "fit", "city": "city", "reason_1": "why",
    "nearest_client": "nearest client",
}  # fmt: skip
"""The columns of leads in a card."""


class OpenRun:
    """A finished run. Raises RunFolderError when there is none in the folder, or it is unfinished.

    Tables are read from the folder when they are first asked for. A folder that was made for the run is removed when
    nothing refers to it any more.
    """

    def __init__(
        self,
        folder: Path,
        own: tempfile.TemporaryDirectory[str] | None = None,
        fresh: Result | None = None,
        clients: Table | None = None,
    ) -> None:
        self._run = FinishedRun(folder)
        self._own, self._fresh, self._clients = own, fresh, clients

    @property
    def folder(self) -> Path:
        """The folder of the run, with every file that the command line writes."""
        return self._run.path

    @cached_property
    def register(self) -> pd.DataFrame:
        """The cleaned register: one row per company, in the order of the company nodes of ``to_hetero_data``."""
        table: pd.DataFrame = self._run.whole_register.read().to_pandas()
        return table

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every candidate, best first: company_id, score (a probability), rank, rank_all, and a column per ranker."""
        return self._fresh.scores if self._fresh else self._run.scores

    @cached_property
    def leads(self) -> pd.DataFrame:
        """The companies to call, best first, with their reasons, as in leads.csv."""
        return self._fresh.leads if self._fresh else self._list(self._run.folder.leads)

    @cached_property
    def whitespace(self) -> pd.DataFrame:
        """The companies in clients' ownership groups, as in whitespace.csv."""
        return self._fresh.whitespace if self._fresh else self._list(self._run.folder.whitespace)

    @cached_property
    def duplicates(self) -> pd.DataFrame:
        """Other records of clients and of companies never to propose, as in duplicates.csv."""
        return self._fresh.duplicates if self._fresh else self._list(self._run.folder.duplicates)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """How well each ranker finds held-out clients, a row for each split, ranker and metric, with 95 % intervals."""
        return self._fresh.metrics if self._fresh else pd.DataFrame(self._figures("metrics"))

    @property
    def verdict(self) -> str:
        """Whether the graph helps here, in sentences."""
        return str(self._figures("verdict"))

    @property
    def notes(self) -> list[str]:
        """What should be known of the data and of the list."""
        return list(self._figures("notes"))

    @property
    def hits(self) -> tuple[Hits, ...]:
        """How many of the first 25, 50, 100, 200 and 500 leads are expected to buy, with 80 % intervals."""
        return tuple(Hits(**each) for each in self._figures("expected_hits"))

    @property
    def profile(self) -> Profile:
        """The clients against the register: columns, lifts, segments, biases."""
        return self._fresh.profile if self._fresh else self._run.profile

    @property
    def evidence(self) -> Sequence[Evidence]:
        """Why each lead is one, in the order of ``leads``."""
        return self._fresh.evidence if self._fresh else self._run.evidence

    @property
    def summary(self) -> Json:
        """What ``graphlead run --json`` prints, of a run that was just made; of one that was opened, metrics.json."""
        return self._fresh.summary if self._fresh else self._run.metrics

    def explain(self, company: str) -> Explanation:
        """Why a company, by its id or name, ranks where it does. Raises InputError for one that has no score."""
        return of_company(explain_company(self._run, company), self._run)

    def score(
        self,
        companies: Table,
        *,
        links: Table | None = None,
        clients: Table | None = None,
        out: Path | str | None = None,
        top: int = 500,
        memory: str | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> OpenRun:
        """A newer register by the models of this run, without training again; what ``graphlead score`` does.

        clients: the newer client list, by default that of the run. Without ``out`` the results are in a temporary
        folder. Raises InputError where the register lacks most of what the models go by, and SettingsError where it is
        larger than memory, unless ``force``.
        """
        known = self._known_clients() if clients is None else clients
        with (
            as_files({"companies": companies, "links": links, "clients": known}) as files,
            folder_for(out) as (folder, own),
        ):
            paths = {name: None if path is None else Path(path) for name, path in files.items()}
            newer = score_again(
                self.folder, Path(files["companies"]), paths["links"], folder, Console(quiet=quiet),
                clients=paths["clients"], top=top, memory=memory, force=force,
            )  # fmt: skip
            return OpenRun(folder, own, newer, self._clients if clients is None else clients)

    def _known_clients(self) -> Table | None:
        """The client list of the run where it was a table in memory, else None: its file. Raises where that is gone."""
        file = self._run.settings.clients
        if self._clients is None and not file.exists():
            raise InputError(
                "the client list of the run is not there any more.", where=str(file), remedy="Give clients."
            )
        return self._clients

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Load the run into ``neo4j``, or write its list into ``hubspot`` or ``salesforce``, a digest of it into
        ``slack``; what ``graphlead push`` does.

        Without ``send=True`` nothing is written into a customer system: the result shows what would be. ``options`` are
        further fields of ``graphlead.core.exchange.PushSettings``: mapping, every (``--all``), state and timeout for
        customer systems, link and again for Slack, into for the graph of a sales run. Raises SettingsError for an
        unknown target and for an option that it does not take.
        """
        return pushed(self.folder, target, options, quiet=quiet)

    def by_engine(self, engine: str = "duckdb", *, master: str = "", quiet: bool = True) -> RunByEngine:
        """This run, applied to registers that may be larger than memory, by ``duckdb`` or by ``spark`` at a master such
        as ``local[2]`` or ``spark://HOST:7077``; what ``--engine`` does. Raises SettingsError for no such engine.
        """
        return RunByEngine(self._run, engine, master, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path."""
        return report_run(self.folder, Console(quiet=True))

    def graph(self) -> OpenGraph:
        """The graph of the run, to ask by Cypher and to draw; it is built when it is first asked for."""
        return graph_of(self._run)

    def _list(self, path: Path) -> pd.DataFrame:
        return list_of(path, self._run)

    def _figures(self, name: str) -> Any:
        with damage(self._run.folder.metrics):
            return self._run.metrics[name]

    def __repr__(self) -> str:
        return f"<graphlead run in {self.folder}: {counted(len(self.leads))} leads>"

    def _repr_html_(self) -> str:
        title = f"{counted(len(self.leads))} leads of {counted(len(self.scores))} companies"
        chart = bars(
            "Expected to buy, of the first leads",
            [
                Bar(
                    label=f"of {each.first:,}",
                    value=each.point,
                    text=range_text(each),
                    low=each.low,
                    high=each.high,
                )
                for each in self.hits
            ],
        )
        rows = table(self.leads, SHOWN, shares={"score"})
        return card(title, [self.verdict], chart, rows, note=f"All of it: {self.folder}")

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
        everybody = np.arange(run.cohort.n_companies, dtype=np.int32)
        data = to_hetero_data(run.graph, {"company": {
            "x": _standardised(np.hstack([features.attributes.numeric, features.structure[everybody]])),
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


def discovered(config: Path | None, given: Given, *, quiet: bool) -> OpenRun:
    """A run on tables, each a path or in memory; into a folder of its own where none is given."""
    with as_settings(given, config) as (settings, _, own):
        result = discover(Settings.load(config, settings), Console(quiet=quiet), config=config)
        clients = given.get("clients")
        return OpenRun(result.folder, own, result, None if isinstance(clients, str | Path) else clients)


def _standardised(numbers: Floats) -> Floats:
    """Each column with mean 0 and deviation 1 over the companies that have a number, 0 for the others."""
    known = np.isfinite(numbers)
    count = np.maximum(known.sum(0), 1)
    centred = np.where(known, numbers - np.where(known, numbers, 0).sum(0, np.float64) / count, 0)
    deviation = np.sqrt((centred**2).sum(0) / count)
    return np.asarray(centred / np.where(deviation > 0, deviation, 1), np.float32)

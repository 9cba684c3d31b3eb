"""A run of companies in a notebook: tables as DataFrames, surroundings as NetworkX graphs, the whole for PyG."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.spreadsheets import restored
from graphlead.core.arrays import Floats
from graphlead.core.errors import GraphleadError, damage
from graphlead.graph.nearby import levels_beside, nearby, selected
from graphlead.pipeline.find import by_id_or_name
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import folds_of

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

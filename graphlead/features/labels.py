"""The clients around a company, seen through every relation, without ever looking at its own label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Propagator
from graphlead.core.features import (
    Feature,
    Features,
    Groups,
    Incidence,
    Kind,
    Neighbours,
    Relation,
    Source,
    Statistic,
)
from graphlead.features.walk import Walk, walked

GROUP_STRENGTH = 20.0
LINK_STRENGTH = 2.0
OF_SEVERAL = (Statistic.SUM, Statistic.MEAN, Statistic.STRONGEST)
"""How many average companies a company's neighbours must outweigh before their own share is believed."""


class ClientsAround:
    """Label features: log-lifts of the share of clients around a company, and how often a walk from them arrives.

    Each lift compares the share of clients among a company's neighbours, shrunk towards the register's share, with
    that share: 0 says "as everywhere", log 2 "twice as many clients as everywhere". Dividing by the share of
    whichever clients are visible makes features from four folds of clients comparable with those from three.
    """

    def __init__(self, features: Features, propagator: Propagator) -> None:
        self._relations = features.relations
        self._n = features.n_companies
        self._walk = Walk(walked(self._relations), self._n, propagator)
        self._visits: dict[bytes, Floats] = {}
        self._sizes = [_sizes(relation) for relation in self._relations]
        self.features = tuple(self._features())
        own = {relation.source for relation in self._relations if _is_own_column(relation)}
        self.encodings = tuple(i for i, feature in enumerate(self.features) if feature.source in own)

    def _features(self) -> Iterator[Feature]:
        for relation in self._relations:
            statistics = OF_SEVERAL if isinstance(relation, Incidence) else (Statistic.LIFT,)
            yield from (Feature(relation.source, statistic) for statistic in statistics)
        yield Feature(Source(kind=Kind.WALK), Statistic.LIFT)

    def prepare(self, visible: Sequence[Ints]) -> None:
        """Walk from several sets of clients at once, so that ``visits`` and ``rows`` need not walk again."""
        visits = self._walk.visits(visible)
        self._visits = {clients.tobytes(): visits[:, i] for i, clients in enumerate(visible)}

    def visits(self, visible: Ints) -> Floats:
        """How often the walk from these clients visits each company (n,); 1 is the average company."""
        key = visible.tobytes()
        if key not in self._visits:
            self._visits[key] = self._walk.visits([visible])[:, 0]
        return self._visits[key]

    def rows(self, rows: Ints, visible: Ints) -> Floats:
        """Features float32 (len(rows), F) of companies ``rows`` from the visible clients, none of them a row."""
        base = max(len(visible), 1) / self._n
        columns = [
            column
            for relation, sizes in zip(self._relations, self._sizes, strict=True)
            for column in _label_features(relation, sizes, rows, visible, base)
        ]
        columns.append(np.log(self.visits(visible)[rows] + 1e-3))
        return np.stack(columns, axis=1).astype(np.float32)


def _is_own_column(relation: Relation) -> bool:
    """Whether the clients around by this relation are what a tabular model knows as a target encoding."""
    return isinstance(relation, Groups) and len({level.column for level in relation.source.levels}) == 1


def _sizes(relation: Relation) -> Floats:
    """Companies in each group, or neighbours of each company."""
    if isinstance(relation, Groups):
        return np.bincount(relation.code[relation.code >= 0], minlength=relation.count).astype(np.float32)
    axis = 1 if isinstance(relation, Neighbours) else 0
    return np.asarray(relation.matrix.sum(axis), np.float32).ravel()


def _label_features(
    relation: Relation, sizes: Floats, rows: Ints, visible: Ints, base: float
) -> list[Floats]:
    if isinstance(relation, Groups):
        return [_group_lift(relation, sizes, rows, visible, base)]
    clients = np.zeros(relation.matrix.shape[0], np.float32)
    clients[visible] = 1
    if isinstance(relation, Neighbours):
        return [log_lift(relation.matrix[rows] @ clients, sizes[rows], base, LINK_STRENGTH)]
    won = relation.matrix.T @ clients
    return _member_lifts(relation.matrix[rows], log_lift(won, sizes - 1, base, GROUP_STRENGTH))


def _group_lift(relation: Groups, sizes: Floats, rows: Ints, visible: Ints, base: float) -> Floats:
    codes = relation.code[visible]
    won = np.bincount(codes[codes >= 0], minlength=relation.count).astype(np.float32)
    lifts = np.append(log_lift(won, np.maximum(sizes - 1, 0), base, GROUP_STRENGTH), 0.0)
    return lifts[relation.code[rows]]


def log_lift(won: Floats, others: Floats, base: float, strength: float) -> Floats:
    """log((won + strength * base) / ((others + strength) * base)), base being the share of clients in the register."""
    return np.log((won + strength * base) / ((others + strength) * base)).astype(np.float32)


def _member_lifts(matrix: sp.csr_matrix, lifts: Floats) -> list[Floats]:
    """Sum, mean (by the root of the count) and strongest of the lifts of each row's groups; 0 with none."""
    total = np.asarray(matrix @ lifts, np.float32)
    count = np.diff(matrix.indptr)
    strongest = np.zeros(len(count), np.float32)
    some = np.flatnonzero(count)
    if len(some):
        strongest[some] = np.maximum.reduceat(lifts[matrix.indices], matrix.indptr[some])
    return [total, (total / np.sqrt(np.maximum(count, 1))).astype(np.float32), strongest]

"""Label features: the clients around a company by each relation, independent of its own label."""

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
"""Pseudo-companies with the register's share of clients added to each group, against chance in small groups.
Estimating the strengths by empirical Bayes moved the average precision by at most 0.007, on generated and real lists.
"""
LINK_STRENGTH = 2.0
"""The same for linked companies: they are few, but a link is stronger evidence than a common group."""
OF_SEVERAL = (Statistic.SUM, Statistic.MEAN, Statistic.STRONGEST)
"""The statistics over the lifts of a company's several groups, such as the words of its name."""
WALK_FLOOR = 1e-3
"""Added to the visits before the log: a company that the walk does not reach counts as a thousandth of the average."""


class ClientsAround:
    """Label features: log-lifts of the share of clients around a company, and log visits of a walk from the clients.

    Each lift is the log ratio of the share of clients among a company's neighbours, shrunk towards the register's
    share, to that share: 0 where clients are as frequent as everywhere, log 2 where twice as frequent. Dividing by
    the share of the visible clients makes features from four folds of clients comparable with those from three.
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
        """Walk from several sets of clients in one pass and keep the visits for ``visits`` and ``rows``."""
        visits = self._walk.visits(visible)
        self._visits = {clients.tobytes(): visits[:, i] for i, clients in enumerate(visible)}

    def visits(self, visible: Ints) -> Floats:
        """Visits of each company by the walk from these clients, float32 (n,); 1 is the average company."""
        key = visible.tobytes()
        if key not in self._visits:
            self._visits[key] = self._walk.visits([visible])[:, 0]
        return self._visits[key]

    def rows(self, rows: Ints, visible: Ints) -> Floats:
        """The label features of companies ``rows``, float32 (len(rows), F), from visible clients not among ``rows``."""
        base = max(len(visible), 1) / self._n
        columns = [
            column
            for relation, sizes in zip(self._relations, self._sizes, strict=True)
            for column in _label_features(relation, sizes, rows, visible, base)
        ]
        columns.append(np.log(self.visits(visible)[rows] + WALK_FLOOR))
        return np.stack(columns, axis=1).astype(np.float32)


def _is_own_column(relation: Relation) -> bool:
    """Whether the relation groups by a single column, so that its lift is a target encoding of that column."""
    return len({level.column for level in relation.source.levels}) == 1


def _sizes(relation: Relation) -> Floats:
    """The number of companies in each group, or of neighbours of each company."""
    if isinstance(relation, Groups):
        return np.bincount(relation.code[relation.code >= 0], minlength=relation.count).astype(np.float32)
    axis = 1 if isinstance(relation, Neighbours) else 0
    return np.asarray(relation.matrix.sum(axis), np.float32).ravel()


def _label_features(
    relation: Relation, sizes: Floats, rows: Ints, visible: Ints, base: float
) -> list[Floats]:
    if isinstance(relation, Groups):
        return [_group_lift(relation, sizes, rows, visible, base)]
    is_client = np.zeros(relation.matrix.shape[0], np.float32)
    is_client[visible] = 1
    if isinstance(relation, Neighbours):
        return [log_lift(relation.matrix[rows] @ is_client, sizes[rows], base, LINK_STRENGTH)]
    clients = relation.matrix.T @ is_client
    return _member_lifts(relation.matrix[rows], log_lift(clients, sizes - 1, base, GROUP_STRENGTH))


def _group_lift(relation: Groups, sizes: Floats, rows: Ints, visible: Ints, base: float) -> Floats:
    codes = relation.code[visible]
    clients = np.bincount(codes[codes >= 0], minlength=relation.count).astype(np.float32)
    lifts = np.append(log_lift(clients, np.maximum(sizes - 1, 0), base, GROUP_STRENGTH), 0.0)
    return lifts[relation.code[rows]]


def log_lift(clients: Floats, others: Floats, base: float, strength: float) -> Floats:
    """The shrunk log-lift log((clients + strength * base) / ((others + strength) * base)) of ``clients`` of ``others``.

    ``base`` is the share of clients in the register, ``strength`` the number of pseudo-companies with that share.
    """
    return np.log((clients + strength * base) / ((others + strength) * base)).astype(np.float32)


def _member_lifts(matrix: sp.csr_matrix, lifts: Floats) -> list[Floats]:
    """Each row's lifts as their sum, their sum over the root of their count, and their maximum; 0 without groups."""
    total = np.asarray(matrix @ lifts, np.float32)
    count = np.diff(matrix.indptr)
    strongest = np.zeros(len(count), np.float32)
    some = np.flatnonzero(count)
    if len(some):
        strongest[some] = np.maximum.reduceat(lifts[matrix.indices], matrix.indptr[some])
    return [total, (total / np.sqrt(np.maximum(count, 1))).astype(np.float32), strongest]

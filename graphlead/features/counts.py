"""The clients in the groups of a relation, by fold."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Floats, Folds, Ints, Longs, Reals
from graphlead.core.features import Groups, Relation


class CountsByFold:
    """The weight of the clients in each group of a relation, by their fold; or of those linked with each company.

    Only groups with a client have a column of counts: the others add one number each, whatever the number of folds.
    """

    def __init__(self, relation: Relation, clients: Ints, weights: Reals, fold: Folds, k: int) -> None:
        """Sum the weights (c,) of ``clients`` (c,), each in a ``fold`` (c,) of k."""
        count, group, place, weight = _memberships(relation, clients)
        found, column = np.unique(group, return_inverse=True)
        # Groups without a client share the first column, and so do companies without a group, at NONE.
        self._column = np.zeros(count + 1, np.int32)
        self._column[found] = np.arange(1, len(found) + 1)
        width = len(found) + 1
        cells = fold[place].astype(np.int64) * width + column + 1
        self._counts = (
            np.bincount(cells, weight * weights[place], k * width).reshape(k, width).astype(np.float32)
        )

    def of(self, groups: Ints, seen: Flags) -> Floats:
        """The weight of the clients of the folds ``seen`` (k,) in each of these groups (m,), float32; 0 in NONE."""
        counts: Floats = self._counts[seen].sum(0)
        return counts[self._column[groups]]


def _memberships(relation: Relation, clients: Ints) -> tuple[int, Ints, Longs, Floats]:
    """The number of groups, and the group, the place of the client and the weight of each of their memberships."""
    if isinstance(relation, Groups):
        place = np.flatnonzero(relation.code[clients] >= 0)
        return relation.count, relation.code[clients[place]], place, np.ones(len(place), np.float32)
    mine = relation.matrix[clients]
    place = np.repeat(np.arange(len(clients)), np.diff(mine.indptr))
    return mine.shape[1], mine.indices, place, mine.data

"""How many of the neighbours of a company by each relation are clients, every client counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.features import Features, Groups, Incidence, Neighbours, Relation
from graphlead.explain.reasons.inputs import Numbers

STRENGTH = 20.0
"""Strength of the shrinkage, in companies with the register's share of clients that are added to every group. The same
as in the label features that these counts explain (features.labels.GROUP_STRENGTH)."""


@dataclass(frozen=True)
class NeighbourCounts:
    """The neighbours of m companies by each of R relations, and the clients among them, the company itself left out.

    A company may be in several groups of a relation, as with the words of its name: highest has the group with the
    highest lift, lowest that with the lowest; elsewhere they are equal. base: the share of clients in the register.
    """

    base: float
    highest: Side
    lowest: Side


@dataclass(frozen=True)
class Side:
    """Counts (R, m): ``others`` are the neighbours, ``won`` the clients among them.

    lift: log of the share of clients over that of the register, shrunk towards 0; NaN without any neighbour. column:
    the group counted, in relations with several groups per company; else NONE.
    """

    others: Ints
    won: Ints
    lift: Reals
    column: Ints


def count_neighbours(features: Features, clients: Ints, companies: Ints) -> NeighbourCounts:
    """Counts of neighbours and clients for ``companies`` (m,), none of them a client, by each relation."""
    n = features.n_companies
    is_client = np.zeros(n, np.float32)
    is_client[clients] = 1
    base = max(len(clients), 1) / n
    counted = [_counted(relation, is_client, companies, base) for relation in features.relations]
    sides = [_side([pair[which] for pair in counted], len(companies), base) for which in (0, 1)]
    return NeighbourCounts(base, sides[0], sides[1])


def relative(won: Numbers, others: Numbers, base: float) -> Reals:
    """Log of the share of clients among others over ``base``, shrunk towards 0."""
    return np.asarray(np.log((won + STRENGTH * base) / ((others + STRENGTH) * base)), np.float64)


Counts = tuple[Ints, Ints, Ints]
"""others, won and column of m companies."""


def _side(counts: Sequence[Counts], m: int, base: float) -> Side:
    empty = [np.zeros((0, m), np.int32)] * 3
    others, won, column = (np.stack(each) for each in zip(*counts, strict=True)) if counts else empty
    return Side(others, won, np.where(others > 0, relative(won, others, base), np.nan), column)


def _counted(relation: Relation, is_client: Numbers, companies: Ints, base: float) -> tuple[Counts, Counts]:
    if isinstance(relation, Incidence):
        return _strongest(relation.matrix, is_client, companies, base)
    if isinstance(relation, Neighbours):
        near = relation.matrix[companies]
        both = np.diff(near.indptr), np.asarray(near @ is_client).round()
    else:
        both = _in_group(relation, is_client, companies)
    counts = (both[0].astype(np.int32), both[1].astype(np.int32), np.full(len(companies), NONE, np.int32))
    return counts, counts


def _in_group(relation: Groups, is_client: Numbers, companies: Ints) -> tuple[Ints, Ints]:
    code = relation.code
    won = np.bincount(code[is_client > 0] + 1, minlength=relation.count + 1)
    size = np.bincount(code + 1, minlength=relation.count + 1)
    mine = code[companies] + 1
    known = mine > 0
    return np.where(known, size[mine] - 1, 0).astype(np.int32), np.where(known, won[mine], 0).astype(np.int32)


def _strongest(
    matrix: sp.csr_matrix, is_client: Numbers, companies: Ints, base: float
) -> tuple[Counts, Counts]:
    """Counts of the group with the highest and of the group with the lowest lift of each company."""
    won = np.asarray(matrix.T @ is_client).round().astype(np.int32)
    others = np.asarray(matrix.sum(0)).ravel().astype(np.int32) - 1
    mine = sp.csr_matrix(matrix[companies])
    lift = relative(won[mine.indices], others[mine.indices], base)
    row = np.repeat(np.arange(len(companies)), np.diff(mine.indptr))

    def end(order: Numbers) -> Counts:
        first = np.unique(row[order], return_index=True)
        column = np.full(len(companies), NONE, np.int32)
        column[first[0]] = mine.indices[order[first[1]]]
        known = column != NONE
        if not known.any():
            return np.zeros_like(column), np.zeros_like(column), column
        return np.where(known, others[column], 0), np.where(known, won[column], 0), column

    return end(np.lexsort((-lift, row))), end(np.lexsort((lift, row)))

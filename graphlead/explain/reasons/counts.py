"""How many of the neighbours of a company by each relation are clients, every client counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.special import betaincinv

from graphlead.core.arrays import NONE, Flags, Ints, Longs, Reals
from graphlead.core.features import Features, Groups, Incidence, Relation
from graphlead.explain.reasons.inputs import Numbers

LEAST_OTHERS, LEAST_CLIENTS, LEAST_LIFT = 5, 3, 1.5
"""A share of clients is a reason from so many neighbours, clients among them and times the register's share on; a
choice: what rests on fewer convinces nobody who calls."""

CONFIDENCE = 0.95
"""Of the lower bound, on its one side: the lower end of a 90 % interval."""


@dataclass(frozen=True, kw_only=True)
class NeighbourCounts:
    """The neighbours of m companies by each of R relations, and the clients among them, the company itself left out.

    others, won, column: int32 (R, m); others are the neighbours, won the clients among them. A company may be in
    several groups of a relation, as with the words of its name: the best one is counted, its number is in column,
    which is NONE elsewhere. base: the share of clients in the register. lift, low: float64 (R, m), the share of
    clients over base and its lower 90 % bound (Clopper and Pearson 1934), 0 without clients.
    """

    base: float
    others: Ints
    won: Ints
    column: Ints
    lift: Reals
    low: Reals

    def convincing(self) -> Flags:
        """Flags (R, m): the neighbours by which relation are a reason to take a company for a client-to-be."""
        return _convincing(self.won, self.others, self.base)


def _convincing(won: Numbers, others: Numbers, base: float) -> Flags:
    enough = (others >= LEAST_OTHERS) & (won >= LEAST_CLIENTS)
    often = won >= LEAST_LIFT * base * others
    return np.asarray(enough & often & (lower_bound(won, others) > base), bool)


Named = Callable[[Incidence, Ints, Ints], Flags]
"""Which groups of companies may be named: (relation, companies (p,), groups (p,)) -> flags (p,)."""


def every_group(relation: Incidence, companies: Ints, groups: Ints) -> Flags:
    """All of them."""
    return np.ones(len(groups), bool)


def count_neighbours(
    features: Features, clients: Ints, companies: Ints, named: Named = every_group
) -> NeighbourCounts:
    """Counts of neighbours and clients for ``companies`` (m,), none of them a client, by each relation."""
    n = features.n_companies
    is_client = np.zeros(n, np.float32)
    is_client[clients] = 1
    base = max(len(clients), 1) / n
    counts = [
        _counted(relation, clients, is_client, companies, base, named) for relation in features.relations
    ]
    nobody = [np.zeros((0, len(companies)), np.int32)] * 3
    others, won, column = (np.stack(each) for each in zip(*counts, strict=True)) if counts else nobody
    lift = won / np.maximum(others, 1) / base
    return NeighbourCounts(
        base=base, others=others, won=won, column=column, lift=lift, low=lower_bound(won, others) / base
    )


def lower_bound(won: Numbers, others: Numbers) -> Reals:
    """The lower 90 % bound of the share of clients, ``won`` of ``others``; 0 where there is none."""
    some = np.maximum(won, 1)
    return np.where(won > 0, betaincinv(some, np.maximum(others - some, 0) + 1, 1 - CONFIDENCE), 0.0)


Counts = tuple[Ints, Ints, Ints]
"""others, won and column of m companies."""


def _counted(
    relation: Relation, clients: Ints, is_client: Numbers, companies: Ints, base: float, named: Named
) -> Counts:
    if isinstance(relation, Groups):
        return _in_group(relation, clients, companies)
    if isinstance(relation, Incidence):
        return _strongest(relation, is_client, companies, base, named)
    near = relation.matrix[companies]
    won = np.asarray(near @ is_client).round().astype(np.int32)
    return np.diff(near.indptr).astype(np.int32), won, np.full(len(companies), NONE, np.int32)


def _in_group(relation: Groups, clients: Ints, companies: Ints) -> Counts:
    """Counts of the group of each company."""
    code = relation.code
    won = np.bincount(code[clients] + 1, minlength=relation.count + 1)
    mine = code[companies]
    others = np.where(mine >= 0, np.append(relation.sizes, 0)[mine] - 1, 0)
    found = np.where(mine >= 0, won[mine + 1], 0)
    return others.astype(np.int32), found.astype(np.int32), np.full(len(companies), NONE, np.int32)


def _strongest(relation: Incidence, is_client: Numbers, companies: Ints, base: float, named: Named) -> Counts:
    """Counts of the best group of each company, of those that may be named: convincing first, then by the bound."""
    matrix = relation.matrix
    mine = sp.csr_matrix(matrix[companies])
    row = np.repeat(np.arange(len(companies), dtype=np.int32), np.diff(mine.indptr))
    kept = named(relation, companies[row], mine.indices)
    row, group = row[kept], mine.indices[kept]
    won = np.asarray(matrix.T @ is_client).round().astype(np.int32)[group]
    others = relation.sizes[group] - 1
    better = -lower_bound(won, others), ~_convincing(won, others, base)
    best = _first(row, np.lexsort((*better, row)))
    found = (np.zeros(len(companies), np.int32), np.zeros(len(companies), np.int32))
    column = np.full(len(companies), NONE, np.int32)
    for to, of in zip((*found, column), (others, won, group), strict=True):
        to[row[best]] = of[best]
    return (*found, column)


def _first(row: Ints, order: Longs) -> Longs:
    """The first entry of each row in this order."""
    return np.asarray(order[np.unique(row[order], return_index=True)[1]], np.int64)

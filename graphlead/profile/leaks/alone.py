"""How well a grouping of the companies alone finds the clients and only them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from graphlead.common.deal import dealt, evenly, keys_of
from graphlead.core.arrays import Ints, Longs
from graphlead.core.clients import Cohort

FOLDS = 5
"""Folds that the rates of groups are cross-fitted over; the sixth is for suppressed and dead ones, never counted."""
Z90 = 1.645
"""The 95 % quantile of the normal distribution: the lower end of a 90 % interval."""


@dataclass(frozen=True)
class Cases:
    """The companies that a column is tested on: clients, and candidates.

    clients: their indices; fold: int32 (n,), FOLDS for suppressed ones, which may well have what clients
    have, and for dead ones.
    """

    clients: Ints
    fold: Ints

    @cached_property
    def n_clients(self) -> int:
        return len(self.clients)

    @cached_property
    def n(self) -> int:
        return int((self.fold < FOLDS).sum())

    def counts(self, cells: Ints, size: int) -> tuple[Longs, Longs]:
        """Clients and companies by cell and fold, each (size, FOLDS); cells: int32 (n,), from 0."""
        wide = FOLDS + 1
        place = cells.astype(np.int64) * wide + self.fold
        companies = np.bincount(place, minlength=size * wide).reshape(size, wide)[:, :FOLDS]
        clients = np.bincount(place[self.clients], minlength=size * wide).reshape(size, wide)[:, :FOLDS]
        return clients, companies


def cases_of(cohort: Cohort, ids: pa.Array) -> Cases:
    """The cases with folds dealt by a hash of the ids, so that the order of the register's rows has no influence."""
    keys = keys_of(ids)
    fold = dealt(keys, FOLDS, "leaks")
    fold[cohort.clients] = evenly(keys[cohort.clients], FOLDS, "leaks")
    apart = ~cohort.candidates()
    apart[cohort.clients] = False
    fold[apart] = FOLDS
    return Cases(cohort.clients, fold)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Clients found among the companies that were taken, of ``clients`` among ``companies``."""

    found: int
    taken: int
    clients: int
    companies: int

    @property
    def f1(self) -> float:
        return 2 * self.found / (self.taken + self.clients)

    @property
    def beyond(self) -> float:
        """F1 above that of taking every company, which is high where half of them are clients: 1 is perfect."""
        return self._beyond(self.f1)

    @property
    def sure(self) -> float:
        """The lower end of the 90 % interval of ``beyond``: Wilson's (1927) for found of found, missed and wrong."""
        tried = self.taken + self.clients - self.found
        share, z2 = self.found / tried, Z90**2
        middle = (share + z2 / (2 * tried)) / (1 + z2 / tried)
        half = Z90 / (1 + z2 / tried) * (share * (1 - share) / tried + z2 / (4 * tried**2)) ** 0.5
        low = max(0.0, middle - half)
        return self._beyond(2 * low / (1 + low))

    def _beyond(self, f1: float) -> float:
        everybody = 2 * self.clients / (self.companies + self.clients)
        return (f1 - everybody) / (1 - everybody) if everybody < 1 else 0.0


def best_found(cells: Ints, cases: Cases) -> Found:
    """The best F1 of taking the cells with the highest rate of clients; each fold is taken by the rates of the others.

    cells: int32 (n,), from 0.
    """
    clients, companies = cases.counts(cells, int(cells.max(initial=0)) + 1)
    somebody = np.flatnonzero(clients.any(axis=1))
    clients, companies = clients[somebody], companies[somebody]
    base = cases.n_clients / cases.n
    seen = companies.sum(axis=1, keepdims=True) - companies
    rate = ((clients.sum(axis=1, keepdims=True) - clients + base) / (seen + 1)).ravel()
    order = np.argsort(-rate, kind="stable")
    found, taken = np.cumsum(clients.ravel()[order]), np.cumsum(companies.ravel()[order])
    last_of_equal = np.append(np.diff(rate[order]) != 0, True)
    best = int(np.argmax(np.where(last_of_equal, found / (taken + cases.n_clients), 0)))
    return Found(found=int(found[best]), taken=int(taken[best]), clients=cases.n_clients, companies=cases.n)


@dataclass(frozen=True, kw_only=True)
class Filling:
    """How many clients and how many other companies have a value."""

    clients: int
    of_clients: int
    others: int
    of_others: int

    @property
    def share_clients(self) -> float:
        return self.clients / max(self.of_clients, 1)

    @property
    def share_others(self) -> float:
        return self.others / max(self.of_others, 1)

    @property
    def gap(self) -> float:
        return abs(self.share_clients - self.share_others)

    @property
    def lift(self) -> float:
        """The larger of the two shares over the smaller one."""
        low, high = sorted((self.share_clients, self.share_others))
        return high / low if low else float("inf") if high else 1.0

    @property
    def p_value(self) -> float:
        """Of a difference like this one or a larger by chance: Fisher's exact test, both sides."""
        from scipy.stats import hypergeom

        filled, n = self.clients + self.others, self.of_clients + self.of_others
        drawn = hypergeom(n, filled, self.of_clients)
        return float(min(1.0, 2 * min(drawn.cdf(self.clients), drawn.sf(self.clients - 1))))


def filling(filled: Ints, cases: Cases) -> Filling:
    """How many have a value; filled: int32 (n,), 1 for those with one and 0 for the others."""
    clients, companies = (each.sum(axis=1) for each in cases.counts(filled, 2))
    return Filling(
        clients=int(clients[1]),
        of_clients=cases.n_clients,
        others=int(companies[1] - clients[1]),
        of_others=cases.n - cases.n_clients,
    )

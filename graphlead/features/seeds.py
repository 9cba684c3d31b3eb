"""The walk from the clients: those won lately start it more often, and those of any folds can be left out."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Flags, Floats, Folds, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.features.walk import Walk

FADING = 2.0
"""Years in which the weight of a client falls to 1 / e. With these weights the average precision of the list was 0.374
instead of 0.365 (15 sellers on a register of US filings), and the same on another register (6 sellers)."""
DAYS_A_YEAR = 365.25
WALKED_AT_ONCE = 16
"""Walks per sparse product, a choice: a product of several columns is cheaper than several products."""


def seed_weights(won: npt.NDArray[np.datetime64]) -> Reals:
    """How often the walk starts at clients won on these days (c,), relative to the one won last.

    A client without a date weighs as much as the dated ones on average; without any dates all weigh alike.
    """
    dated = ~np.isnat(won)
    weights = np.ones(len(won))
    if dated.any():
        days = (won[dated].max() - won[dated]) / np.timedelta64(1, "D")
        weights[dated] = np.exp(-days / (FADING * DAYS_A_YEAR))
        weights[~dated] = weights[dated].mean()
    return weights


class WalkFromClients:
    """The walk from the clients outside any folds, mixed from one walk for each part of the clients.

    A walk is linear in its start. A part is the clients of one fold with a date, or those without. The weights within a
    part depend on nobody outside it, so a hidden fold leaves no trace in what the others are mixed from.
    """

    def __init__(self, walk: Walk, cohort: Cohort, folds: Folds) -> None:
        self._walk, self._n, self._clients, self._won = walk, cohort.n_companies, cohort.clients, cohort.won
        self._fold = folds[self._clients]
        parts = 2 * self._fold.astype(np.int32) + np.isnat(self._won)
        found, self._part = np.unique(parts, return_inverse=True)
        self._share = np.zeros(len(parts))
        for part in range(len(found)):
            weights = seed_weights(self._won[self._part == part])
            self._share[self._part == part] = weights / weights.sum()
        self._visits = walk.visits(self._start(self._clients, self._part, self._share, len(found)))

    def visits(self, rows: Ints, hidden: Collection[int]) -> Floats:
        """Visits (len(rows),) of these companies from the clients outside ``hidden``; 1 is the average company."""
        return self._mixed(self._visits[rows], ~np.isin(self._fold, [*hidden]))

    def visits_without(self, rows: Ints, left_out: Ints) -> Floats:
        """Visits (m,) of companies ``rows`` (m,) from all clients but one, another one (m,) for each company."""
        places, which = np.unique(np.searchsorted(self._clients, left_out), return_inverse=True)
        visits = np.zeros(len(rows), np.float32)
        for first in range(0, len(places), WALKED_AT_ONCE):
            some = places[first : first + WALKED_AT_ONCE]
            start = self._start(self._clients[some], np.arange(len(some)), np.ones(len(some)), len(some))
            alone = self._walk.visits(start)
            for column, place in enumerate(some):
                here = which == first + column
                visits[here] = self._rest(rows[here], place, alone[rows[here], column])
        return visits

    def _start(self, clients: Ints, columns: Longs, shares: Reals, count: int) -> Floats:
        """Where ``count`` walks start, float32 (n, count): each client in one of them, with its share of it."""
        start = np.zeros((self._n, count), np.float32)
        start[clients, columns] = self._n * shares
        return start

    def _rest(self, rows: Ints, place: int, alone: Floats) -> Floats:
        """Visits (m,) of companies without the client at ``place``, from which alone they are ``alone`` (m,)."""
        visits, part, share = self._visits[rows], self._part[place], self._share[place]
        if share < 1:
            visits[:, part] = np.maximum(visits[:, part] - share * alone, 0) / (1 - share)
        return self._mixed(visits, np.arange(len(self._clients)) != place)

    def _mixed(self, visits: Floats, seen: Flags) -> Floats:
        """The visits by part (m, parts) as those (m,) of the walk from the clients ``seen`` (c,)."""
        weights = seed_weights(self._won[seen])
        shares = np.bincount(self._part[seen], weights) / max(weights.sum(), 1)
        mixed = np.zeros(len(visits), np.float32)
        for part in np.flatnonzero(shares):
            mixed += np.float32(shares[part]) * visits[:, part]
        return mixed

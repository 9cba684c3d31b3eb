"""How many buy an item for the first time within a number of days: of the customers without it, and of all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Json, Longs, Reals
from graphlead.core.purchases import DAY, Purchases

NOBODY = 0.5
"""Buyers counted where there was none: chances stay above zero (Jeffreys' prior)."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """First purchases of an item in the last ``days`` days of a history.

    asked: the customers at their beginning who did not have it; bought: those of them who bought it; came: positions
    (k,) of the customers whose first purchase of anything is of these days, and who bought it. times: the horizon over
    ``days``, 1 where the history is long enough.
    """

    days: int
    times: float
    asked: int
    bought: int
    came: Longs

    @property
    def share(self) -> float:
        """The share of the customers without the item that buys it within the horizon."""
        found = self.times * (self.bought or NOBODY) / max(self.asked, 1)
        return min(found, 1.0)

    def to_json(self) -> Json:
        return {"days": self.days, "asked": self.asked, "bought": self.bought, "came": len(self.came)}


def rates_of(purchases: Purchases, item: int, within: int) -> Rates:
    """Those of an item over the last ``within`` days, or over the second half of a shorter history."""
    lines = purchases.bought
    days = max(min(within, int((np.datetime64(purchases.as_of, "D") - lines.day.min()).astype(int)) // 2), 1)
    start = np.datetime64(purchases.as_of, "D") - days
    n = len(purchases.customers)
    first = _first(lines.customer, lines.day, n)
    of_item = lines.rows(lines.item == item)
    got = _first(of_item.customer, of_item.day, n)
    asked: Flags = (first < start) & ~(got < start)
    since = got >= start
    return Rates(
        days=days, times=within / days, asked=int(asked.sum()), bought=int((asked & since).sum()),
        came=np.flatnonzero(since & (first >= start)),
    )  # fmt: skip


def shared_out(scores: Reals, expected: float, most: float) -> Reals:
    """Chances (n,) in proportion to the scores that sum to ``expected``, none above ``most``: what is cut off one is
    given to the others, as far as they can hold it."""
    chance = np.zeros(len(scores))
    free = np.ones(len(scores), bool)
    while free.any():
        left = expected - most * int((~free).sum())
        total = float(scores[free].sum())
        chance[free] = left * scores[free] / total if total > 0 else left / int(free.sum())
        over = free & (chance > most)
        if not over.any():
            break
        chance[over], free = most, free & ~over
    return np.clip(chance, 0.0, most)


def _first(customer: np.ndarray, day: np.ndarray, n: int) -> np.ndarray:
    """The first day of each customer (n,), NaT without one."""
    order = np.argsort(day, kind="stable")
    who, at = np.unique(customer[order], return_index=True)
    found = np.full(n, np.datetime64("NaT"), DAY)
    found[who] = day[order][at]
    return found

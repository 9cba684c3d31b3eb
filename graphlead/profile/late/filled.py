"""Who has a value: the known cases against the open ones, and one outcome against the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, fisher_exact

from graphlead.core.arrays import Flags
from graphlead.core.cases import OPEN, Cases

EMPTY = 0.1
"""The share of the known cases' filling up to which the open ones have nearly none, a choice."""
ONE_SIDED, BOTH = 0.02, 0.2
"""A column is filled for one outcome only where at most 2 % of the other have a value and at least 20 % of this one:
choices."""
CHANCE = 1e-4
"""The probability below which a difference is no chance: one in a hundred tables of a hundred columns has one."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How many of the known cases, of those with each outcome and of the open ones have a value."""

    positive: int
    of_positive: int
    negative: int
    of_negative: int
    opened: int
    of_opened: int

    @property
    def known(self) -> float:
        return (self.positive + self.negative) / max(self.of_positive + self.of_negative, 1)

    @property
    def open(self) -> float | None:
        return self.opened / self.of_opened if self.of_opened else None

    def why(self) -> str:
        """Why the filling alone gives the column away; "" where it does not."""
        if self.open is not None and self.open <= EMPTY * self.known:
            chance = binom.cdf(self.opened, self.of_opened, self.known)
            if chance < CHANCE:
                return (
                    f"filled in {self.known:.0%} of the known cases and in {self.open:.0%} of the open ones"
                )
        yes, no = self.positive / max(self.of_positive, 1), self.negative / max(self.of_negative, 1)
        if min(yes, no) <= ONE_SIDED and max(yes, no) >= BOTH:
            table = np.array([[self.positive, self.negative], [self.of_positive, self.of_negative]])
            table[1] -= table[0]
            if fisher_exact(table).pvalue < CHANCE:
                return f"filled in {yes:.0%} of the positive cases and in {no:.0%} of the negative ones"
        return ""


def filling(cases: Cases) -> dict[str, Filled]:
    """The filling of each of the user's columns.

    Open cases without a single value count nowhere: they are empty rows, which say nothing about a column.
    """
    filled = cases.features.notna()
    opened = (cases.outcome == OPEN) & filled.any(axis=1).to_numpy(bool)
    rows = {"positive": cases.outcome == 1, "negative": cases.outcome == 0, "opened": opened}
    return {column.source: _filled(filled[column.name].to_numpy(bool), rows) for column in cases.columns}


def _filled(has: Flags, rows: dict[str, Flags]) -> Filled:
    counts = {name: int(np.count_nonzero(has & chosen)) for name, chosen in rows.items()}
    sizes = {f"of_{name}": int(np.count_nonzero(chosen)) for name, chosen in rows.items()}
    return Filled(**counts, **sizes)

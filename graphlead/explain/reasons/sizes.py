"""How the size of a company differs from the usual of the clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from graphlead.common.columns import coded
from graphlead.common.sizes import is_size, sizes_first
from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.core.features import Groups, Relation
from graphlead.core.register import Register
from graphlead.explain.facts import readable, shown
from graphlead.explain.reasons.counts import lower_bound

USUAL = (0.1, 0.9)
"""The quantiles of the clients' sizes between which a size is usual: of eight in ten clients, a choice."""

FEWEST = 29
"""Sizes of clients from which on none as large is significant: 0.95 is 1 - 0.9 ** 29."""

MUCH = 3.0
"""A size this many times beyond the usual is much beyond it, a choice."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The first size in the register of the clients (k,) and of m companies, NaN where it is not known."""

    column: str
    clients: Ints
    of_clients: Reals
    of_companies: Reals

    @classmethod
    def read(cls, register: Register, clients: Ints, companies: Ints) -> Self | None:
        """The sizes of these; None where the register has no column that is named like a size."""
        column = next(iter(sizes_first(register)), None)
        if column is None or not is_size(column):
            return None
        read = coded(register, column.name)
        numbers = read.numbers(read.values.cast(pa.float64()).to_numpy(zero_copy_only=False))
        return cls(
            column=column.name, clients=clients, of_clients=numbers[clients], of_companies=numbers[companies]
        )

    def unusual(self, i: int, company: int, among: Relation | None) -> str:
        """How the i-th company differs in size from the clients in its group of a relation, else from all; or empty."""
        there = _known(self.of_clients[self._in_group(company, among)])
        nearby = len(there) >= FEWEST
        usual = there if nearby else _known(self.of_clients)
        value = float(self.of_companies[i])
        found = difference(value, usual)
        if not found:
            return ""
        low, high = (shown(end) for end in _ends(usual))
        clients = (
            f"your clients{' among them' if nearby else ''} {low if low == high else f'{low} to {high}'}"
        )
        return f"{found} than your usual ({readable(self.column)} {shown(value)}, {clients})"

    def _in_group(self, company: int, among: Relation | None) -> Flags:
        if not isinstance(among, Groups):
            return np.zeros(len(self.clients), bool)
        return np.asarray(among.code[self.clients] == among.code[company], bool)


def difference(value: float, usual: Reals) -> str:
    """How a size differs from those (k,) of others: "larger", "much smaller"; empty where it does not, or is NaN.

    It differs beyond the ends of the usual, where surely (at 95 %) no more than one in ten is as large, or as small.
    """
    if len(usual) < FEWEST:
        return ""
    low, high = _ends(usual)
    if value > high and _few(usual >= value):
        return "much larger" if value >= MUCH * high else "larger"
    if value < low and _few(usual <= value):
        return "much smaller" if value * MUCH <= low else "smaller"
    return ""


def _ends(usual: Reals) -> tuple[float, float]:
    low, high = np.quantile(usual, USUAL, method="nearest")
    return float(low), float(high)


def _few(extreme: Flags) -> bool:
    return float(lower_bound(np.array([(~extreme).sum()]), np.array([len(extreme)]))[0]) >= USUAL[1]


def _known(values: Reals) -> Reals:
    return values[np.isfinite(values)]

"""Customers and what is known of each: what segments are found in, and noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Longs, Reals, require
from graphlead.core.cases import Kind

ARRAYS = ("ids", "recency", "frequency", "monetary")


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One column of ``Customers.table``.

    title: for readers, such as "days since the last purchase". scored: segments are found in it, not only described.
    logged: of numbers, whether they are looked at on a logarithmic scale; None where their values decide. more, less:
    what is said of somebody who has more of it, or less; by default "high TITLE" and "low TITLE".
    """

    name: str
    kind: Kind
    title: str
    scored: bool = True
    logged: bool | None = None
    more: str = ""
    less: str = ""

    def words(self, effect: float, level: str = "") -> str:
        """A difference in plain words: high income; contract: two year; without car; longer without a purchase."""
        if level:
            return f"{self.title}: {level}" if effect > 0 else f"{self.title} not {level}"
        if self.kind is Kind.FLAG:
            return f"{'with' if effect > 0 else 'without'} {self.title}"
        return (self.more or f"high {self.title}") if effect > 0 else (self.less or f"low {self.title}")


@dataclass(frozen=True, kw_only=True)
class Customers:
    """n customers, in the order of their ids.

    ids: (n,) text, each once. table: (n, c) a column per trait: float64 for NUMBER and FLAG (NaN where
    missing), text or None for CATEGORY. recency: days (n,) since the last purchase; frequency: days
    (n,) with purchases; monetary: (n,) what was spent; NaN where unknown. bought: whether all are from purchases.
    """

    ids: npt.NDArray[np.object_]
    traits: tuple[Trait, ...]
    table: pd.DataFrame
    recency: Reals
    frequency: Reals
    monetary: Reals
    bought: bool

    def __post_init__(self) -> None:
        names = [trait.name for trait in self.traits]
        require(list(self.table) == names, "Customers", f"the columns {names}", list(self.table))
        require(len(set(self.ids)) == len(self.ids), "Customers", "each customer once", "ids twice")
        for name in (*ARRAYS, "table"):
            require(len(getattr(self, name)) == len(self), "Customers", f"a {name} each", "others")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def scored(self) -> tuple[Trait, ...]:
        """The traits in which segments are found."""
        return tuple(trait for trait in self.traits if trait.scored)

    def rows(self, at: Longs) -> Self:
        """The customers at these positions."""
        taken = {name: getattr(self, name)[at] for name in ARRAYS}
        return replace(self, **taken, table=self.table.iloc[at].reset_index(drop=True))

    def in_order(self) -> Self:
        """The same, in the order of their ids, shorter ones first: as numbers are."""
        return self.rows(
            np.array(sorted(range(len(self)), key=lambda i: (len(self.ids[i]), self.ids[i])), int)
        )

"""What changed between two tables, column by column."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from graphlead.core.arrays import Json, Reals


class Form(StrEnum):
    """How the values of a column are compared."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    FILLED = "filled"
    """Whether there is a value: that of free texts, names and addresses."""
    NOTHING = "nothing"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A column of two tables. old: (n,), new: (m,); float64 for NUMBER, and for DATE days since 1970; text or None for
    CATEGORY; bool for FILLED; None where there is nothing to compare. why: the reason for the form, for the user.
    score: it holds what a model gave, and no fact."""

    name: str
    form: Form
    old: pd.Series | None = None
    new: pd.Series | None = None
    why: str = ""
    score: bool = False


@dataclass(frozen=True, kw_only=True)
class Bins:
    """The rows of two tables by value. old, new: counts (b,); fresh: which bins are values that the old table lacks."""

    labels: tuple[str, ...]
    old: Reals
    new: Reals
    fresh: tuple[bool, ...] = ()

    @property
    def sizes(self) -> tuple[float, float]:
        """The rows of the two tables, n and m."""
        return float(self.old.sum()), float(self.new.sum())

    def shares(self) -> tuple[Reals, Reals]:
        """The shares (b,) of the rows of each table; 0 for a table without rows."""
        n, m = self.sizes
        return self.old / max(n, 1.0), self.new / max(m, 1.0)


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What became of one column. psi, js: None where nothing was compared. alarm: it changed by much, and more than
    sampling explains. text: a sentence. bins: label and the shares of both tables, for a drawing."""

    column: str
    psi: float | None
    js: float | None
    alarm: bool
    text: str
    score: bool = False
    bins: tuple[tuple[str, float, float], ...] = field(default=())

    def to_json(self) -> Json:
        """As in compare.json."""
        return {
            "column": self.column,
            "psi": self.psi,
            "js": self.js,
            "alarm": self.alarm,
            "text": self.text,
            "bins": [{"value": label, "old": old, "new": new} for label, old, new in self.bins],
        }

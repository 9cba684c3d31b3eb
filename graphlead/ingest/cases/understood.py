"""How a table of cases was understood, so that next month's open cases are read in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal

from graphlead.core.arrays import Json
from graphlead.core.cases import Meaning
from graphlead.ingest.cases.uses import FEATURES, Use

Table = Literal["leads", "customers"]
"""Which table it is: what is lost among leads is a customer who left among customers."""


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """What the user says of a table; empty where it is to be found.

    columns: the use (a value of Use) or the meaning (a value of Meaning) of columns. within: days. keep: columns to
    use even where they look like known only afterwards.
    """

    table: Table = "leads"
    outcome: str = ""
    positive: str = ""
    id: str = ""
    duration: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    as_of: date | None = None
    within: int = 90


@dataclass(frozen=True, kw_only=True)
class ReadColumn:
    """How one column is read. because: the reason, for the user; style, keeps_na: of its values, see Reading;
    unknown_is_a_value: the word is not the same as an empty cell here, for the column has both."""

    name: str
    use: Use
    because: str
    style: str = ""
    keeps_na: bool = False
    unknown_is_a_value: bool = False
    meaning: Meaning = Meaning.NONE

    @property
    def feature(self) -> str:
        """The name of the feature that is made from the column."""
        return f"days since {self.name}" if self.use is Use.DATE else self.name


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The plan of a table: every column's use, the values of the outcome, and the day that dates are counted from.

    positives, negatives: values of the outcome column, in small letters. absent: columns of the known cases that the
    table of open ones lacks.
    """

    table: Table
    columns: tuple[ReadColumn, ...]
    positives: tuple[str, ...]
    negatives: tuple[str, ...]
    reference: date | None
    as_of: date | None
    within: int
    absent: tuple[str, ...] = ()

    def name_of(self, use: Use) -> str:
        """The column with this use, "" where there is none."""
        return next((column.name for column in self.columns if column.use is use), "")

    @property
    def features(self) -> tuple[ReadColumn, ...]:
        """The columns that features are made from."""
        return tuple(column for column in self.columns if column.use in FEATURES)

    def plan(self) -> list[tuple[str, str, str]]:
        """The rows (column, as, because) for the user."""
        rows = (
            []
            if self.name_of(Use.ID)
            else [("(line number)", "id", "no column has an id of its own in every row")]
        )
        return rows + [self._line(column) for column in self.columns]

    def _line(self, column: ReadColumn) -> tuple[str, str, str]:
        if column.name in self.absent:
            return column.name, "left out", "the open table has no such column"
        meaning = f" ({column.meaning.replace('_', ' ')})" if column.meaning else ""
        return column.name, f"{column.use}{meaning}", column.because

    def to_json(self) -> Json:
        """The plan as JSON, read back by ``understood_of``."""
        return {**asdict(self), "reference": _iso(self.reference), "as_of": _iso(self.as_of)}


def understood_of(content: Json) -> Understood:
    """The plan that ``to_json`` wrote."""
    columns = tuple(
        ReadColumn(**{**each, "use": Use(each["use"]), "meaning": Meaning(each["meaning"])})
        for each in content["columns"]
    )
    days = {name: _day(content[name]) for name in ("reference", "as_of")}
    lists = {name: tuple(content[name]) for name in ("positives", "negatives", "absent")}
    return Understood(**{**content, **days, **lists, "columns": columns})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

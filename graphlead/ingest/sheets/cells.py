"""The cells of a sheet's columns: what kind each column is of, and its values in Arrow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

TYPES = {
    "text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
    "date": pa.timestamp("us"),
}  # fmt: skip
"""The type of a column by its family; see ``Source``."""

EXACT, LARGEST = 2**53, 1e18
"""Whole numbers up to which a cell has every one, and up to which they are written with all their digits."""

COMMA = re.compile(r"\D*(\d{1,3}(\.\d{3})+|\d+),\d+\D*|\D*\d{1,3}(\.\d{3}){2,}\D*")
POINT = re.compile(r"\D*(\d{1,3}(,\d{3})+|\d+)\.\d+\D*|\D*\d{1,3}(,\d{3}){2,}\D*")
"""Texts of numbers with a decimal comma, and with a decimal point."""


@dataclass
class Kinds:
    """What the cells of a column are: their types in Python, without blank ones; whether a number has a fraction, and
    how many texts have a decimal comma and a decimal point."""

    types: set[type] = field(default_factory=set)
    fraction: bool = False
    commas: int = 0
    points: int = 0

    def look(self, values: Sequence[object]) -> None:
        """Take note of further cells of the column."""
        found = set(map(type, values))
        if str in found and not any(isinstance(value, str) and not is_blank(value) for value in values):
            found.discard(str)
        found.discard(type(None))
        if float in found and not self.fraction:
            self.fraction = any(
                type(value) is float and not (value.is_integer() and abs(value) < EXACT) for value in values
            )
        self.types |= found
        if str in self.types and self.types & {int, float}:
            texts = [value for value in values if isinstance(value, str)]
            self.commas += sum(COMMA.fullmatch(text) is not None for text in texts)
            self.points += sum(POINT.fullmatch(text) is not None for text in texts)

    @property
    def family(self) -> str:
        """text, whole, number, boolean or date; text where the cells are of several kinds, or of none."""
        if self.types == {bool}:
            return "boolean"
        if self.types and self.types <= {int, float}:
            return "number" if self.fraction else "whole"
        return "date" if self.types and self.types <= {date, datetime} else "text"

    @property
    def type(self) -> pa.DataType:
        """The type of the column in Arrow: days where no cell has a time of day."""
        return pa.date32() if self.types == {date} else TYPES[self.family]

    @property
    def decimal(self) -> str:
        """The decimal sign for numbers among texts: that of the texts."""
        return "," if self.commas > self.points else "."


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing to see."""
    return value is None or (isinstance(value, str) and not value.strip())


def plain(value: object, decimal: str = ".") -> str:
    """A cell as text: 12345.0 as 12345, a date as 2024-03-05, a time of day behind it unless it is midnight.

    A number has at most 15 digits, as Excel shows and keeps them.
    """
    return _WRITTEN.get(type(value), str)(value).replace(".", decimal if isinstance(value, float) else ".")


def _number(value: float) -> str:
    whole = value.is_integer() and abs(value) < LARGEST
    return str(int(value)) if whole else repr(float(f"{value:.15g}"))


def _instant(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _: "", bool: lambda value: str(value).lower(), float: _number, datetime: _instant,
    date: date.isoformat, time: time.isoformat, timedelta: _duration,
}  # fmt: skip


def column(values: Sequence[object], kinds: Kinds) -> pa.Array:
    """The cells (r,) of a column, of the type of its family; null where blank."""
    family = kinds.family
    if family == "text":
        decimal = kinds.decimal
        cells: list[object] = [
            None if value is None or value == "" else value if type(value) is str else plain(value, decimal)
            for value in values
        ]
    elif family == "date":
        cells = [_moment(value) for value in values]
    else:
        blank = (str, type(None))
        cells = [None if isinstance(value, blank) else value for value in values]
        if family == "whole":
            cells = [None if value is None else int(value) for value in cells]  # type: ignore[call-overload]
    return pa.array(cells, kinds.type)


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else None

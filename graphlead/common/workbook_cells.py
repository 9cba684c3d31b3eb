"""The cells of a workbook: what a column is shown as, its formats, its links, its width."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "whole", "number", "percent", "per_cent", "date", "link", "map", "grade"]
"""What a column is shown as: percent for shares of 1, per_cent for numbers that are per cent already, link for web and
mail addresses, map for a place, grade for Strong, Moderate and Weak."""

WIDEST, WRAPPED, ROOM = 60, 45, 2
"""Characters of the widest column, those from which a text is wrapped, and the room beside a text."""
LINE, MOST_LINES = 15, 27
"""Points of a line, and the lines of the highest row that Excel allows."""

LONGEST, LONGEST_LINK, LONGEST_TEXT = 32_767, 2_079, 255
"""Characters of a cell, of a link, and of a cell that is formatted as text, at most: limits of Excel."""

FORMS: Mapping[str, object] = {"whole": 3, "number": 4, "percent": "0.0%", "per_cent": '0.0"%"', "date": 14}
AS_TEXT = 49
"""Formats; Excel's own by their numbers: #,##0, #,##0.00, a day as the reader's country writes it, and text."""
ADDRESS = re.compile(r"(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:[/?]\S*)?)", re.IGNORECASE | re.ASCII)
MAIL = re.compile(r"[^\s@:/]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)
DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d", re.ASCII)
"""Web addresses, mail addresses and days, in full."""

MAP = "https://www.openstreetmap.org/search?query="
MOSTLY = 0.9
"""The share of the cells of a column that have to be addresses for it to be one of links."""


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]

    def fill(self, colour: str) -> Format:
        """The background of a cell under a condition, without anything else."""
        return self._book.add_format({"bg_color": colour})

    @property
    def header(self) -> Format:
        return self(bold=True, bg_color="#1F3A5F", font_color="#FFFFFF", text_wrap=True)


def shown(column: pd.Series[Any], wanted: Kind | None) -> tuple[Kind, list[Any]]:
    """What a column is shown as, and its values, None where missing."""
    values = [None if missing else value for value, missing in zip(column, column.isna(), strict=True)]
    if wanted:
        return wanted, values
    if pd.api.types.is_bool_dtype(column.dtype):
        return "text", [None if value is None else "yes" if value else "no" for value in values]
    if pd.api.types.is_integer_dtype(column.dtype):
        return "whole", values
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number", values
    texts = [None if value is None or value == "" else str(value) for value in values]
    found = [text for text in texts if text is not None]
    if found and all(DAY.fullmatch(text) and _day(text) for text in found):
        return "date", [text and _day(text) for text in texts]
    links = sum(link_of(text) != "" for text in found)
    return ("link" if found and links >= MOSTLY * len(found) else "text"), texts


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def link_of(text: str) -> str:
    """Where a web or mail address leads; empty for any other text."""
    bare = text.strip()
    if MAIL.fullmatch(bare):
        return f"mailto:{bare}"
    if not ADDRESS.fullmatch(bare):
        return ""
    url = bare if "://" in bare else f"https://{bare}"
    return url if len(url) <= LONGEST_LINK else ""


def write_column(page: Worksheet, at: int, kind: Kind, values: Sequence[Any], looks: Looks) -> None:
    """Write the values (r,) of a column below its header, None as an empty cell."""
    write = _WRITERS.get(kind, _write_number)
    longest = _longest(values)
    properties: dict[str, object] = {"num_format": FORMS[kind]} if kind in FORMS else {}
    if kind in ("text", "grade"):
        properties = {"num_format": AS_TEXT} if longest <= LONGEST_TEXT else {}
        properties |= {"text_wrap": True} if longest > WRAPPED else {}
    if kind in ("link", "map"):
        properties = {"font_color": "#1155CC", "underline": 1}
    look = looks(**properties)
    for row, value in enumerate(values, 1):
        if value is None:
            page.write_blank(row, at, None, look)
        else:
            write(page, row, at, value, look)


def _write_text(page: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    page.write_string(row, at, str(value)[:LONGEST], look)


def _write_number(page: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    number = float(value)
    if np.isfinite(number):
        page.write_number(row, at, number, look)


def _write_date(page: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    page.write_datetime(row, at, value, look)


def _write_link(page: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    url = link_of(str(value))
    if not url or page.write_url(row, at, url, look, str(value)[:LONGEST_TEXT]) != 0:
        _write_text(page, row, at, value, look)


def _write_map(page: Worksheet, row: int, at: int, value: Any, look: Format) -> None:
    url = MAP + quote(str(value), safe="")
    if len(url) > LONGEST_LINK or page.write_url(row, at, url, look, "map") != 0:
        _write_text(page, row, at, value, look)


Writer = Callable[["Worksheet", int, int, Any, "Format"], None]
_WRITERS: Mapping[str, Writer] = {
    "text": _write_text, "grade": _write_text, "date": _write_date, "link": _write_link, "map": _write_map,
}  # fmt: skip


def _longest(values: Sequence[Any]) -> int:
    return max((len(str(value)) for value in values if value is not None), default=0)


def lines_of(kind: Kind, values: Sequence[Any], width: float) -> list[int]:
    """How many lines each value (r,) of a column takes that is so many characters wide."""
    if kind != "text" or _longest(values) <= WRAPPED:
        return [1] * len(values)
    return [1 if value is None else _lines_in(str(value), width) for value in values]


def _lines_in(text: str, width: float) -> int:
    wrapped = (math.ceil(len(line) / (width - ROOM)) for line in text.split("\n"))
    return min(sum(max(1, each) for each in wrapped), MOST_LINES)


def make_room(page: Worksheet, first: int, lines: Sequence[int]) -> None:
    """Make the rows from ``first`` on as high as their lines (r,): not every program does that for wrapped texts."""
    for row, many in enumerate(lines, first):
        if many > 1:
            page.set_row(row, LINE * many)


def width_of(name: str, kind: Kind, values: Sequence[Any]) -> float:
    """Characters that a column is wide: those of nine in ten of its values."""
    if kind in ("map", "date", "percent", "per_cent"):
        return max(12, min(len(name), 18))
    lengths = sorted(len(str(value)) for value in values if value is not None)
    usual = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    return float(min(max(usual, min(len(name), 18)) + ROOM, WIDEST))

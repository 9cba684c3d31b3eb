"""Workbooks for people: tables that open in Excel as they are meant, with a sheet of notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import numpy as np
import pandas as pd

from graphlead.common.files import write_whole

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Kind = Literal["text", "whole", "number", "percent", "per_cent", "date", "link", "map", "grade"]
"""What a column is shown as: percent for shares of 1, per_cent for numbers that are per cent already, link for web and
mail addresses, map for a place, grade for Strong, Moderate and Weak."""

MOST_ROWS = 20_000
"""Rows of a sheet at most: written in some 3 s of processor time with ten columns, and more than a person goes through;
the notes name the file with all of them."""

WIDEST, WRAPPED, ROOM = 60, 45, 2
"""Characters of the widest column, those from which a text is wrapped, and the room beside a text."""

LONGEST, LONGEST_LINK, LONGEST_TEXT, MOST_LINKS = 32_767, 2_079, 255, 65_530
"""Characters of a cell, of a link, and of a cell that is formatted as text, and links of a sheet, at most: limits of
Excel."""

FORMS: Mapping[str, object] = {"whole": 3, "number": 4, "percent": "0.0%", "per_cent": '0.0"%"', "date": 14}
AS_TEXT = 49
"""Formats; Excel's own by their numbers: #,##0, #,##0.00, a day as the reader's country writes it, and text."""
GRADES = {"Strong": "#C6E5C3", "Moderate": "#FBE7A8", "Weak": "#E4E4E4"}
SCALE = ("#FFFFFF", "#8CC68A")
"""The colours of fits, and of the least and the greatest of percentages."""

ADDRESS = re.compile(r"(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:[/?]\S*)?)", re.IGNORECASE | re.ASCII)
MAIL = re.compile(r"[^\s@:/]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)
DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d", re.ASCII)
"""Web addresses, mail addresses and days, in full."""

PLAIN_NUMBER = r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,14})?"

MAP = "https://www.openstreetmap.org/search?query="
MOSTLY = 0.9
"""The share of the cells of a column that have to be addresses for it to be one of links."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table of a workbook.

    kinds: how columns are shown, where that does not follow from their values; choices: what may be typed into a
    column; meanings: of columns, for the notes; frozen: columns that stay in sight; whole: the file with all rows.
    """

    name: str
    table: pd.DataFrame
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    frozen: int = 0
    whole: str = ""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What the sheet of notes says: title, facts such as the run and its version, and sentences on what the figures say
    and what they do not. day: of the run, which the workbook has as the day of its making."""

    title: str
    day: date
    facts: Mapping[str, str]
    sentences: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a workbook was made of, on which day, and by which version of graphlead."""

    inputs: Sequence[str]
    day: date
    version: str

    def notes(self, title: str, sentences: Sequence[str]) -> Notes:
        """The notes of a workbook."""
        facts = {
            "Made of": ", ".join(self.inputs),
            "Made on": self.day.isoformat(),
            "graphlead": self.version,
        }
        return Notes(title=title, day=self.day, facts=facts, sentences=sentences)


def as_numbers(table: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    """The table, of which the columns of these names are numbers wherever each of their texts is one, written plainly.

    A text such as 00123 is none.
    """
    changed = {}
    for name in names:
        if name not in table:
            continue
        texts = table[name].astype("string").str.strip()
        texts = texts.mask(texts == "")
        found = texts.dropna()
        if len(found) and found.str.fullmatch(PLAIN_NUMBER).all():
            whole = not found.str.contains(".", regex=False).any()
            changed[name] = pd.to_numeric(texts).astype("Int64" if whole else "Float64")
    return table.assign(**changed)


def write_workbook(path: Path, sheets: Sequence[Sheet], notes: Notes) -> None:
    """Write an .xlsx file, whole or not at all; the same tables on the same day give the same bytes.

    Texts are written as texts, never as formulas or numbers; a column of days in ISO form is one of dates; a header
    stays in sight and filters its rows; long texts are wrapped.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }

    def write(part: Path) -> None:
        with xlsxwriter.Workbook(part, options) as book:
            made = datetime(notes.day.year, notes.day.month, notes.day.day)
            book.set_properties({"title": notes.title, "author": "graphlead", "created": made})
            looks = _Looks(book)
            for sheet in sheets:
                _write_sheet(book.add_worksheet(sheet.name), sheet, looks)
            _write_notes(book.add_worksheet("Notes"), sheets, notes, looks)

    write_whole(path, write)


class _Looks:
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


def _write_sheet(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    table = sheet.table.iloc[:MOST_ROWS]
    rows, width = table.shape
    page.set_row(0, 30)
    links = MOST_LINKS // max(rows, 1)
    for at, name in enumerate(map(str, table)):
        kind, values = _shown(table.iloc[:, at], sheet.kinds.get(name))
        if kind in ("link", "map"):
            links -= 1
            kind = kind if links >= 0 else "text"
        page.write_string(0, at, name, looks.header)
        _write_column(page, at, kind, values, looks)
        page.set_column(at, at, _width(name, kind, values))
        _colour(page, at, rows, kind, looks)
        if name in sheet.choices and rows:
            page.data_validation(1, at, rows, at, {"validate": "list", "source": list(sheet.choices[name])})
    page.freeze_panes(1, min(sheet.frozen, width))
    if width:
        page.autofilter(0, 0, max(rows, 1), width - 1)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _shown(column: pd.Series[Any], wanted: Kind | None) -> tuple[Kind, list[Any]]:
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


def _write_column(page: Worksheet, at: int, kind: Kind, values: Sequence[Any], looks: _Looks) -> None:
    write = _WRITERS.get(kind, _write_number)
    longest = max((len(str(value)) for value in values if value is not None), default=0)
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


def _width(name: str, kind: Kind, values: Sequence[Any]) -> float:
    """Characters that a column is wide: those of nine in ten of its values."""
    if kind in ("map", "date", "percent", "per_cent"):
        return max(12, min(len(name), 18))
    lengths = sorted(len(str(value)) for value in values if value is not None)
    usual = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    return float(min(max(usual, min(len(name), 18)) + ROOM, WIDEST))


def _colour(page: Worksheet, at: int, rows: int, kind: Kind, looks: _Looks) -> None:
    if not rows:
        return
    if kind == "grade":
        for grade, colour in GRADES.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{grade}"', "format": looks.fill(colour)}
            page.conditional_format(1, at, rows, at, rule)
    if kind == "per_cent":
        low, high = SCALE
        page.conditional_format(
            1, at, rows, at, {"type": "2_color_scale", "min_color": low, "max_color": high}
        )


def _write_notes(page: Worksheet, sheets: Sequence[Sheet], notes: Notes, looks: _Looks) -> None:
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 100)
    bold, wrapped = looks(bold=True), looks(text_wrap=True)
    page.write_string(0, 0, notes.title, looks(bold=True, font_size=14))
    row = 2
    for name, fact in notes.facts.items():
        page.write_string(row, 0, name, bold)
        page.write_string(row, 1, fact[:LONGEST], wrapped)
        row += 1
    for title, lines in (
        ("What the figures say, and what they do not", notes.sentences),
        *_shortened(sheets),
    ):
        if lines:
            row += 1
            page.write_string(row, 0, title, bold)
            for line in lines:
                page.write_string(row, 1, line[:LONGEST], wrapped)
                row += 1
    for sheet in sheets:
        row += 1
        page.write_string(row, 0, f"Columns of {sheet.name}", looks.header)
        page.write_string(row, 1, "What they mean", looks.header)
        for name in map(str, sheet.table):
            row += 1
            page.write_string(row, 0, name, looks(num_format=AS_TEXT))
            page.write_string(row, 1, sheet.meanings.get(name, "Your own column, as it was given."), wrapped)
        row += 1


def _shortened(sheets: Sequence[Sheet]) -> list[tuple[str, list[str]]]:
    return [
        (
            f"Rows of {sheet.name}",
            [f"The first {MOST_ROWS:,} of {len(sheet.table):,}; all of them are in {sheet.whole}."],
        )
        for sheet in sheets
        if len(sheet.table) > MOST_ROWS
    ]

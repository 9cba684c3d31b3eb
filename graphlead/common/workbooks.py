"""Workbooks for people: tables that open in Excel as they are meant, with a sheet of notes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from graphlead.common.files import write_whole
from graphlead.common.workbook_cells import (
    AS_TEXT,
    LONGEST,
    Kind,
    Looks,
    lines_of,
    make_room,
    shown,
    width_of,
    write_column,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS, MOST_LINKS = 20_000, 65_530
"""Rows of a sheet at most, a choice: more than a person goes through; the notes name the file with all of them. And the
links that Excel allows on a sheet."""

GRADES = {"Strong": "#C6E5C3", "Moderate": "#FBE7A8", "Weak": "#E4E4E4"}
SCALE = ("#FFFFFF", "#8CC68A")
"""The colours of fits, and of the least and the greatest of percentages."""

BROAD = 100
"""Characters that the texts of the notes are wide."""

PLAIN_NUMBER = r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,14})?"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table of a workbook.

    kinds: how columns are shown, where that does not follow from their values; choices: what may be typed into a
    column; meanings: of columns, for the notes; frozen: columns that stay in sight; most: rows shown; whole: the file
    with all rows.
    """

    name: str
    table: pd.DataFrame
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    frozen: int = 0
    most: int = MOST_ROWS
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
    import xlsxwriter

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
            looks = Looks(book)
            for sheet in sheets:
                _write_sheet(book.add_worksheet(sheet.name), sheet, looks)
            _write_notes(book.add_worksheet("Notes"), sheets, notes, looks)

    write_whole(path, write)


def _write_sheet(page: Worksheet, sheet: Sheet, looks: Looks) -> None:
    table = sheet.table.iloc[: sheet.most]
    rows, width = table.shape
    page.set_row(0, 30)
    links = MOST_LINKS // max(rows, 1)
    lines = [1] * rows
    for at, name in enumerate(map(str, table)):
        kind, values = shown(table.iloc[:, at], sheet.kinds.get(name))
        if kind in ("link", "map"):
            links -= 1
            kind = kind if links >= 0 else "text"
        page.write_string(0, at, name, looks.header)
        write_column(page, at, kind, values, looks)
        breadth = width_of(name, kind, values)
        page.set_column(at, at, breadth)
        lines = list(map(max, lines, lines_of(kind, values, breadth)))
        _colour(page, at, rows, kind, looks)
        if name in sheet.choices and rows:
            page.data_validation(1, at, rows, at, {"validate": "list", "source": list(sheet.choices[name])})
    make_room(page, 1, lines)
    page.freeze_panes(1, min(sheet.frozen, width))
    if width:
        page.autofilter(0, 0, max(rows, 1), width - 1)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _colour(page: Worksheet, at: int, rows: int, kind: Kind, looks: Looks) -> None:
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


def _write_notes(page: Worksheet, sheets: Sequence[Sheet], notes: Notes, looks: Looks) -> None:
    page.set_column(0, 0, 28)
    page.set_column(1, 1, BROAD)
    bold, wrapped = looks(bold=True), looks(text_wrap=True)
    page.write_string(0, 0, notes.title, looks(bold=True, font_size=14))
    row = 2
    for name, fact in notes.facts.items():
        page.write_string(row, 0, name, bold)
        _write_wrapped(page, row, fact, wrapped)
        row += 1
    for title, lines in (
        ("What the figures say, and what they do not", notes.sentences),
        *_shortened(sheets),
    ):
        if lines:
            row += 1
            page.write_string(row, 0, title, bold)
            for line in lines:
                _write_wrapped(page, row, line, wrapped)
                row += 1
    for sheet in sheets:
        row += 1
        page.write_string(row, 0, f"Columns of {sheet.name}", looks.header)
        page.write_string(row, 1, "What they mean", looks.header)
        for name in map(str, sheet.table):
            row += 1
            page.write_string(row, 0, name, looks(num_format=AS_TEXT))
            meaning = sheet.meanings.get(name, "Your own column, as it was given.")
            _write_wrapped(page, row, meaning, wrapped)
        row += 1


def _write_wrapped(page: Worksheet, row: int, text: str, wrapped: Format) -> None:
    page.write_string(row, 1, text[:LONGEST], wrapped)
    make_room(page, row, lines_of("text", [text], BROAD))


def _shortened(sheets: Sequence[Sheet]) -> list[tuple[str, list[str]]]:
    return [
        (
            f"Rows of {sheet.name}",
            [f"The first {sheet.most:,} of {len(sheet.table):,}; all of them are in {sheet.whole}."],
        )
        for sheet in sheets
        if len(sheet.table) > sheet.most
    ]

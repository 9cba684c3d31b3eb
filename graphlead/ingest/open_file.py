"""A user's file, CSV, Parquet or a sheet of a workbook, as a DuckDB view."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import InputError, Place
from graphlead.core.paths import file_of, sheet_of
from graphlead.engines.duckdb import SQL_ERRORS, Db, literal, one_row, plain, quoted
from graphlead.ingest.damage import is_marked, unreadable
from graphlead.ingest.delimited import Delimited, Rejected, read_delimited
from graphlead.ingest.head import check_width, delimiter_name
from graphlead.ingest.sheets.read import ReadSheet, read_sheet
from graphlead.ingest.sheets.workbook import is_workbook

BLANKS = " \t\r\n\u00a0\u200b\ufeff"
"""Characters trimmed from both ends of every value."""

ROW = "file_row_number"
"""The name under which DuckDB gives the rows of a Parquet file their numbers."""

SHOWN = 5
"""Sheets that a remark names."""

HEAD = 1 << 10
PAGE = re.compile(rb"(?i)\A(\xef\xbb\xbf)?\s*<(!doctype html|html\b|table\b)")
"""Bytes looked at, and the beginning of a web page: some programs export one under the name of a spreadsheet."""

NUMERIC = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table to ingest: the view ``view`` has ``row`` (1-based row of the file) and c0, c1, ... named ``names``.

    path: FILE:SHEET for a workbook, the rows of which have the numbers that the sheet gives them. ``families``: each
    column's type in the file: text, whole, number, boolean or date. Texts are trimmed; an empty one is NULL. ``how``:
    encoding and delimiter, Parquet, or workbook. ``damaged``: characters that could not be read. ``errors``: cells with
    an error such as #N/A, the first one at ``first_error``. ``others``: further sheets of the workbook.
    """

    path: Path
    view: str
    names: tuple[str, ...]
    families: tuple[str, ...]
    rows: int
    rejected: tuple[Rejected, ...] = ()
    how: str = ""
    damaged: int = 0
    errors: int = 0
    first_error: str = ""
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"c{i}" for i in range(len(self.names)))

    def remarks(self) -> list[str]:
        """What the user has to know of cells and rows that were not read, and of sheets that were not."""
        remarks, name = list[str](), self.path.name
        if self.rejected:
            first, count = self.rejected[0], len(self.rejected)
            remarks.append(f"{count:,} rows of {name} cannot be read: row {first.row} has {first.reason}.")
        if self.errors:
            remarks.append(
                f"{self.errors:,} cells of {name} hold an error such as #N/A, the first one in {self.first_error}: "
                "taken as missing."
            )
        if self.others:
            remarks.append(
                f"{name} was read; the workbook has further sheets: {', '.join(self.others[:SHOWN])}."
            )
        return remarks

    def cells(self, column: str) -> str:
        """SQL of a table with the values of a column, under its name, and with ``n``, how many rows each stands for."""
        return f"(SELECT {column}, 1 AS n FROM {self.view} WHERE {column} IS NOT NULL)"

    def sample(self, db: Db, step: int) -> str:
        """The name of a table with one in ``step`` rows, by a hash of their content: the same in whatever order."""
        name, content = f"{self.view}_sample", ", ".join(self.columns)
        rows = f"SELECT * FROM {self.view} WHERE hash({content}) % {step} = 0"
        db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {rows}")
        return name

    def filled_and_distinct(self, db: Db, column: str) -> tuple[int, int]:
        """How many rows have a value in the column, and how many different ones there are."""
        filled, distinct = one_row(db, f"SELECT count({column}), count(DISTINCT {column}) FROM {self.view}")
        return int(filled), int(distinct)


def open_source(db: Db, path: Path, view: str, folder: Path) -> Source:
    """Make ``view`` (values trimmed) and ``view_raw`` (values as they are) of a CSV or Parquet file, or of a workbook.

    The path may name a sheet: FILE.xlsx:Sheet; without, the first visible one with cells is read. Raises InputError
    when the file is missing, a folder, empty, or of none of these formats.
    """
    check_file(path)
    scratch = folder / view
    scratch.mkdir()
    if is_parquet(path):
        return _open_parquet(db, path, view)
    if is_workbook(path):
        return _open_workbook(db, read_sheet(path, scratch), view)
    return _open_delimited(db, path, view, read_delimited(path, scratch))


def check_file(path: Path) -> None:
    """Raise InputError when the path names no readable file; it may name a sheet of a workbook."""
    file = file_of(path)
    if file.is_dir():
        raise InputError(
            "this is a folder, not a file.", where=str(file), remedy="Give a CSV, Excel or Parquet file."
        )
    if not file.exists():
        near = difflib.get_close_matches(file.name, _neighbours(file), 1)
        remedy = f"Did you mean {near[0]}?" if near else "Check the path."
        raise InputError("there is no such file.", where=str(file), remedy=remedy)
    try:
        with file.open("rb") as content:
            head = content.read(HEAD)
    except OSError as refused:
        raise InputError(
            f"the file cannot be read ({refused.strerror}).", where=str(file), remedy="Check its permissions."
        ) from refused
    if not head:
        raise InputError("the file is empty.", where=str(file), remedy="Give a file with a header and rows.")
    if PAGE.match(head):
        raise InputError(
            "this is a web page, whatever its name.",
            where=str(file),
            remedy="Open it in a spreadsheet and save it as .xlsx, or export CSV (UTF-8).",
        )
    if sheet_of(path) and not is_workbook(path):
        raise InputError(
            f"this is no workbook, so it has no sheet {sheet_of(path)!r}.",
            where=str(file),
            remedy=f"Give {file.name} alone.",
        )


def is_text(path: Path) -> bool:
    """Whether the file's content is delimited text. Errors are those of ``is_parquet``."""
    return not is_parquet(path) and not is_workbook(path)


def is_parquet(path: Path) -> bool:
    """Whether the file's content is Parquet. Raises InputError when only its name is."""
    found = is_marked(path)
    if not found and path.suffix.lower() in (".parquet", ".pq"):
        raise InputError(
            "the name ends like a Parquet file's but the content is something else.",
            where=str(path),
            remedy="Rename it (to .csv, for instance) or write it again.",
        )
    return found


def distinct_names(names: list[str]) -> tuple[str, ...]:
    """Column names as the user wrote them, without extra spaces, made distinct regardless of case and of ROW."""
    taken = {ROW}
    result = []
    for position, name in enumerate(names, 1):
        base = " ".join(name.replace("\ufeff", "").split()) or f"column_{position}"
        new, times = base, 1
        while new.lower() in taken:
            times += 1
            new = f"{base}_{times}"
        taken.add(new.lower())
        result.append(new)
    return tuple(result)


def as_text(column: str, family: str) -> str:
    """SQL for a value as a string: 561730.0 as 561730, a timestamp as its day."""
    if family == "text":
        return column
    if family == "number":
        whole = f"isfinite({column}) AND {column} = trunc({column}) AND abs({column}) < 1e18"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    return f"{column}::DATE::VARCHAR" if family == "date" else f"{column}::VARCHAR"


def _neighbours(path: Path) -> list[str]:
    return [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []


def _open_delimited(db: Db, path: Path, view: str, found: Delimited) -> Source:
    db.read_parquet(plain(found.parquet)).create_view(f"{view}_raw")
    names = distinct_names(list(found.names))
    how = f"{found.encoding}, delimiter {delimiter_name(found.delimiter)}"
    families = ("text",) * len(names)
    _trimmed(db, view, families)
    return Source(
        path=path,
        view=view,
        names=names,
        families=families,
        rows=found.rows,
        rejected=found.rejected,
        how=how,
        damaged=found.damaged,
    )


def _open_workbook(db: Db, found: ReadSheet, view: str) -> Source:
    check_width(len(found.names), found.path)
    db.read_parquet(plain(found.parquet)).create_view(f"{view}_raw")
    _trimmed(db, view, found.families)
    return Source(
        path=found.path,
        view=view,
        names=distinct_names(list(found.names)),
        families=found.families,
        rows=found.rows,
        how="a sheet of a workbook",
        errors=found.errors,
        first_error=found.first_error,
        others=found.others,
    )


def _open_parquet(db: Db, path: Path, view: str) -> Source:
    try:
        if ROW in map(str.lower, db.read_parquet(plain(path)).columns):
            problem = f"a column is called {ROW}, which is taken for the numbers of the rows."
            raise InputError(problem, where=Place.of(path, column=ROW), remedy="Call it something else.")
        relation = db.read_parquet(plain(path), file_row_number=True)
    except SQL_ERRORS as broken:
        raise unreadable(path, broken) from broken
    names, types = relation.columns[:-1], [str(kind) for kind in relation.types[:-1]]
    check_width(len(names), path)
    families = tuple(_family(kind) for kind in types)
    relation.create_view(f"{view}_file")
    selected = ", ".join(
        f"{_plain_value(quoted(name), kind)} AS c{i}"
        for i, (name, kind) in enumerate(zip(names, types, strict=True))
    )
    row = quoted(relation.columns[-1])
    db.execute(f"CREATE VIEW {view}_raw AS SELECT {row} + 1 AS row, {selected} FROM {view}_file")
    _trimmed(db, view, families)
    rows = db.execute(f"SELECT count(*) FROM {view}_raw").fetchall()[0][0]
    return Source(
        path=path, view=view, names=distinct_names(names), families=families, rows=int(rows), how="Parquet"
    )


def _family(kind: str) -> str:
    if kind == "BOOLEAN":
        return "boolean"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return "date"
    if not NUMERIC.fullmatch(kind):
        return "text"
    return "whole" if "INT" in kind else "number"


def _plain_value(column: str, kind: str) -> str:
    if kind.startswith("DECIMAL"):
        return f"{column}::DOUBLE"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        return f"to_json({column})::VARCHAR"
    return f"{column}::VARCHAR" if _family(kind) == "text" else column


def _trimmed(db: Db, view: str, families: tuple[str, ...]) -> None:
    selected = ", ".join(
        f"nullif(trim(c{i}, {literal(BLANKS)}), '') AS c{i}" if family == "text" else f"c{i}"
        for i, family in enumerate(families)
    )
    db.execute(f"CREATE VIEW {view} AS SELECT row, {selected} FROM {view}_raw")

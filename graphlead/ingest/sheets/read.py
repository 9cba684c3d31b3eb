"""One sheet of a workbook to Parquet: codes as text, dates as dates, rows with their numbers in the sheet."""

from __future__ import annotations

import itertools
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineSheet

from graphlead.core.errors import InputError
from graphlead.core.paths import with_sheet
from graphlead.ingest.sheets.cells import Kinds, column, is_blank
from graphlead.ingest.sheets.faults import error_cells
from graphlead.ingest.sheets.head import LOOKED, Merged, find_head
from graphlead.ingest.sheets.workbook import Opened, open_sheet

ROWS = 20_000
"""Rows turned into Arrow at once: twenty columns of them are some 30 MB in Python."""

Cells = list[object]


@dataclass(frozen=True, kw_only=True)
class ReadSheet:
    """A sheet as read: ``parquet`` has ``row``, its number in the sheet, and c0, c1, ... of the types of ``families``.

    path: FILE:SHEET; others: further visible sheets with cells; errors: cells with an error such as #N/A, read as
    missing, the first one at ``first_error``.
    """

    parquet: Path
    path: Path
    names: tuple[str, ...]
    families: tuple[str, ...]
    rows: int
    others: tuple[str, ...]
    errors: int
    first_error: str


@dataclass(frozen=True)
class _Body:
    """The rows of a sheet below its header, empty ones left out; merged: ranges of one column."""

    sheet: CalamineSheet
    last: int
    merged: Merged

    def batches(self) -> Iterator[tuple[list[int], list[Cells]]]:
        """Numbers of rows in the sheet, from 1, and their cells."""
        rows = self._rows()
        while some := list(itertools.islice(rows, ROWS)):
            yield [number for number, _ in some], [row for _, row in some]

    def _rows(self) -> Iterator[tuple[int, Cells]]:
        tops = {(top, left): bottom for (top, left), (bottom, _) in self.merged}
        lasting: dict[int, tuple[object, int]] = {}
        for at, row in enumerate(self.sheet.iter_rows()):
            if at <= self.last or all(map(is_blank, row)):
                continue
            cells: Cells = list(row)
            if tops:
                for place, (value, bottom) in lasting.items():
                    cells[place] = value if at <= bottom else cells[place]
                lasting |= {
                    place: (value, tops[at, place]) for place, value in enumerate(row) if (at, place) in tops
                }
            yield at + 1, cells


def sheet_width(path: Path, folder: Path) -> int:
    """How many columns the sheet of a path has. Errors are those of ``open_sheet``."""
    return open_sheet(path, folder).sheet.width


def read_sheet(path: Path, folder: Path) -> ReadSheet:
    """Read the sheet that a path names, or the first visible one with cells, into ``folder``.

    A column has one type where all of its cells are dates, numbers or true and false, else text: numbers without
    ".0", dates as 2024-03-05. Formulas count by the values that were saved with them. A merged cell is the value of
    all rows that it covers. Raises InputError where there is no header; errors of the file are those of ``open_sheet``.
    """
    opened = open_sheet(path, folder)
    merged = _merged(opened.sheet)
    first = [list(row) for row in itertools.islice(opened.sheet.iter_rows(), LOOKED)]
    head = find_head(first, merged)
    if head is None:
        raise _no_header(with_sheet(opened.file, opened.sheet.name))
    one_column = [each for each in merged if each[0][1] == each[1][1] and each[0][0] > head.last]
    body = _Body(opened.sheet, head.last, one_column)
    kinds = _look(body, len(head.names))
    used = [at for at, name in enumerate(head.names) if name or kinds[at].types]
    parquet = folder / "rows.parquet"
    rows = _write(body, [(at, kinds[at]) for at in used], parquet)
    errors, first_error = _errors(opened)
    left = (opened.sheet.start or (0, 0))[1]
    return ReadSheet(
        parquet=parquet,
        path=with_sheet(opened.file, opened.sheet.name),
        names=tuple(head.names[at] or f"column {letters(left + at)}" for at in used),
        families=tuple(kinds[at].family for at in used),
        rows=rows,
        others=opened.others,
        errors=errors,
        first_error=first_error,
    )


def letters(column: int) -> str:
    """What a column, from 0, is called in the sheet: A, B, ..., Z, AA."""
    before, last = divmod(column, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _merged(sheet: CalamineSheet) -> Merged:
    """The merged cells in the columns that ``iter_rows`` gives, which begin with the first that has a cell."""
    left = (sheet.start or (0, 0))[1]
    return [((a, b - left), (c, d - left)) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]


def _look(body: _Body, width: int) -> list[Kinds]:
    kinds = [Kinds() for _ in range(width)]
    for _, rows in body.batches():
        for each, values in zip(kinds, zip(*rows, strict=True), strict=True):
            each.look(values)
    return kinds


def _write(body: _Body, used: Sequence[tuple[int, Kinds]], parquet: Path) -> int:
    """Write the columns of these places; returns the number of rows."""
    types = [(f"c{i}", kinds.type) for i, (_, kinds) in enumerate(used)]
    schema = pa.schema([("row", pa.int64()), *types])
    count = 0
    with pq.ParquetWriter(parquet, schema, compression="zstd", compression_level=1) as writer:
        for numbers, rows in body.batches():
            columns = list(zip(*rows, strict=True))
            arrays = [column(columns[at], kinds) for at, kinds in used]
            writer.write_batch(pa.record_batch([pa.array(numbers), *arrays], schema=schema))
            count += len(numbers)
    return count


def _errors(opened: Opened) -> tuple[int, str]:
    if opened.kind != "xlsx":
        return 0, ""
    try:
        return error_cells(opened.file, opened.sheet.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ElementTree.ParseError):
        return 0, ""


def _no_header(path: Path) -> InputError:
    return InputError(
        "the sheet has no header.",
        where=str(path),
        remedy="Write the names of the columns above the rows, or name another sheet as FILE:SHEET.",
    )

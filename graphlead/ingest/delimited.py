"""Delimited text (CSV and its variants) to Parquet: every value a string, every row accounted for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv as pc
import pyarrow.parquet as pq

from graphlead.core.errors import InputError, Place
from graphlead.ingest.encodings import to_utf8
from graphlead.ingest.head import Head, delimiter_name, read_head

BLOCK = 1 << 22
LONGEST_ROW = 1 << 24
"""Bytes of a piece read at once, and of the longest row (16 MiB, a choice): a cell is copied some ten times."""

SWALLOWED, MOSTLY = 5, 0.8
"""A value has swallowed rows when it has at least 5 line breaks and over 80 % of its lines look like rows: postal
addresses have fewer lines, and prose seldom has the header's number of delimiters."""


@dataclass(frozen=True)
class Rejected:
    """A row (1-based, not counting the header) with more or fewer fields than the header."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Delimited:
    """A delimited file as read: ``parquet`` has ``row`` and c0, c1, ... as strings."""

    parquet: Path
    names: tuple[str, ...]
    rows: int
    rejected: tuple[Rejected, ...]
    delimiter: str
    encoding: str
    damaged: int


@dataclass(frozen=True, kw_only=True)
class _Layout:
    text: Path
    delimiter: str
    columns: tuple[str, ...]
    lines_before: int
    path: Path


class _StraddlingError(Exception):
    """A row (1-based) is longer than a piece read at once."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def read_delimited(path: Path, folder: Path) -> Delimited:
    """Read a delimited text file into ``folder``; an empty cell is NULL, anything else is kept unchanged.

    Raises InputError when the file is empty or cannot be split into rows.
    """
    text, encoding, damaged = to_utf8(path, folder)
    found = read_head(text, path)
    parquet = folder / "rows.parquet"
    layout = _Layout(
        text=text,
        delimiter=found.delimiter,
        columns=tuple(f"c{i}" for i in range(len(found.header))),
        lines_before=found.lines_before,
        path=path,
    )
    rejected, rows = _to_parquet(layout, parquet)
    if len(rejected) > rows:
        raise _unreadable(path, rejected, found)
    return Delimited(
        parquet=parquet,
        names=found.header,
        rows=rows,
        rejected=rejected,
        delimiter=found.delimiter,
        encoding=encoding,
        damaged=damaged,
    )


def _to_parquet(layout: _Layout, parquet: Path) -> tuple[tuple[Rejected, ...], int]:
    """Write all rows that fit the header; the block size grows until the longest row fits."""
    block = BLOCK
    while True:
        rejected: list[Rejected] = []
        try:
            rows = _write_rows(layout, parquet, block, rejected)
            return tuple(rejected), rows
        except _StraddlingError as long:
            if block == LONGEST_ROW:
                raise _too_long(layout.path, long.row) from long
            block = min(8 * block, LONGEST_ROW)


def _write_rows(layout: _Layout, parquet: Path, block: int, rejected: list[Rejected]) -> int:
    schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in layout.columns)])
    rows = 0
    with pq.ParquetWriter(parquet, schema, compression="zstd", compression_level=1) as writer:
        try:
            for batch in _open(layout, block, _collector(rejected)):
                numbers = _row_numbers(rows, batch.num_rows, rejected)
                _refuse_swallowed_rows(layout, batch, numbers)
                writer.write_batch(pa.record_batch([numbers, *batch.columns], schema=schema))
                rows += batch.num_rows
        except pa.ArrowInvalid as refused:
            if "straddl" in str(refused):
                raise _StraddlingError(rows + len(rejected) + 1) from refused
            raise _broken(layout.path, refused) from refused
    return rows


def _open(layout: _Layout, block: int, handler: Callable[[pc.InvalidRow], str]) -> pc.CSVStreamingReader:
    return pc.open_csv(
        layout.text,
        read_options=pc.ReadOptions(
            use_threads=False,
            column_names=list(layout.columns),
            skip_rows=layout.lines_before,
            skip_rows_after_names=1,
            block_size=block,
        ),
        parse_options=pc.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=handler
        ),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(layout.columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _collector(rejected: list[Rejected]) -> Callable[[pc.InvalidRow], str]:
    def collect(row: pc.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        rejected.append(Rejected(row.number - 1, reason, row.text))
        return "skip"

    return collect


def _row_numbers(before: int, count: int, rejected: list[Rejected]) -> pa.Array:
    """The rows' numbers in the file: rejected rows in between count too."""
    positions = np.arange(before, before + count)
    gaps = np.array([bad.row - 1 - i for i, bad in enumerate(rejected)], np.int64)
    return pa.array(positions + np.searchsorted(gaps, positions, side="right") + 1)


def _refuse_swallowed_rows(layout: _Layout, batch: pa.RecordBatch, numbers: pa.Array) -> None:
    """Raise InputError where the lines of a value are rows themselves: a quote was opened and never closed."""
    for column in batch.columns:
        breaks = pyarrow.compute.count_substring(column, "\n")
        suspects = pyarrow.compute.indices_nonzero(pyarrow.compute.greater_equal(breaks, SWALLOWED))
        for position in suspects.to_pylist():
            lines = column[position].as_py().split("\n")[1:-1]
            rowlike = sum(line.count(layout.delimiter) == len(layout.columns) - 1 for line in lines)
            if len(layout.columns) > 1 and rowlike > MOSTLY * len(lines):
                row = numbers[position].as_py()
                raise InputError(
                    f"a quotation mark opened in row {row} is not closed for {len(lines)} lines.",
                    where=Place.of(layout.path, row=row),
                    remedy="Close it, or double every quote inside a quoted value.",
                )


def _unreadable(path: Path, rejected: tuple[Rejected, ...], head: Head) -> InputError:
    first = rejected[0]
    return InputError(
        f"most rows cannot be read: row {first.row} has {first.reason}.",
        where=Place.of(path, row=first.row),
        remedy=f"The delimiter was taken to be {delimiter_name(head.delimiter)} ({len(head.header)} columns). Put "
        "quotes round values that contain it, and make sure that the first line holds the column names.",
    )


def _too_long(path: Path, row: int) -> InputError:
    return InputError(
        f"row {row} is longer than {LONGEST_ROW >> 20} MiB.",
        where=Place.of(path, row=row),
        remedy="Shorten it; if it looks short, a quotation mark is opened there and never closed: double every quote "
        "inside a quoted value.",
    )


def _broken(path: Path, refused: pa.ArrowInvalid) -> InputError:
    return InputError(
        f"the text cannot be split into rows ({refused}).",
        where=str(path),
        remedy="A quotation mark is probably opened and never closed: double every quote inside a quoted value.",
    )

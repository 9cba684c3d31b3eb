"""SQL over files by DuckDB: connections with bounded memory, quoting, and results as rows, tables and files.

Only quoted identifiers and literals (constants and file names of this package) are formatted into SQL; values are
parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from graphlead.common.files import scratch, write_whole
from graphlead.common.memory import share_of_budget

Db = duckdb.DuckDBPyConnection
SQL_ERRORS = (duckdb.Error, UnicodeDecodeError)
"""The errors of a query, also where their own message has bytes of a damaged file."""
UNREADABLE = (duckdb.InvalidInputException, duckdb.ConversionException)
"""The errors of a query over a file that does not have the expected form."""

MEMORY_SHARE = 1 / 16
"""The share of the process's memory budget that one connection holds before it spills: several may be open at once,
beside matrices that hold much more."""

LEAST_MEMORY = 512 * 2**20
"""Bytes that a connection holds at least: below, sorts and joins over a million companies spill all the time."""

CELLS_PER_GROUP = 2_500_000
ROW_GROUP = 122_880
"""Rows per row group, DuckDB's default; wide tables have fewer, so that a group's cells fit into memory."""


@contextmanager
def open_db(folder: Path | None = None, macros: Iterable[str] = ()) -> Iterator[Db]:
    """A connection that spills into a scratch folder inside ``folder`` (by default the system's), removed afterwards.

    Rows keep the order of the files. ``macros`` are bodies of CREATE MACRO. Raises RunFolderError when the folder
    cannot be written to.
    """
    limit = share_of_budget(MEMORY_SHARE, LEAST_MEMORY)
    with (
        scratch(folder) as spill,
        duckdb.connect(config={"memory_limit": f"{limit}B", "temp_directory": str(spill)}) as db,
    ):
        db.execute("SET preserve_insertion_order = true")
        _without_progress_bar(db)
        for macro in macros:
            db.execute(f"CREATE TEMP MACRO {macro}")
        yield db


def _without_progress_bar(db: Db) -> None:
    """Turn DuckDB's progress bar off where it is on: in a notebook without ipywidgets even setting it fails."""
    if one_row(db, "SELECT current_setting('enable_progress_bar')")[0]:
        db.execute("SET enable_progress_bar = false")


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A path or a constant of this package as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """Constants of this package as an SQL list, sorted."""
    return "[" + ", ".join(literal(value) for value in sorted(values)) + "]"


def plain(path: Path) -> str:
    """A path for DuckDB's file functions, its wildcards escaped."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def run(db: Db, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Run a statement with named parameters and return its rows."""
    rows: list[tuple[Any, ...]] = db.execute(statement, dict(parameters or {})).fetchall()
    return rows


def one_row(db: Db, query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    """The single row of a query that has exactly one."""
    rows: list[tuple[Any, ...]] = db.execute(query, parameters or []).fetchall()
    return rows[0]


def table(db: Db, query: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """The rows of a query with named parameters as an Arrow table."""
    return db.sql(query, params=dict(parameters or {})).to_arrow_table()


def frame(db: Db, query: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
    """The rows of a query with named parameters as a pandas table, NaN or None for NULL."""
    found: pd.DataFrame = db.sql(query, params=dict(parameters or {})).to_arrow_table().to_pandas()
    return found


def group_rows(width: int) -> int:
    """The rows of a group in a Parquet file with so many columns."""
    return max(2_048, min(ROW_GROUP, CELLS_PER_GROUP // width))


def write_parquet(db: Db, query: str, path: Path) -> int:
    """Write a query's rows, in its order, to a Parquet file, whole or not at all; returns the number of rows."""
    rows = group_rows(len(db.sql(query).columns))
    copy = f"COPY ({query}) TO ? (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})"
    done = write_whole(path, lambda part: db.execute(copy, [str(part)]).fetchone())
    return int(done[0]) if done else 0

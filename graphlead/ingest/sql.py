"""A DuckDB session with bounded memory, and the one place that quotes identifiers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from graphlead.core.errors import RunFolderError

MEMORY = "768MB"
"""What DuckDB may hold before it spills to the session's folder."""

CELLS_A_GROUP = 2_500_000
ROW_GROUP = 122_880
"""Rows of a row group; wide tables have smaller ones, so that a group's cells fit into memory."""


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def plain(path: Path) -> str:
    """A path for DuckDB's file functions, its wildcards taken literally."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


@contextmanager
def session(parent: Path | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and a scratch folder (inside ``parent``, or the system's), both gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".ingest-", dir=parent))
    except OSError as refused:
        raise RunFolderError(
            f"the folder cannot be written to ({refused.strerror}).",
            where=str(parent),
            remedy="Choose another, or make it and give yourself the right to write there.",
        ) from refused
    db = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / "spill")})
    db.execute("SET preserve_insertion_order = true")
    db.execute("SET enable_progress_bar = false")
    try:
        yield db, folder
    finally:
        db.close()
        shutil.rmtree(folder, ignore_errors=True)


def write_parquet(db: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a query's rows, in its order, to a Parquet file that appears only when complete; returns the rows."""
    width = len(db.sql(query).columns)
    rows = max(2_048, min(ROW_GROUP, CELLS_A_GROUP // width))
    unfinished = path.with_name(f".{path.name}.unfinished")
    done = db.execute(
        f"COPY ({query}) TO ? (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows})",
        [str(unfinished)],
    ).fetchone()
    unfinished.replace(path)
    return int(done[0]) if done else 0


def one_row(
    db: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None
) -> tuple[Any, ...]:
    """The single row of a query that has exactly one."""
    rows: list[tuple[Any, ...]] = db.execute(query, parameters or []).fetchall()
    return rows[0]

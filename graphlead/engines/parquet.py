"""The Parquet files of a table: one file, or those in a folder in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.errors import InputError


def files_of(source: Path) -> list[Path]:
    """The Parquet files of a table. Raises InputError where there are none, or where one cannot be read."""
    found = sorted(source.glob("*.parquet")) if source.is_dir() else [source]
    if not found:
        raise InputError(
            "there are no Parquet files in this folder.",
            where=str(source),
            remedy="Name the folder that has them.",
        )
    return found


def rows_of(path: Path) -> int:
    """The rows of a Parquet file. Raises InputError for another file."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowInvalid) as error:
        reason = "it is no Parquet file" if isinstance(error, pa.ArrowInvalid) else "it cannot be opened"
        raise InputError(
            f"the file cannot be read: {reason}.",
            where=str(path),
            remedy="Give Parquet, as a run writes it into register/.",
        ) from error


def firsts_of(files: Sequence[Path]) -> dict[Path, int]:
    """The number of the first row of each file, where rows are numbered through all of them."""
    firsts, first = {}, 0
    for path in files:
        firsts[path] = first
        first += rows_of(path)
    return firsts


def schema_of(source: Path) -> pa.Schema:
    """The columns of a table, which are those of its first file."""
    first = files_of(source)[0]
    rows_of(first)
    return pq.read_schema(first)


def batches_of(source: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a table in the order of its files, memory holding one row group at a time."""
    for path in files_of(source):
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                yield from file.read_row_group(group, columns=columns).to_batches()


def table_of(source: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """All rows of a table in the order of its files."""
    parts = [pq.read_table(path, columns=columns and list(columns)) for path in files_of(source)]
    return pa.concat_tables(parts)

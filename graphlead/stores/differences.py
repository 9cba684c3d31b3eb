"""The differences between a database and the tables of a run: rows to put and rows to drop.

An interrupted load resumes by comparing again: rows that are there already do not differ, so nothing is loaded
twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.engines.duckdb import open_db, plain, quoted

BATCH = 20_000
"""Rows per transaction: a server keeps all of one in memory."""

Rows = list[tuple[object, ...]]


def batches(file: Path, names: Sequence[str]) -> Iterator[Rows]:
    """The rows of a Parquet file, in batches, with these columns."""
    if names:
        for batch in pq.ParquetFile(file).iter_batches(BATCH, columns=list(names)):
            yield _rows(batch.select(list(names)))


def keep(pages: Iterable[Rows], schema: pa.Schema, file: Path) -> None:
    """Write the rows of a database to a file; a value of another type than ours becomes null, and so differs."""
    with pq.ParquetWriter(file, schema) as writer:
        for page in pages:
            columns = zip(*page, strict=True)
            arrays = [_typed(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _typed(values: Sequence[object], type_: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([_one(value, type_) for value in values], type_)


def _one(value: object, type_: pa.DataType) -> object:
    try:
        return pa.scalar(value, type_).as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def to_put(wanted: Path, stored: Path, names: Sequence[str]) -> Iterator[Rows]:
    """The rows of ``wanted`` that are not in ``stored``, each as often as copies of it are missing."""
    columns = ", ".join(quoted(name) for name in names)
    yield from _ask(f"SELECT {columns} FROM read_parquet(?) EXCEPT ALL SELECT {columns} FROM read_parquet(?)",
                    [wanted, stored])  # fmt: skip


def nodes_to_drop(wanted: Path, stored: Path, key: str) -> Iterator[Rows]:
    """The keys in ``stored`` that are not in ``wanted``."""
    name = quoted(key)
    yield from _ask(
        f"SELECT {name} FROM read_parquet(?) EXCEPT SELECT {name} FROM read_parquet(?)", [stored, wanted]
    )


def edges_to_drop(wanted: Path, stored: Path, names: Sequence[str]) -> Iterator[Rows]:
    """The ref of each row of ``stored`` that ``wanted`` lacks, or has fewer copies of; ``names`` are compared."""
    columns = ", ".join(quoted(name) for name in names)
    numbered = f"row_number() OVER (PARTITION BY {columns}) AS copy"
    same = " AND ".join(f"s.{quoted(name)} IS NOT DISTINCT FROM w.{quoted(name)}" for name in names)
    yield from _ask(
        f"SELECT s.ref FROM (SELECT *, {numbered} FROM read_parquet(?)) s ANTI JOIN "
        f"(SELECT *, {numbered} FROM read_parquet(?)) w ON {same} AND s.copy = w.copy",
        [stored, wanted],
    )


def _ask(query: str, files: Sequence[Path]) -> Iterator[Rows]:
    with open_db() as db:
        reader = db.sql(query, params=[plain(file) for file in files]).to_arrow_reader(BATCH)
        for batch in reader:
            yield _rows(batch)


def _rows(batch: pa.RecordBatch) -> Rows:
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))

"""What has to change in a database so that it holds the tables of a run: rows to put and rows to take away.

A load that was cut off is taken up by looking again: what is there already differs in nothing and is left alone, so
nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.contracts import Progress, silent
from graphlead.engines.duckdb import open_db, quoted

BATCH = 20_000
"""Rows of one transaction."""

Rows = list[tuple[object, ...]]


def batches(file: Path, names: Sequence[str]) -> Iterator[Rows]:
    """The rows of a table, these columns of it."""
    if names:
        for batch in pq.ParquetFile(file).iter_batches(BATCH, columns=list(names)):
            yield _rows(batch.select(list(names)))


def pages_of(table: pa.Table, progress: Progress = silent) -> Iterator[Rows]:
    """The rows of a table in memory."""
    done = 0
    for batch in table.to_batches(BATCH):
        progress(done, len(table), "scores")
        yield _rows(batch)
        done += len(batch)


def keep(pages: Iterable[Rows], schema: pa.Schema, file: Path) -> None:
    """Write what a database holds; a value of another type than ours counts as missing, and so as changed."""
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
    """The rows of ``wanted`` that are not in ``stored``, one that is there more often as often as it is missing."""
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
    """The first column of the rows of ``stored`` whose other columns are not, or not as often, in ``wanted``."""
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
        reader = db.sql(query, params=[str(file) for file in files]).to_arrow_reader(BATCH)
        for batch in reader:
            yield _rows(batch)


def _rows(batch: pa.RecordBatch) -> Rows:
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))

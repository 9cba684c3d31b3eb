"""Arrow batches as parts of a register, and in pieces that hold whole companies or groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from graphlead.common.files import scratch
from graphlead.common.memory import at_most
from graphlead.core.arrays import Floats, Longs
from graphlead.core.errors import EngineError
from graphlead.core.register import Column, Register, Role
from graphlead.engines.tables import ROW

BUDGET = 512 * 2**20
"""Bytes that a function on batches may take for caches and for DuckDB: several run beside each other on a machine."""
AGREED = (Role.COUNTRY, Role.REGION, Role.CITY)
"""Roles of columns of which the spelling is agreed on over the whole register before, see ``common.places``."""


def as_registers(
    batches: Iterator[pa.RecordBatch], columns: Sequence[Column]
) -> Iterator[tuple[Longs, Register]]:
    """The rows of each batch as a register of their own, to be read as the whole one is, with the number of each of its
    companies (m,); it has no links, and is there until the next one is asked for.

    Places count as plain categories there, because their spelling is agreed on already.
    """
    plain = tuple(
        replace(c, role=Role.CATEGORY) if c.role in AGREED and not c.separator else c for c in columns
    )
    for batch in batches:
        if not batch.num_rows:
            continue
        with scratch() as folder, at_most(BUDGET):
            path = folder / "batch.parquet"
            pq.write_table(pa.Table.from_batches([batch.select([c.name for c in columns])]), path)
            register = Register(
                companies=path, links=path, columns=plain, n_companies=batch.num_rows, n_links=0
            )
            yield column(batch, ROW, np.int64), register


def whole(batches: Iterator[pa.RecordBatch], by: Sequence[str]) -> Iterator[pa.Table]:
    """Sorted batches put together so that rows that agree in the columns ``by`` are in one table.

    Raises EngineError for batches in another order: their groups would be taken apart.
    """
    held: list[pa.RecordBatch] = []
    for batch in batches:
        if not batch.num_rows:
            continue
        if not _ascending([*held[-1:], batch], by):
            raise EngineError(
                "the engine does not hand over rows in the order that was asked for.",
                where=", ".join(by),
                remedy="Use Spark 4 or --engine duckdb.",
            )
        last = batch.num_rows - 1
        same = np.ones(batch.num_rows, bool)
        for name in by:
            values = batch[name].to_numpy(zero_copy_only=False)
            same &= values == values[last]
        begin = last + 1 - int(np.argmin(same[::-1])) if not same.all() else 0
        if begin or (held and not _goes_on(held[-1], batch, by)):
            yield pa.Table.from_batches([*held, batch.slice(0, begin)])
            held = []
        held.append(batch.slice(begin))
    if held:
        yield pa.Table.from_batches(held)


def _ascending(batches: Sequence[pa.RecordBatch], by: Sequence[str]) -> bool:
    """Whether the rows of the batches are in the order of these columns of numbers."""
    parts = [batches[0].slice(batches[0].num_rows - 1), *batches[1:]] if batches[1:] else batches
    steps = [np.diff(np.concatenate([column(part, name, np.int64) for part in parts])) for name in by]
    return not any(
        np.any((step < 0) & np.logical_and.reduce([wider == 0 for wider in steps[:nth]]))
        for nth, step in enumerate(steps)
    )


def _goes_on(before: pa.RecordBatch, batch: pa.RecordBatch, by: Sequence[str]) -> bool:
    return all(before[name][-1] == batch[name][0] for name in by)


def column(table: pa.Table | pa.RecordBatch, name: str, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """A column without nulls as an array of this type."""
    return np.asarray(table[name].to_numpy(), kind)


def vectors(table: pa.Table | pa.RecordBatch, name: str, width: int, kind: npt.DTypeLike) -> npt.NDArray[Any]:
    """A column of lists of ``width`` numbers each as an array (rows, width)."""
    lists = table[name].combine_chunks() if isinstance(table, pa.Table) else table[name]
    return np.asarray(lists.flatten().to_numpy(), kind).reshape(-1, width)


def lists_of(matrix: Floats) -> pa.Array:
    """The rows of a matrix (m, k) as lists."""
    starts = np.arange(len(matrix) + 1, dtype=np.int32) * np.int32(matrix.shape[1])
    return pa.ListArray.from_arrays(pa.array(starts), pa.array(matrix.ravel(), pa.float32()))


def starts_of(*keys: Longs) -> Longs:
    """Where runs of equal keys (E,) begin, and the end of the last: (runs + 1,)."""
    changed = np.ones(len(keys[0]), bool)
    changed[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.append(np.flatnonzero(changed), len(keys[0]))


def summed(values: Floats, starts: Longs) -> Floats:
    """Sums (runs,) or (runs, k) of float32 values (E,) or (E, k), one after the other as sparse products add them."""
    ones, at = np.ones(len(values), np.float32), np.arange(len(values))
    runs = sp.csr_matrix((ones, at, starts), shape=(len(starts) - 1, len(values)))
    return np.asarray(runs @ values, np.float32)

"""Columns in memory to a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import write_whole
from graphlead.common.parallel import one_ahead
from graphlead.core.arrays import Longs
from graphlead.engines.duckdb import group_rows
from graphlead.ingest.held import Values

FEW = 8
"""Rows of a group to each distinct value from which a column is written as codes: for fewer, its values are shorter."""


def write_columns(columns: Mapping[str, Values | pa.Array], order: Longs, path: Path) -> None:
    """Write these rows of the columns (n,), in this order, whole or not at all; memory holds two groups of rows."""
    size = group_rows(len(columns))
    coded = [
        name
        for name, column in columns.items()
        if isinstance(column, Values) and FEW * len(column.distinct) <= size
    ]

    def write(part: Path) -> None:
        schema = _rows(columns, coded, order[:0]).schema
        with pq.ParquetWriter(
            part, schema, compression="zstd", compression_level=1, use_dictionary=coded,
            store_schema=False,
        ) as file:  # fmt: skip
            groups = [order[start : start + size] for start in range(0, len(order), size)]
            for rows in one_ahead(partial(_rows, columns, coded), groups):
                file.write_table(rows, row_group_size=size)

    write_whole(path, write)


def _rows(columns: Mapping[str, Values | pa.Array], coded: list[str], rows: Longs) -> pa.Table:
    return pa.table({name: _part(column, name in coded, rows) for name, column in columns.items()})


def _part(column: Values | pa.Array, coded: bool, rows: Longs) -> pa.Array:
    if not isinstance(column, Values):
        return column.take(pa.array(rows))
    return column.as_arrow(rows) if coded else column.spread(column.distinct, rows)

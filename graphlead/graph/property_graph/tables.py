"""Tables of nodes and relationships as Parquet files, written a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.graph import Edges
from graphlead.core.property_graph import EdgeTable, Kind, NodeTable

CHUNK = 1_000_000
"""Relationships held as text at a time."""
ROWS_A_GROUP = 122_880

LABELS = {
    "company": "Company",
    "holder": "Holder",
    "person": "Person",
    "industry": "Industry",
    "place": "Place",
}
KEYS = {"Company": "company_id", "Holder": "holder_id", "Person": "person_id", "Industry": "code",
        "Place": "place_key", "Run": "run_id"}  # fmt: skip
_KINDS = {pa.string(): Kind.TEXT, pa.float64(): Kind.NUMBER, pa.int64(): Kind.INTEGER, pa.bool_(): Kind.FLAG,
          pa.date32(): Kind.DAY}  # fmt: skip


def node_table(label: str, schema: pa.Schema, batches: Iterator[pa.Table], folder: Path) -> NodeTable:
    file = folder / f"{label}.parquet"
    rows = write(file, schema, batches)
    return NodeTable(label, KEYS[label], kinds_of(schema), file, rows)


def edge_table(
    relation: str,
    ends: tuple[str, str],
    edges: Edges,
    keys: Mapping[str, pa.Array],
    types: Mapping[str, pa.DataType],
    values: Mapping[str, Any],
    folder: Path,
) -> EdgeTable:
    source, target = LABELS[ends[0]], LABELS[ends[1]]
    schema = pa.schema([("from", pa.string()), ("to", pa.string()), *types.items()])

    def batches() -> Iterator[pa.Table]:
        for start in range(0, len(edges), CHUNK):
            part = slice(start, start + CHUNK)
            columns = {
                "from": keys[ends[0]].take(pa.array(edges.source[part])).cast(pa.string()),
                "to": keys[ends[1]].take(pa.array(edges.target[part])).cast(pa.string()),
            }
            told = {name: _column(values[name][part]).cast(type_) for name, type_ in types.items()}
            yield pa.table(columns | told, schema=schema)

    file = folder / f"{source}-{relation}-{target}.parquet"
    properties = {name: kind for name, kind in kinds_of(schema).items() if name in types}
    return EdgeTable(relation, source, target, properties, file, write(file, schema, batches()))


def _column(values: Any) -> pa.Array:
    """NumPy's NaN is how a share is missing; Arrow's arrays know nulls."""
    return pa.array(values, from_pandas=True) if isinstance(values, np.ndarray) else values


def kinds_of(schema: pa.Schema) -> dict[str, Kind]:
    return {field.name: _KINDS[field.type] for field in schema}


def write(file: Path, schema: pa.Schema, batches: Iterator[pa.Table]) -> int:
    rows = 0
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches:
            writer.write_table(batch, row_group_size=ROWS_A_GROUP)
            rows += len(batch)
    return rows

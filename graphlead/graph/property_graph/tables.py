"""Tables of nodes and relationships as Parquet files, written batch by batch."""

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
"""Relationships with their keys as text in memory at once."""
ROWS_PER_GROUP = 122_880
"""DuckDB's own size of row groups."""

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
    """Write the nodes of a label to ``folder``."""
    file = folder / f"{label}.parquet"
    rows = write(file, schema, batches)
    return NodeTable(label=label, key=KEYS[label], properties=kinds_of(schema), file=file, rows=rows)


def edge_table(
    relation: str,
    ends: tuple[str, str],
    edges: Edges,
    keys: Mapping[str, pa.Array],
    types: Mapping[str, pa.DataType],
    values: Mapping[str, Any],
    folder: Path,
) -> EdgeTable:
    """Write the relationships of a type between two node types to ``folder``.

    ``edges`` index into ``keys`` of their ends; ``values`` (E,) has a property for each of ``types``.
    """
    source, target = LABELS[ends[0]], LABELS[ends[1]]
    schema = pa.schema([("from", pa.string()), ("to", pa.string()), *types.items()])

    def batches() -> Iterator[pa.Table]:
        for start in range(0, len(edges), CHUNK):
            part = slice(start, start + CHUNK)
            columns = {
                "from": keys[ends[0]].take(pa.array(edges.source[part])).cast(pa.string()),
                "to": keys[ends[1]].take(pa.array(edges.target[part])).cast(pa.string()),
            }
            columns |= {name: _column(values[name][part]).cast(type_) for name, type_ in types.items()}
            yield pa.table(columns, schema=schema)

    file = folder / f"{source}-{relation}-{target}.parquet"
    properties = {name: kind for name, kind in kinds_of(schema).items() if name in types}
    return EdgeTable(
        relation=relation,
        source=source,
        target=target,
        properties=properties,
        file=file,
        rows=write(file, schema, batches()),
    )


def _column(values: Any) -> pa.Array:
    """The values as Arrow, NumPy's NaN as null."""
    return pa.array(values, from_pandas=True) if isinstance(values, np.ndarray) else values


def kinds_of(schema: pa.Schema) -> dict[str, Kind]:
    """The kind of each property of a table."""
    return {field.name: _KINDS[field.type] for field in schema}


def write(file: Path, schema: pa.Schema, batches: Iterator[pa.Table]) -> int:
    """Write the batches to a Parquet file; returns the number of rows."""
    rows = 0
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches:
            writer.write_table(batch, row_group_size=ROWS_PER_GROUP)
            rows += len(batch)
    return rows

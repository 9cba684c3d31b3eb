"""A run as tables of nodes and relationships, which every graph store is filled from, and what stores answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from graphlead.carriers.values import require

SCORED = ("score", "rank", "fit", "segment", "nearest_client_id", "run_id")
"""The properties of a company that belong to a run's scores and change together."""


class Kind(StrEnum):
    """The type of a property."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True)
class NodeTable:
    """The nodes of one label: a Parquet file of ``rows`` rows whose columns are the properties, the key first."""

    label: str
    key: str
    properties: Mapping[str, Kind]
    file: Path
    rows: int

    def __post_init__(self) -> None:
        names = list(self.properties)
        require(
            names[:1] == [self.key], "NodeTable", f"{self.key} as the first property of {self.label}", names
        )
        same = [name for name, count in Counter(map(str.casefold, names)).items() if count > 1]
        require(not same, "NodeTable", f"properties of {self.label} that differ by more than case", same)
        _require_columns(self.file, names, self.rows)


@dataclass(frozen=True)
class EdgeTable:
    """The relationships of one type between two labels: a Parquet file of ``rows`` rows.

    Its columns are from and to (the keys of the ends) and then the properties. Multi-edges are allowed where
    ``multiple``.
    """

    relation: str
    source: str
    target: str
    properties: Mapping[str, Kind]
    file: Path
    rows: int
    multiple: bool = False

    def __post_init__(self) -> None:
        _require_columns(self.file, ["from", "to", *self.properties], self.rows)


def _require_columns(file: Path, names: list[str], rows: int) -> None:
    found = pq.read_metadata(file)
    require(found.schema.to_arrow_schema().names == names, file.name, f"columns {names}",
             found.schema.to_arrow_schema().names)  # fmt: skip
    require(found.num_rows == rows, file.name, f"{rows} rows", found.num_rows)


@dataclass(frozen=True)
class Projection:
    """Everything a run knows as a property graph in Parquet: a table a label, and a table a type and pair of labels.

    run_id: the run whose scores the companies carry; finished: when it finished, ISO 8601.
    """

    run_id: str
    finished: str
    nodes: tuple[NodeTable, ...]
    edges: tuple[EdgeTable, ...]

    def __post_init__(self) -> None:
        labels = [table.label for table in self.nodes]
        require(len(set(labels)) == len(labels), "Projection", "one table a label", labels)
        ends = {end for table in self.edges for end in (table.source, table.target)}
        require(ends <= set(labels), "Projection", "relationships between its own labels", sorted(ends))

    @property
    def rows(self) -> int:
        """How many nodes and relationships there are."""
        return sum(table.rows for table in self.nodes) + sum(table.rows for table in self.edges)

    def table(self, label: str) -> NodeTable:
        return next(table for table in self.nodes if table.label == label)


@dataclass(frozen=True)
class Node:
    """A node in an answer. ``ref`` is what relationships of the same answer name it by; key: its value of identity."""

    ref: str
    label: str
    key: str
    properties: Mapping[str, object]


@dataclass(frozen=True)
class Relationship:
    """A relationship in an answer; source and target are the refs of nodes, which need not be in the answer."""

    ref: str
    relation: str
    source: str
    target: str
    properties: Mapping[str, object]


@dataclass(frozen=True)
class Walk:
    """A path in an answer: one more node than relationships, in the order of the pattern."""

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]


@dataclass(frozen=True)
class Answer:
    """Rows of a query. ``truncated``: there were more rows than were asked for.

    Values are None, bool, int, float, str, date, datetime, Node, Relationship, Walk, and lists and dicts of these.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    truncated: bool = False

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows}
        require(widths <= {len(self.columns)}, "Answer", f"{len(self.columns)} values a row", widths)

    def records(self) -> Iterator[dict[str, object]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """A row a row; nodes and relationships become dicts of their properties."""
        rows = [[_plain(value) for value in row] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.columns))


def _plain(value: object) -> object:
    if isinstance(value, Node | Relationship):
        return dict(value.properties)
    if isinstance(value, Walk):
        return [_plain(node) for node in value.nodes]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


@dataclass(frozen=True)
class Subgraph:
    """The nodes and relationships of an answer, each once, every end of a relationship among the nodes."""

    nodes: tuple[Node, ...] = field(default=())
    relationships: tuple[Relationship, ...] = field(default=())

    def __post_init__(self) -> None:
        refs = {node.ref for node in self.nodes}
        ends = {end for each in self.relationships for end in (each.source, each.target)}
        require(ends <= refs, "Subgraph", "every end of a relationship", f"{len(ends - refs)} missing")

"""A run as tables of nodes and relationships, from which every graph store is filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow.parquet as pq

from graphlead.core.arrays import require

SCORED = ("score", "rank", "fit", "segment", "nearest_client_id", "run_id")
"""The properties of a company that belong to a run's scores and change together."""


class Kind(StrEnum):
    """The type of a property."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class NodeTable:
    """The nodes of one label: a Parquet file of ``rows`` rows; its columns are the properties, the key first."""

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


@dataclass(frozen=True, kw_only=True)
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
    """A whole run as a property graph in Parquet: a table per label, and one per relationship type and pair of labels.

    run_id: the run of the companies' scores; finished: when it finished, ISO 8601.
    """

    run_id: str
    finished: str
    nodes: tuple[NodeTable, ...]
    edges: tuple[EdgeTable, ...]

    def __post_init__(self) -> None:
        labels = [table.label for table in self.nodes]
        require(len(set(labels)) == len(labels), "Projection", "one table per label", labels)
        ends = {end for table in self.edges for end in (table.source, table.target)}
        require(ends <= set(labels), "Projection", "relationships between its own labels", sorted(ends))

    @property
    def rows(self) -> int:
        """The number of nodes and relationships."""
        return sum(table.rows for table in self.nodes) + sum(table.rows for table in self.edges)

    def table(self, label: str) -> NodeTable:
        return next(table for table in self.nodes if table.label == label)

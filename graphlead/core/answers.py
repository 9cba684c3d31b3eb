"""Answers of a graph: rows of values, and the nodes and relationships in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphlead.core.arrays import require

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Node:
    """A node of an answer. ref: identifies it within the answer, for relationships; key: identifies it in the graph."""

    ref: str
    label: str
    key: str
    properties: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
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
        require(widths <= {len(self.columns)}, "Answer", f"{len(self.columns)} values per row", widths)

    def records(self) -> Iterator[dict[str, object]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a DataFrame; nodes and relationships become dicts of their properties."""
        import pandas as pd

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

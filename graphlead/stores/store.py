"""The base class of the stores: the operations that rest on those of each store."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from graphlead.core.answers import Answer, Node, Relationship, Subgraph, Walk
from graphlead.core.contracts import USUAL, GraphStore, Limits, Progress, silent
from graphlead.stores.differences import Rows
from graphlead.stores.mapping import OWN, RegisterMapping
from graphlead.stores.reading import read_register


class Store(GraphStore):
    """A GraphStore that lacks only the operations that differ between stores."""

    def connect(self) -> Self:
        """The same as ``open`` for a store that has no graph but ours."""
        return self.open()

    @abstractmethod
    def pages(self, cypher: str, parameters: Mapping[str, object] = {}) -> Iterator[Rows]:
        """All rows of a query that only reads, a page at a time, values as the store gives them."""

    @abstractmethod
    def properties(self, label: str) -> list[str]:
        """The names of the properties that nodes of a label have."""

    @abstractmethod
    def nodes(self, refs: Sequence[str], limits: Limits = USUAL) -> list[Node]:
        """The nodes of these refs, within the seconds of ``limits``."""

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def subgraph(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        limits: Limits = USUAL,
    ) -> Subgraph:
        """The graph of the nodes, relationships and paths in an answer, missing ends looked up."""
        answer = self.query(cypher, parameters, limits)
        return joined(answer, self.nodes(refs_missing(answer), limits))

    def read_register(
        self, folder: Path, *, mapping: RegisterMapping = OWN, progress: Progress = silent
    ) -> tuple[Path, Path]:
        """Write the companies and links of the graph to Parquet files in ``folder`` that a run reads; their paths."""
        return read_register(self, mapping, folder, progress)


def refs_missing(answer: Answer) -> list[str]:
    """The ends of the answer's relationships that are not among its nodes."""
    nodes, relationships = _parts(answer)
    return sorted({end for each in relationships.values() for end in (each.source, each.target)} - set(nodes))


def joined(answer: Answer, more: list[Node]) -> Subgraph:
    """Everything in the answer, and more nodes, each once."""
    nodes, relationships = _parts(answer)
    nodes |= {node.ref: node for node in more}
    return Subgraph(tuple(nodes.values()), tuple(relationships.values()))


def _parts(answer: Answer) -> tuple[dict[str, Node], dict[str, Relationship]]:
    found = [each for row in answer.rows for value in row for each in _within(value)]
    nodes = {each.ref: each for each in found if isinstance(each, Node)}
    return nodes, {each.ref: each for each in found if isinstance(each, Relationship)}


def _within(value: object) -> Iterator[Node | Relationship]:
    if isinstance(value, Node | Relationship):
        yield value
    elif isinstance(value, Walk):
        yield from value.nodes
        yield from value.relationships
    elif isinstance(value, list):
        for each in value:
            yield from _within(each)
    elif isinstance(value, dict):
        yield from _within(list(value.values()))

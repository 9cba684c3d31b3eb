"""What both stores do in the same way, out of what each does in its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from graphlead.carriers import Answer, Node, Subgraph
from graphlead.contracts import Progress, silent
from graphlead.stores.answers import joined, refs_missing
from graphlead.stores.differences import Rows
from graphlead.stores.mapping import OWN, RegisterMapping
from graphlead.stores.reading import read_register
from graphlead.stores.shape import ROWS, SECONDS


class Store(ABC):
    """The half of a GraphStore that rests on the other."""

    @abstractmethod
    def open(self) -> Self: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        *,
        rows: int | None = ROWS,
        seconds: float = SECONDS,
    ) -> Answer: ...

    @abstractmethod
    def pages(self, cypher: str) -> Iterator[Rows]:
        """All rows of a query that only reads, a page at a time, values as the store gives them."""

    @abstractmethod
    def properties(self, label: str) -> list[str]:
        """The names of the properties that nodes of a label have."""

    @abstractmethod
    def nodes(self, refs: Sequence[str], seconds: float = SECONDS) -> list[Node]:
        """The nodes that answers call by these refs."""

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def subgraph(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        *,
        rows: int | None = ROWS,
        seconds: float = SECONDS,
    ) -> Subgraph:
        """What the nodes, relationships and paths of an answer form together, missing ends looked up."""
        answer = self.query(cypher, parameters, rows=rows, seconds=seconds)
        return joined(answer, self.nodes(refs_missing(answer), seconds))

    def read_register(
        self, folder: Path, *, mapping: RegisterMapping = OWN, progress: Progress = silent
    ) -> tuple[Path, Path]:
        """Write the companies and links of the graph to Parquet files in ``folder`` that a run reads; their paths."""
        return read_register(self, mapping, folder, progress)

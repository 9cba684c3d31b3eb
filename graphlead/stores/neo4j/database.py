"""The interface by which a Neo4j database is filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from graphlead.core.answers import Answer
from graphlead.core.contracts import Limits
from graphlead.stores.differences import Rows

Statement = tuple[str, Mapping[str, object]]
Statements = Callable[[], Iterable[Statement]]
"""Makes the statements of a transaction, anew for each attempt."""


class Database(Protocol):
    """A database that is queried, and changed in transactions."""

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = ...,
        limits: Limits = ...,
    ) -> Answer: ...

    def pages(self, cypher: str, parameters: Mapping[str, object] = ...) -> Iterator[Rows]: ...

    def write(self, statements: Statements) -> None: ...

    def command(self, cypher: str, parameters: Mapping[str, object] = ...) -> None: ...

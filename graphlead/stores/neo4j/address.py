"""The address and credentials of a Neo4j database, from the environment only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from graphlead.stores.faults import StoreError

URI, USERNAME, PASSWORD, DATABASE = "NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"


@dataclass(frozen=True)
class Address:
    """A database of a Neo4j server; its text never has the password. database: empty for the user's own."""

    uri: str
    username: str
    password: str = field(repr=False)
    database: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The address in NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and, if set, NEO4J_DATABASE."""
        missing = [name for name in (URI, USERNAME, PASSWORD) if not environment.get(name)]
        if missing:
            raise StoreError(
                f"it is not known how to reach Neo4j: {', '.join(missing)} not set.",
                remedy="Set them in the environment, such as NEO4J_URI=bolt://localhost:7687.",
            )
        return cls(
            environment[URI], environment[USERNAME], environment[PASSWORD], environment.get(DATABASE, "")
        )

    def __str__(self) -> str:
        return f"{self.uri.rpartition('@')[2]}{f', database {self.database}' if self.database else ''}"

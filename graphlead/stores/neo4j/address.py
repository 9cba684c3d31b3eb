"""The address and credentials of a Neo4j database, from the environment only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from graphlead.stores.faults import StoreError

URI, USERNAME, PASSWORD, DATABASE = "NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True)
class Address:
    """A database of a Neo4j server; its text never has the password. database: empty for the user's own.

    Raises StoreError for a ``uri`` that is more or less than a scheme, a host and a port; as it may have a secret in
    it, no message shows it.
    """

    uri: str
    username: str
    password: str = field(repr=False)
    database: str = ""

    def __post_init__(self) -> None:
        fault = _fault(self.uri)
        if fault:
            raise StoreError(
                f"{URI} {fault}.",
                remedy=f"Set it to one such as bolt://localhost:7687, and {USERNAME} and {PASSWORD} beside it.",
            )

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
        place = self.uri.partition("://")[2].rstrip("/")
        return f"{place}{f', database {self.database}' if self.database else ''}"


def _fault(uri: str) -> str:
    """The reason why this is no address, without any part of it; empty for one that can be used."""
    if "@" in uri:
        return "has a user name or a password in it"
    if "?" in uri or "#" in uri:
        return "has parameters behind the address, where a secret might be"
    try:
        return "" if _can_be_used(uri) else "is no address of a Neo4j server"
    except ValueError:
        return "is no address of a Neo4j server"


def _can_be_used(uri: str) -> bool:
    """Whether this is a scheme, a host and a port. Raises ValueError for a malformed host or port."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    host.encode("idna")
    plain = uri.isprintable() and not set(uri) & set(" %\\")
    return plain and parts.scheme in SCHEMES and bool(host) and parts.port != 0 and parts.path in ("", "/")

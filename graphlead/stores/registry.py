"""The graph stores by name: each is a class in a folder of its own and a line here, imported when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.stores.store import Store

OWN = "embedded"
"""The store that every run has in its folder; the others are databases into which a run may be loaded too."""


@dataclass(frozen=True)
class Entry:
    """A graph store: its class as ``module:Class``, and for readers its title and its place."""

    store: str
    title: str
    where: str


STORES = {
    OWN: Entry("graphlead.stores.embedded.store:EmbeddedStore", "LadybugDB", "a file in the run's folder"),
    "neo4j": Entry("graphlead.stores.neo4j.store:Neo4jStore", "Neo4j", "the database at NEO4J_URI"),
}


def store_at(name: str, path: Path) -> Store:
    """The store of this name, for the run that keeps its own in the file ``path``; nothing is touched.

    Raises SettingsError for an unknown name, and StoreError when the environment does not name the database.
    """
    kind: type[Store] = loaded(entry_of(STORES, name, "store", "store").store)
    return kind.located(path)


def database(name: str) -> Store:
    """The graph database of this name, at the address in the environment; nothing is touched.

    Raises SettingsError for an unknown name, and StoreError when the environment has no address.
    """
    database_named(name)
    return store_at(name, Path())


def database_named(name: str) -> Entry:
    """The entry of a graph database. Raises SettingsError, with the name probably meant, when there is none."""
    return entry_of(databases(), name, "graph database", "store")


def databases() -> dict[str, Entry]:
    """The stores outside a run's folder, for push and pull."""
    return {name: entry for name, entry in STORES.items() if name != OWN}


def listed() -> str:
    """The graph databases and their places, for the help of the command line."""
    return "; ".join(f"{name}, {entry.where}" for name, entry in databases().items())

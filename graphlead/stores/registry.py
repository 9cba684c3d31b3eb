"""The graph stores by name: a class in a folder of its own and a line here each, loaded when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.stores.store import Store

OWN = "embedded"
"""The store that every run has in its folder; the others are databases that a run may be put into too."""


@dataclass(frozen=True)
class Entry:
    """A graph store: ``module:Class`` of it, what it is called, and where it is, for people."""

    store: str
    title: str
    where: str


STORES = {
    OWN: Entry("graphlead.stores.embedded.store:EmbeddedStore", "LadybugDB", "a file in the run's folder"),
    "neo4j": Entry("graphlead.stores.neo4j.store:Neo4jStore", "Neo4j", "the database at NEO4J_URI"),
}


def store_at(name: str, path: Path) -> Store:
    """The store of this name, for the run that keeps its own in the file ``path``; nothing is touched.

    Raises SettingsError for an unknown name, and StoreError when the environment does not say where the store is.
    """
    kind: type[Store] = loaded(entry_of(STORES, name, "store", "store").store)
    return kind.located(path)


def database(name: str) -> Store:
    """The graph database of this name, where the environment says; nothing is touched.

    Raises SettingsError for an unknown name, and StoreError when the environment does not say where it is.
    """
    database_named(name)
    return store_at(name, Path())


def database_named(name: str) -> Entry:
    """The entry of a graph database. Raises SettingsError, with the name probably meant, for none."""
    return entry_of(databases(), name, "graph database", "store")


def databases() -> dict[str, Entry]:
    """The stores that are no part of a run's folder: what a run is pushed to, and pulled from."""
    return {name: entry for name, entry in STORES.items() if name != OWN}


def listed() -> str:
    """The graph databases with where each is, for the help of the command line."""
    return "; ".join(f"{name}, {entry.where}" for name, entry in databases().items())

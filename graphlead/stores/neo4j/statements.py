"""The statements that fill a Neo4j database; values come as parameters, in rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphlead.core.property_graph import EdgeTable, NodeTable
from graphlead.stores.shape import KEYS, quoted

INDEXES = {"Company": ("group_id", "ultimate_parent_id", "rank", "is_client", "nearest_client_id", "run_id", "name",
                       "in_cycle", "links"),
           "Holder": ("name", "links"), "Person": ("name", "links"), "Place": ("name",)}  # fmt: skip
"""The properties that queries of the library start from."""

MARK = "Graphlead"
"""The label of the one node that marks a database as ours, with its shape and the properties that we wrote."""


def constraints() -> Iterator[str]:
    """The constraints needed before a load, which finds nodes by their keys."""
    for label, key in {**KEYS, MARK: "name"}.items():
        yield (f"CREATE CONSTRAINT {quoted(f'graphlead_{label}_{key}')} IF NOT EXISTS "
               f"FOR (n:{quoted(label)}) REQUIRE n.{quoted(key)} IS UNIQUE")  # fmt: skip


def indexes() -> Iterator[str]:
    """The indexes, made after a load: filling one at once takes a fraction of the time."""
    for label, names in INDEXES.items():
        for name in names:
            yield (f"CREATE INDEX {quoted(f'graphlead_{label}_{name}')} IF NOT EXISTS "
                   f"FOR (n:{quoted(label)}) ON (n.{quoted(name)})")  # fmt: skip


def pattern(table: EdgeTable) -> str:
    return f"(a:{quoted(table.source)})-[r:{quoted(table.relation)}]->(b:{quoted(table.target)})"


def new_nodes(table: NodeTable, names: Sequence[str]) -> str:
    """The statement that creates the nodes of ``$rows``, none of which exists yet: the values of ``names``."""
    return f"UNWIND $rows AS row CREATE (:{quoted(table.label)} {_values(names)})"


def put_nodes(table: NodeTable, names: Sequence[str]) -> str:
    """The statement that puts the nodes of ``$rows``: the key, then the other values; NULL removes one."""
    values = ", ".join(f"n.{quoted(name)} = row[{i}]" for i, name in enumerate(names) if i)
    label, key = quoted(table.label), quoted(table.key)
    return f"UNWIND $rows AS row MERGE (n:{label} {{{key}: row[0]}}){f' SET {values}' if values else ''}"


def put_edges(table: EdgeTable) -> str:
    """The statement that creates the relationships of ``$rows``: from, to, then the values of the properties."""
    ends = [(end, KEYS[label], label) for end, label in (("a", table.source), ("b", table.target))]
    found = " ".join(
        f"MATCH ({end}:{quoted(label)} {{{quoted(key)}: row[{i}]}})"
        for i, (end, key, label) in enumerate(ends)
    )
    return (f"UNWIND $rows AS row {found} "
            f"CREATE (a)-[:{quoted(table.relation)} {_values(list(table.properties), 2)}]->(b)")  # fmt: skip


def _values(names: Sequence[str], first: int = 0) -> str:
    return "{" + ", ".join(f"{quoted(name)}: row[{i}]" for i, name in enumerate(names, first)) + "}"


def all_nodes(table: NodeTable, names: Sequence[str]) -> str:
    return f"MATCH (n:{quoted(table.label)}) RETURN {', '.join(f'n.{quoted(name)}' for name in names)}"


def all_edges(table: EdgeTable) -> str:
    values = "".join(f", r.{quoted(name)}" for name in table.properties)
    ends = f"a.{quoted(KEYS[table.source])}, b.{quoted(KEYS[table.target])}"
    return f"MATCH {pattern(table)} RETURN elementId(r), {ends}{values}"


def drop_nodes(table: NodeTable) -> str:
    return (
        f"UNWIND $rows AS row MATCH (n:{quoted(table.label)} {{{quoted(table.key)}: row[0]}}) DETACH DELETE n"
    )


def drop_property(table: NodeTable, name: str) -> str:
    """The statement that removes a property from all nodes, in transactions of its own."""
    return (f"MATCH (n:{quoted(table.label)}) WHERE n.{quoted(name)} IS NOT NULL "
            f"CALL (n) {{ SET n.{quoted(name)} = NULL }} IN TRANSACTIONS OF 10000 ROWS")  # fmt: skip


DROP_EDGES = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row[0] DELETE r"

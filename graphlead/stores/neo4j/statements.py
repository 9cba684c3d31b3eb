"""The statements that fill a Neo4j database: names of properties and values come as parameters, labels are our own."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.core.property_graph import EdgeTable, NodeTable
from graphlead.stores.names import identifier
from graphlead.stores.shape import KEYS

INDEXES = {"Company": ("group_id", "ultimate_parent_id", "rank", "is_client", "nearest_client_id", "run_id", "name",
                       "in_cycle", "links"),
           "Holder": ("name", "links"), "Person": ("name", "links"), "Place": ("name",)}  # fmt: skip
"""The properties that queries of the library start from."""

MARK = "Graphlead"
"""The label of the one node that marks a database as ours, with its shape and the properties that we wrote."""


def constraints() -> Iterator[str]:
    """The constraints needed before a load, which finds nodes by their keys."""
    for kind, key in {**KEYS, MARK: "name"}.items():
        yield (f"CREATE CONSTRAINT graphlead_{kind}_{key} IF NOT EXISTS "
               f"FOR (n:{identifier(kind)}) REQUIRE n.{key} IS UNIQUE")  # fmt: skip


def indexes() -> Iterator[str]:
    """The indexes, made after a load: filling one at once takes a fraction of the time."""
    for kind, names in INDEXES.items():
        for name in names:
            yield f"CREATE INDEX graphlead_{kind}_{name} IF NOT EXISTS FOR (n:{identifier(kind)}) ON (n.{name})"


def pattern(table: EdgeTable) -> str:
    return f"(a:{identifier(table.source)})-[r:{identifier(table.relation)}]->(b:{identifier(table.target)})"


def new_nodes(table: NodeTable) -> str:
    """The statement that creates the nodes of ``$rows``, none of which exists yet: their properties."""
    return f"UNWIND $rows AS row CREATE (n:{identifier(table.label)}) SET n = row"


def put_nodes(table: NodeTable) -> str:
    """The statement that puts the nodes of ``$rows``: their properties, the key among them; NULL removes one."""
    return f"UNWIND $rows AS row MERGE (n:{identifier(table.label)} {{{table.key}: row.{table.key}}}) SET n += row"


def put_edges(table: EdgeTable) -> str:
    """The statement that creates the relationships of ``$rows``: their properties, and the keys from and to."""
    source, target = KEYS[table.source], KEYS[table.target]
    return (f"UNWIND $rows AS row MATCH (a:{identifier(table.source)} {{{source}: row.from}}) "
            f"MATCH (b:{identifier(table.target)} {{{target}: row.to}}) "
            f"CREATE (a)-[r:{identifier(table.relation)}]->(b) SET r = row.properties")  # fmt: skip


def all_nodes(table: NodeTable) -> str:
    """The query of all nodes of a label: a list of the properties ``$names``."""
    return f"MATCH (n:{identifier(table.label)}) RETURN [name IN $names | n[name]]"


def all_edges(table: EdgeTable) -> str:
    """The query of all relationships of a table: a list of ref, the keys of the ends, and the properties ``$names``."""
    ends = f"a.{KEYS[table.source]}, b.{KEYS[table.target]}"
    return f"MATCH {pattern(table)} RETURN [elementId(r), {ends}] + [name IN $names | r[name]]"


def drop_nodes(table: NodeTable) -> str:
    return f"UNWIND $rows AS row MATCH (n:{identifier(table.label)} {{{table.key}: row.{table.key}}}) DETACH DELETE n"


def drop_property(table: NodeTable) -> str:
    """The statement that removes the property ``$name`` from all nodes, in transactions of its own."""
    return (f"MATCH (n:{identifier(table.label)}) WHERE n[$name] IS NOT NULL "
            "CALL (n) { SET n[$name] = NULL } IN TRANSACTIONS OF 10000 ROWS")  # fmt: skip


DROP_EDGES = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row.ref DELETE r"

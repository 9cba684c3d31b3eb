"""What sales runs add to an embedded store: read out of one, and loaded into a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.cypher import quoted
from graphlead.core.sales_graph import LABELS, RELATIONS, RUN, Relation, SalesEdges, SalesGraph, node_schema
from graphlead.engines.duckdb import plain
from graphlead.stores.embedded.load import columns_of
from graphlead.stores.embedded.reading import Connection, ask
from graphlead.stores.sales import REPLACED, all_edges, identity, pairs, unused
from graphlead.stores.shape import KEYS, text

CHUNK = 100_000
"""Rows of an answer at a time, a choice: tens of megabytes."""


@dataclass(frozen=True)
class Stored:
    """The nodes and relationships of all sales runs in a store."""

    nodes: Mapping[str, pa.Table]
    edges: tuple[SalesEdges, ...]

    def without(self, runs: Collection[str]) -> Stored:
        """Those of other runs."""
        gone = pa.array(runs, pa.string())

        def kept(table: pa.Table) -> pa.Table:
            return table.filter(pc.invert(pc.is_in(table["run_id"], value_set=gone)))

        edges = (SalesEdges(**{**vars(each), "table": kept(each.table)}) for each in self.edges)
        return Stored({**self.nodes, RUN: kept(self.nodes[RUN])}, tuple(edges))


def creations() -> Iterator[str]:
    """The statements that create the tables of nodes."""
    for label, properties in LABELS.items():
        yield f"CREATE NODE TABLE {label}({columns_of(properties)}, PRIMARY KEY({KEYS[label]}))"
    yield from map(_creation, RELATIONS.values())


def _creation(relation: Relation) -> str:
    ends = ", ".join(f"FROM {source} TO {target}" for source, target in relation.ends)
    return f"CREATE REL TABLE {relation.name}({ends}, {columns_of(relation.properties)})"


def stored(connection: Connection) -> Stored:
    """Everything that sales runs have added to the store so far."""
    nodes = {}
    for label in LABELS:
        schema = node_schema(label)
        asked = f"MATCH (n:{label}) RETURN {', '.join(f'n.{quoted(name)}' for name in schema.names)}"
        nodes[label] = _table(connection, asked, schema)
    edges = (
        SalesEdges(
            relation=relation,
            source=source,
            target=target,
            table=_table(connection, all_edges(relation, source, target), relation.schema),
        )
        for relation, source, target in pairs()
    )
    return Stored(nodes, tuple(edges))


def _table(connection: Connection, asked: str, schema: pa.Schema) -> pa.Table:
    found: Any = ask(connection, asked)
    table: pa.Table = found.get_as_arrow(CHUNK)
    found.close()
    return table.rename_columns(schema.names).cast(schema)


def replace(connection: Connection, sales: SalesGraph, folder: Path) -> None:
    """Add a sales run to the store in place of those that it replaces; ``folder`` is for temporary files."""
    gone = [str(run) for (run,) in ask(connection, REPLACED, identity(sales)).get_all()]
    before = stored(connection).without(gone)
    for relation in RELATIONS.values():
        connection.execute(f"DROP TABLE {relation.name}")
        connection.execute(_creation(relation))
    connection.execute(f"MATCH (r:{RUN}) WHERE r.run_id IN $gone DELETE r", {"gone": gone})
    load(connection, Stored(sales.nodes, (*before.edges, *sales.edges)), folder)
    for statement in unused():
        connection.execute(statement)


def load(connection: Connection, content: Stored, folder: Path) -> None:
    """Put nodes and relationships into the tables; a relationship to a company that is not there is left out."""
    staged = folder / "sales.parquet"
    for table, statement in _loads(content, staged):
        if len(table):
            pq.write_table(table, staged)
            connection.execute(statement)


def _loads(content: Stored, staged: Path) -> Iterable[tuple[pa.Table, str]]:
    for label, table in content.nodes.items():
        yield table, _put_nodes(label, staged)
    for each in content.edges:
        yield each.table, _put_edges(each, staged)


def _put_nodes(label: str, staged: Path) -> str:
    key, *others = LABELS[label]
    values = ", ".join(f"n.{quoted(name)} = new_{name}" for name in others)
    return (f"LOAD FROM {text(plain(staged))} WITH {_renamed((key, *others))} "
            f"MERGE (n:{label} {{{key}: new_{key}}}){' SET ' if values else ''}{values}")  # fmt: skip


def _put_edges(edges: SalesEdges, staged: Path) -> str:
    names = tuple(edges.relation.properties)
    values = ", ".join(f"{quoted(name)}: new_{name}" for name in names)
    return (f"LOAD FROM {text(plain(staged))} WITH {_renamed(('from', 'to', *names))} "
            f"MATCH (a:{edges.source} {{{KEYS[edges.source]}: new_from}}) "
            f"MATCH (b:{edges.target} {{{KEYS[edges.target]}: new_to}}) "
            f"CREATE (a)-[:{edges.relation.name} {{{values}}}]->(b)")  # fmt: skip


def _renamed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{quoted(name)} AS new_{name}" for name in names)

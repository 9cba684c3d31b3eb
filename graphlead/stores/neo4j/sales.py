"""What sales runs add to a Neo4j database, in batches: until a push is done, the earlier run's rows are there too."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

import pyarrow as pa

from graphlead.core.contracts import Progress
from graphlead.core.sales_graph import LABELS, RUN, SalesEdges, SalesGraph
from graphlead.stores.neo4j.database import Database, Statement
from graphlead.stores.sales import REPLACED, identity, pairs, pattern, unused
from graphlead.stores.shape import KEYS

BATCH = 5_000
"""Rows per transaction, as for scores."""

FORGET = f"MATCH (r:{RUN}) WHERE r.run_id IN $runs DETACH DELETE r"


def write_sales(database: Database, sales: SalesGraph, progress: Progress) -> None:
    """Add a sales run, then remove those that it replaces; started again after an interruption, it begins anew."""
    gone = {str(run) for (run,) in database.query(REPLACED, identity(sales)).rows}
    _drop_edges(database, gone & {sales.run_id})
    done = 0
    for statement, table in _puts(sales):
        for start in range(0, len(table), BATCH):
            progress(done + start, sales.rows, sales.verb)
            database.write(partial(_put, statement, table.slice(start, BATCH)))
        done += len(table)
    _drop_edges(database, gone - {sales.run_id})
    database.command(FORGET, {"runs": sorted(gone - {sales.run_id})})
    for statement in unused():
        database.command(statement)
    progress(sales.rows, sales.rows, sales.verb)


def _puts(sales: SalesGraph) -> Iterator[tuple[str, pa.Table]]:
    for label, table in sales.nodes.items():
        key = next(iter(LABELS[label]))
        yield f"UNWIND $rows AS row MERGE (n:{label} {{{key}: row.{key}}}) SET n += row", table
    for edges in sales.edges:
        yield _put_edges(edges), edges.table


def _put_edges(edges: SalesEdges) -> str:
    values = ", ".join(f"{name}: row.{name}" for name in edges.relation.properties)
    return (f"UNWIND $rows AS row MATCH (a:{edges.source} {{{KEYS[edges.source]}: row.from}}) "
            f"MATCH (b:{edges.target} {{{KEYS[edges.target]}: row.to}}) "
            f"CREATE (a)-[:{edges.relation.name} {{{values}}}]->(b)")  # fmt: skip


def _put(statement: str, rows: pa.Table) -> list[Statement]:
    return [(statement, {"rows": rows.to_pylist()})]


def _drop_edges(database: Database, runs: Collection[str]) -> None:
    for relation, source, target in pairs() if runs else ():
        database.command(
            f"MATCH {pattern(relation, source, target)} WHERE r.run_id IN $runs "
            f"CALL (r) {{ DELETE r }} IN TRANSACTIONS OF {BATCH} ROWS",
            {"runs": sorted(runs)},
        )

"""Filling a Neo4j database from the tables of a run, wherever an earlier load left it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import scratch
from graphlead.core.contracts import Progress
from graphlead.core.errors import InputError
from graphlead.core.property_graph import SCORED, EdgeTable, NodeTable, Projection
from graphlead.stores import differences as find
from graphlead.stores.differences import Rows
from graphlead.stores.faults import StoreError
from graphlead.stores.lists import score_table
from graphlead.stores.neo4j import statements
from graphlead.stores.neo4j.database import Database, Statement
from graphlead.stores.neo4j.scores import write_scores
from graphlead.stores.shape import KEYS, SCHEMA

WRITERS = 2
"""Concurrent transactions, a choice: while the server works on one, the next is packed and sent."""

UNSCORED = set(SCORED)
"""The properties that a load leaves to ``write_scores``."""


def check(database: Database, where: str) -> None:
    """Raises StoreError when the database holds no graph of ours, or one of another shape."""
    found = _shape(database)
    if found is None:
        raise StoreError(
            "there is no graph of graphlead in this database.",
            where=where,
            remedy="Push a run into it first: graphlead push neo4j RUN.",
        )
    _refuse_other(found, where)


def _shape(database: Database) -> int | None:
    rows = database.query(
        "MATCH (g:Graphlead {name: 'graphlead'}) WHERE g.schema IS NOT NULL RETURN g.schema"
    ).rows
    return int(str(rows[0][0])) if rows else None


def _refuse_other(shape: int, where: str) -> None:
    if shape != SCHEMA:
        raise StoreError(
            f"the graph in this database has shape {shape}, this version reads and writes {SCHEMA}.",
            where=where,
            remedy="Push the run into an empty database.",
        )


def load(database: Database, projection: Projection, where: str, progress: Progress) -> None:
    """Load the tables of a run; rows that the database has already are found first and left alone."""
    _require_names(projection.table("Company"))
    _claim(database, where)
    total, done = projection.rows, 0
    with scratch() as folder:
        stored = folder / "stored.parquet"
        nodes = [table for table in projection.nodes if table.label != "Run"]
        for table in nodes:
            for rows in _put_nodes(database, table, stored):
                progress(min(done + rows, total), total, table.label)
            done += table.rows
        for edges in projection.edges:
            for rows in _put_edges(database, edges, stored):
                progress(min(done + rows, total), total, edges.relation)
            done += edges.rows
        for table in nodes:
            _drop_nodes(database, table, stored)
    _forget(database, projection.table("Company"))
    for statement in (*statements.indexes(), "CALL db.awaitIndexes(600)"):
        database.command(statement)
    progress(total, total, "scores")
    _score(database, projection, progress)


def _require_names(table: NodeTable) -> None:
    """Raises InputError for a property of a name that the server takes for none."""
    for name in table.properties:
        if "\0" in name:
            raise InputError(
                f"Neo4j has no property of the name {name!r}: there is a zero byte in it.",
                remedy="Rename the column in the companies file.",
            )


def _claim(database: Database, where: str) -> None:
    """Take an empty database, or one that is ours. Raises StoreError when somebody else's graph has our labels."""
    shape = _shape(database)
    if shape is None:
        taken = [label for label in KEYS if _count(database, f"(n:{label})")]
        if taken:
            raise StoreError(
                f"this database has {' and '.join(taken)} nodes that graphlead did not write.",
                where=where,
                remedy="Push into another database (NEO4J_DATABASE), so that nothing of yours is changed.",
            )
    else:
        _refuse_other(shape, where)
    for statement in statements.constraints():
        database.command(statement)
    database.write(
        lambda: [("MERGE (g:Graphlead {name: 'graphlead'}) SET g.schema = $schema", {"schema": SCHEMA})]
    )


def _forget(database: Database, table: NodeTable) -> None:
    """Remove the properties that an earlier register had and this one lacks; those not written by us stay."""
    before = database.query(
        "MATCH (g:Graphlead {name: 'graphlead'}) UNWIND g.columns AS name RETURN name"
    ).rows
    for (name,) in before:
        if name not in table.properties:
            database.command(statements.drop_property(table), {"name": name})
    mark = "MATCH (g:Graphlead {name: 'graphlead'}) SET g.columns = $columns"
    database.write(lambda: [(mark, {"columns": list(table.properties)})])


def _count(database: Database, pattern: str) -> int:
    return int(str(database.query(f"MATCH {pattern} RETURN count(*)").rows[0][0]))


def _put_nodes(database: Database, table: NodeTable, stored: Path) -> Iterator[int]:
    """Put the nodes that are missing or differ, in batches; yields the number of rows put so far."""
    names = [name for name in table.properties if name not in UNSCORED]
    there = _count(database, f"(n:{table.label})")
    if there:
        schema = pa.schema([pq.read_schema(table.file).field(name) for name in names])
        find.keep(_lists(database, statements.all_nodes(table), names), schema, stored)
        wanted = find.to_put(table.file, stored, names)
        yield from _write(database, statements.put_nodes(table), _maps(names, wanted), WRITERS)
    else:
        wanted = find.batches(table.file, names)
        yield from _write(database, statements.new_nodes(table), _maps(names, wanted), WRITERS)


def _put_edges(database: Database, table: EdgeTable, stored: Path) -> Iterator[int]:
    """Remove the relationships that the run lacks, then put the missing ones; yields the number put so far."""
    names = ["from", "to", *table.properties]
    if _count(database, statements.pattern(table)):
        schema = pa.schema([("ref", pa.string()), *pq.read_schema(table.file)])
        find.keep(_lists(database, statements.all_edges(table), names[2:]), schema, stored)
        gone = _maps(["ref"], find.edges_to_drop(table.file, stored, names))
        for _ in _write(database, statements.DROP_EDGES, gone):
            yield 0
        wanted = find.to_put(table.file, stored, names)
    else:
        wanted = find.batches(table.file, names)
    yield from _write(database, statements.put_edges(table), _edge_maps(names, wanted), WRITERS)


def _drop_nodes(database: Database, table: NodeTable, stored: Path) -> None:
    """Remove the nodes that the run lacks, with their relationships."""
    if _count(database, f"(n:{table.label})") > table.rows:
        schema = pa.schema([pq.read_schema(table.file).field(table.key)])
        find.keep(_lists(database, statements.all_nodes(table), [table.key]), schema, stored)
        gone = _maps([table.key], find.nodes_to_drop(table.file, stored, table.key))
        for _ in _write(database, statements.drop_nodes(table), gone):
            continue


Maps = list[dict[str, object]]
"""A batch of rows as the server takes them, by the names of their values."""


def _maps(names: Sequence[str], batches: Iterable[Rows]) -> Iterator[Maps]:
    """The rows of each batch as maps."""
    return ([dict(zip(names, row, strict=True)) for row in rows] for rows in batches)


def _edge_maps(names: Sequence[str], batches: Iterable[Rows]) -> Iterator[Maps]:
    """The rows of each batch as maps of from, to and the properties, which may have any names."""
    for rows in batches:
        yield [
            {"from": row[0], "to": row[1], "properties": dict(zip(names[2:], row[2:], strict=True))}
            for row in rows
        ]


def _lists(database: Database, query: str, names: Sequence[str]) -> Iterator[Rows]:
    """The rows of a query that answers with a list each, the properties ``names`` in it."""
    for page in database.pages(query, {"names": list(names)}):
        yield [tuple(each) for (each,) in page if isinstance(each, list)]


def _write(database: Database, statement: str, batches: Iterable[Maps], writers: int = 1) -> Iterator[int]:
    """Write each batch in a transaction while the next is prepared; yields the rows done so far.

    ``writers``: the number of concurrent transactions. Relationships lock the nodes that they join; should two
    transactions wait for each other, the server ends one and ``write`` repeats it.
    """
    done, going = 0, deque[tuple[int, Future[None]]]()
    with ThreadPoolExecutor(writers) as pool:
        for rows in chain(_ahead(batches), [None] * writers):
            if rows is not None:
                work = pool.submit(database.write, partial(_once, (statement, {"rows": rows})))
                going.append((len(rows), work))
            if len(going) == writers or (going and rows is None):
                count, work = going.popleft()
                work.result()
                done += count
                yield done


def _ahead(batches: Iterable[Maps]) -> Iterator[Maps]:
    """The same batches, the next one prepared by another thread while one is used."""
    rest = iter(batches)
    with ThreadPoolExecutor(1) as other:
        coming = other.submit(next, rest, None)
        while (batch := coming.result()) is not None:
            coming = other.submit(next, rest, None)
            yield batch


def _once(statement: Statement) -> list[Statement]:
    return [statement]


def _score(database: Database, projection: Projection, progress: Progress) -> None:
    table = pq.read_table(projection.table("Company").file, columns=["company_id", *SCORED])
    scored = table.filter(table["run_id"].is_valid())
    table = score_table(scored, projection.run_id)
    write_scores(database, table, projection.run_id, projection.finished, progress)

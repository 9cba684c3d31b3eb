"""The statements that fill an embedded store from the tables of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graphlead.common.cypher import quoted
from graphlead.core.property_graph import SCORED, EdgeTable, Kind, Projection
from graphlead.engines.duckdb import plain
from graphlead.stores.lists import TABLE, remembered
from graphlead.stores.shape import SCHEMA, text

TYPES = {
    Kind.TEXT: "STRING",
    Kind.NUMBER: "DOUBLE",
    Kind.INTEGER: "INT64",
    Kind.FLAG: "BOOL",
    Kind.DAY: "DATE",
}

CHUNK = 100_000
"""Companies per change of scores, a choice: one change has to fit into the buffer pool (1 GiB)."""

Statement = tuple[str, dict[str, object]]


def creations(projection: Projection) -> Iterator[str]:
    """The statements that create the tables, and the comment from which ``version_in`` reads the shape."""
    for table in projection.nodes:
        columns = columns_of(table.properties)
        yield f"CREATE NODE TABLE {quoted(table.label)}({columns}, PRIMARY KEY({quoted(table.key)}))"
    for relation in dict.fromkeys(table.relation for table in projection.edges):
        tables = [table for table in projection.edges if table.relation == relation]
        ends = ", ".join(f"FROM {quoted(table.source)} TO {quoted(table.target)}" for table in tables)
        columns = columns_of(tables[0].properties)
        yield f"CREATE REL TABLE {quoted(relation)}({ends}{', ' if columns else ''}{columns})"
    yield TABLE
    yield f"COMMENT ON TABLE Company IS {text(json.dumps({'schema': SCHEMA}))}"


def columns_of(properties: Mapping[str, Kind]) -> str:
    """The names and types of properties, as a table is created with."""
    return ", ".join(f"{quoted(name)} {TYPES[kind]}" for name, kind in properties.items())


def version_in(comment: str) -> int | None:
    """The shape of a store, from the comment on its table of companies; None for one that is not ours."""
    try:
        schema = json.loads(comment)["schema"]
    except (ValueError, TypeError, KeyError):
        return None
    return schema if isinstance(schema, int) else None


def copies(projection: Projection) -> Iterator[tuple[str, int, str]]:
    """For each table that has rows: its name, how many, and the statement that loads it; nodes come first."""
    for node in projection.nodes:
        yield node.label, node.rows, f"COPY {quoted(node.label)} FROM {text(plain(node.file))}"
    for edge in projection.edges:
        if edge.rows:
            yield f"{edge.relation} of {edge.source}", edge.rows, _copy_edges(edge)


def _copy_edges(table: EdgeTable) -> str:
    ends = f"from={text(table.source)}, to={text(table.target)}"
    return f"COPY {quoted(table.relation)} FROM {text(plain(table.file))} ({ends})"


def set_scores(file: Path, names: Sequence[str]) -> str:
    """The statement that gives the companies in a file their scores."""
    read = ", ".join(f"{name} AS new_{name}" for name in names)
    values = ", ".join(f"c.{name} = new_{name}" for name in names)
    return (f"LOAD FROM {text(plain(file))} WITH company_id AS id, {read} "
            f"MATCH (c:Company) WHERE c.company_id = id SET {values}")  # fmt: skip


DROP_STALE = (
    f"MATCH (c:Company) WHERE c.run_id <> $run WITH c LIMIT {CHUNK} "
    f"SET {', '.join(f'c.{name} = NULL' for name in SCORED)} RETURN count(*)"
)
"""Removes the scores of other runs from at most CHUNK companies, and returns the number of these."""


def run_statements(run_id: str, finished: str) -> list[Statement]:
    """The statements that record the run of the companies' scores, and its list."""
    run: dict[str, object] = {"run": run_id, "finished": finished}
    return [("MERGE (r:Run {run_id: $run}) SET r.finished = $finished", run), *remembered(run_id)]

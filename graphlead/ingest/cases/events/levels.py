"""The values of categories that are frequent enough for a feature of their own."""

from __future__ import annotations

from datetime import date

from graphlead.engines.duckdb import Db, run
from graphlead.ingest.cases.events.layout import EventTable, with_levels
from graphlead.ingest.cases.events.table import extras
from graphlead.ingest.cases.events.uses import Use

LEAST, MOST_LEVELS = 0.05, 5
"""The share of the rows that a level has at least, and the levels of a column at most, a choice: few and frequent."""
MOST_SHARE = 0.95
"""The share of the rows from which one level says nothing."""


def frequent_levels(db: Db, table: EventTable, view: str, as_of: date) -> EventTable:
    """The table with the levels of its items and categories, counted before ``as_of``."""
    asked = {column.name: f"x{i}" for i, column in enumerate(extras(table)) if column.use is Use.CATEGORY}
    if item := table.one(Use.ITEM):
        asked[item.name] = "item"
    return with_levels(table, {name: _levels(db, view, sql, as_of) for name, sql in asked.items()})


def _levels(db: Db, view: str, sql: str, as_of: date) -> tuple[str, ...]:
    query = f"""
        SELECT {sql} AS level, count(*) / sum(count(*)) OVER () AS share FROM {view}
        WHERE moment < $as_of AND {sql} IS NOT NULL GROUP BY {sql} QUALIFY share >= {LEAST}
        ORDER BY share DESC, level LIMIT {MOST_LEVELS}
    """
    found = run(db, query, {"as_of": as_of})
    return tuple(level for level, share in found) if found and found[0][1] < MOST_SHARE else ()

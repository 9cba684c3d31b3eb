"""Numbers that count the cases as they come, beside a table of open ones: later ones cannot be learned from."""

from __future__ import annotations

from dataclasses import replace

from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.cases.understood import ReadColumn, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.values import value
from graphlead.ingest.open_file import Source

BEYOND = 0.05
"""The share of open cases with numbers outside those of the known ones from which they came later, a choice."""


def with_order(db: Db, known: Source, opened: Source, understood: Understood) -> Understood:
    """The plan without the numbers that stand for an order in which the open cases come later than the known ones."""
    columns = tuple(
        replace(column, use=Use.IGNORED, because="it counts up, and the open cases came later")
        if column.use is Use.ORDER and column.name in opened.names and _later(db, known, opened, column)
        else column
        for column in understood.columns
    )
    return replace(understood, columns=columns)


def _later(db: Db, known: Source, opened: Source, column: ReadColumn) -> bool:
    ours, theirs = (_value(source, column) for source in (known, opened))
    known_range = f"SELECT min({ours}) AS low, max({ours}) AS high FROM {known.view}"
    open_values = f"SELECT {theirs} AS x FROM {opened.view}"
    query = f"SELECT avg(CASE WHEN x BETWEEN low AND high THEN 0 ELSE 1 END) FROM ({open_values}), ({known_range})"
    (beyond,) = one_row(db, f"{query} WHERE x IS NOT NULL")
    return beyond is not None and beyond > BEYOND


def _value(source: Source, column: ReadColumn) -> str:
    at = source.names.index(column.name)
    return value(column, source.columns[at], source.families[at])

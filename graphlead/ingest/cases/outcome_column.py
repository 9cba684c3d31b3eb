"""The outcome column of a table."""

from __future__ import annotations

from collections.abc import Mapping

from graphlead.core.errors import GraphleadError
from graphlead.engines.duckdb import one_row
from graphlead.ingest.cases.outcomes import MOST_VALUES, Outcome, find_outcome, given_outcome, is_candidate
from graphlead.ingest.cases.profiled import Profiled
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.cases.uses import Use


def outcome_of(table: Profiled, options: TableOptions, wishes: Mapping[str, Use]) -> Outcome:
    """The outcome column that the user names, or else the one that is called like one. Raises as ``find_outcome``."""
    wished = next((name for name, use in wishes.items() if use is Use.OUTCOME), "")
    if wished:
        return given_outcome(wished, _values(table, wished), options.positive, options.table, table.where)
    values = {name: _values(table, name) for name in candidates(table, options, wishes)}
    if options.positive:
        values = {name: held for name, held in values.items() if options.positive in held} or values
    found = find_outcome(values, _copies(table, values, options), options.table, table.where)
    if not options.positive:
        return found
    return given_outcome(
        found.column, values[found.column], options.positive, options.table, table.where, "its name"
    )


def candidates(table: Profiled, options: TableOptions, wishes: Mapping[str, Use]) -> list[str]:
    """The columns that are called like an outcome and have few values, where the user did not give them a use."""
    return [
        name
        for name, seen in zip(table.source.names, table.seen, strict=True)
        if name not in wishes and is_candidate(name, options.table) and 0 < seen.distinct <= MOST_VALUES
    ]


def _values(table: Profiled, name: str) -> list[str]:
    text = table.text(name)
    rows = table.db.execute(
        f"SELECT DISTINCT {text} FROM {table.source.view} WHERE {text} IS NOT NULL ORDER BY 1 LIMIT {MOST_VALUES + 1}"
    ).fetchall()
    return [row[0] for row in rows]


def _copies(table: Profiled, values: Mapping[str, list[str]], options: TableOptions) -> list[frozenset[str]]:
    """Pairs of candidates whose values say the same in every row."""
    names = list(values)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return [frozenset(pair) for pair in pairs if _agree(table, values, *pair, options)]


def _agree(table: Profiled, values: Mapping[str, list[str]], a: str, b: str, options: TableOptions) -> bool:
    sides = []
    for name in (a, b):
        try:
            found = given_outcome(name, values[name], "", options.table, table.where)
        except GraphleadError:
            return False
        sides.append(found)
    yes = [f"coalesce(list_contains(?, {table.text(name)}), false)" for name in (a, b)]
    (different,) = one_row(
        table.db,
        f"SELECT count(*) FROM {table.source.view} WHERE {yes[0]} <> {yes[1]}",
        [list(found.positives) for found in sides],
    )
    return not different

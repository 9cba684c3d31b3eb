"""Features of the rows before a cut: items, returns, further columns, and tables of other events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphlead.core.cases import Kind, Meaning
from graphlead.ingest.cases.events.feature import WINDOWS, YEAR, Feature, feature, within
from graphlead.ingest.cases.events.layout import EventColumn, EventTable
from graphlead.ingest.cases.events.table import extras
from graphlead.ingest.cases.events.uses import Use, is_log_in

ROWS = """
    past AS (
        SELECT *, DATE '{cut}' - moment::DATE AS age, date_sub('day', moment, TIMESTAMP '{cut}') AS since
        FROM {events} JOIN chosen USING (c) WHERE moment < DATE '{cut}'
    )
"""
OTHER_WINDOWS = tuple(days for days in WINDOWS if days in (30, 90, YEAR))
RETURNS = "the returns"
"""The concept that features of returns are summed over where reasons are given."""
MOST_TEXT = 2_000
"""Characters of the texts of a customer, the latest ones, a choice."""
LATELY = 90
"""Days over which other events are averaged: tickets and log-ins tell of the present."""


def row_features(table: EventTable) -> Iterator[Feature]:
    """The features over ``past`` of the first table: its items, returns and further columns, over the last year."""
    if item := table.one(Use.ITEM):
        yield feature("different items bought", "count(DISTINCT item) FILTER (bought)", item.name)
        yield from _shares(item, "item", YEAR)
    yield feature("returns in the last 365 days", f"count(*) FILTER (NOT bought AND age <= {YEAR})", RETURNS)
    for i, column in enumerate(extras(table)):
        yield from _of_column(column, f"x{i}", YEAR)


def other_features(table: EventTable) -> Iterator[Feature]:
    """The features over ``past`` of a further table."""
    name = table.name
    log_in = Meaning.DAYS_SINCE_LOGIN if is_log_in(name) else Meaning.NONE
    yield feature(f"days since the last of {name}", "min(since)", name, meaning=log_in)
    for days in OTHER_WINDOWS:
        yield feature(f"{name} in the last {days} days", f"count(*) {within(days)}", name)
    now, before = f"count(*) {within(LATELY)}", f"count(*) FILTER (age > {LATELY} AND age <= {2 * LATELY})"
    yield feature(
        f"{name} in the last {LATELY} days less those of the {LATELY} before", f"{now} - {before}", name
    )
    for i, column in enumerate(extras(table)):
        yield from _of_column(column, f"x{i}", YEAR, f" of {name}")
        if column.use in (Use.NUMBER, Use.FLAG):
            last = f"arg_max(x{i}, moment)"
            yield feature(f"last {column.name} of {name}", last, column.name, meaning=column.meaning)


def _of_column(column: EventColumn, sql: str, days: int, of: str = "") -> Iterator[Feature]:
    if column.use is Use.NUMBER:
        yield feature(
            f"mean {column.name}{of} in the last {days} days", f"avg({sql}) {within(days)}", column.name
        )
    elif column.use is Use.FLAG:
        share = f"coalesce(avg({sql}) {within(days)}, 0)"
        yield feature(f"share of {column.name}{of} in the last {days} days", share, column.name, plain=True)
    elif column.use is Use.TEXT:
        texts = f"right(string_agg({sql}, ' | ' ORDER BY moment) {within(LATELY)}, {MOST_TEXT})"
        yield feature(f"{column.name}{of} of the last {LATELY} days", texts, column.name, kind=Kind.TEXT)
    elif column.use is Use.ATTRIBUTE:
        last, meaning = f"arg_max({sql}, moment)", column.meaning
        yield feature(f"{column.name}{of}", last, column.name, meaning=meaning, kind=Kind.CATEGORY)
    elif column.use is Use.CATEGORY:
        yield from _shares(column, sql, days, of)


def _shares(column: EventColumn, sql: str, days: int, of: str = "") -> Iterator[Feature]:
    """The share of each frequent level among the rows of the last days."""
    for level in column.levels:
        share = f"avg(({sql} = $value)::INTEGER) {within(days)}"
        name = f"share of {column.name} {level}{of} in the last {days} days"
        yield replace(feature(name, share, column.name), value=level)

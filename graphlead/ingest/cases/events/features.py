"""What is known of a customer before a day: each feature an SQL aggregate over the events before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphlead.core.cases import CaseColumn, Kind, Meaning
from graphlead.engines.duckdb import literal
from graphlead.ingest.cases.events.layout import EventColumn, EventTable
from graphlead.ingest.cases.events.table import extras, has_amount
from graphlead.ingest.cases.events.uses import Use, is_log_in

WINDOWS = (30, 60, 90, 180, 365, 730)
YEAR = 365
RECENT = 90
MOST_TEXT = 2_000
"""Characters of texts kept for one case, the latest ones."""


@dataclass(frozen=True)
class Feature:
    """A feature and its SQL: an aggregate, over the rows of one case, of days d before the day ``cut``."""

    column: CaseColumn
    sql: str


def _feature(
    name: str, sql: str, *, plain: bool = False, meaning: Meaning = Meaning.NONE, kind: Kind = Kind.NUMBER
) -> Feature:
    return Feature(CaseColumn(name=name, kind=kind, source=name, plain=plain, meaning=meaning), sql)


def _lately(days: int) -> str:
    return f"FILTER (d >= cut - {days})"


def _before(days: int, until: int) -> str:
    return f"FILTER (d >= cut - {days} AND d < cut - {until})"


def _sum(value: str, window: str = "") -> str:
    return f"coalesce(sum({value}) {window}, 0)"


def _log(sql: str) -> str:
    return f"ln(1 + greatest({sql}, 0))"


def of_purchases(table: EventTable, within: int) -> list[Feature]:
    """Features over a customer's days with purchases: d, amount, rows, returns, gap (days since the one before)."""
    recency, tenure = "(cut - max(d))", "(cut - min(d))"
    found = [
        _feature("days since the last purchase", recency),
        _feature("days since the first purchase", tenure, meaning=Meaning.TENURE),
        _feature("time as a customer (log)", _log(tenure), plain=True),
        _feature("days with purchases", "count(*)", meaning=Meaning.FREQUENCY),
        _feature("days with purchases (log)", _log("count(*)"), plain=True),
        _feature("years with purchases, of the last four", _YEARS, plain=True),
        _feature("purchases", _sum("rows")),
        _feature("purchases in the last year (log)", _log(_sum("rows", _lately(YEAR))), plain=True),
        _feature("days between purchases, on average", "avg(gap)"),
        _feature("days between purchases, spread", "stddev_samp(gap)"),
        _feature("lateness against the own rhythm",
                 f"{recency} / greatest(coalesce(avg(gap), {tenure} + 1), 1)", plain=True),
        _feature("returns in the last year", _sum("returns", _lately(YEAR))),
        _feature("month", "month(cut)"),
    ]  # fmt: skip
    if within < YEAR / 2:
        season = _before(YEAR, YEAR - within)
        found.append(_feature("days with purchases at this season last year", f"count(*) {season}"))
    found += [
        _feature(f"days with purchases in the last {n} days", f"count(*) {_lately(n)}") for n in WINDOWS
    ]
    return [*found, *(_amounts() if has_amount(table) else ())]


_YEARS = "count(DISTINCT CASE WHEN d >= cut - 1461 THEN floor((cut - d - 1) / 365.25) END)"


def _amounts() -> Iterator[Feature]:
    year, before = _log(_sum("amount", _lately(YEAR))), _log(_sum("amount", _before(2 * YEAR, YEAR)))
    yield _feature("amount", _sum("amount"))
    yield _feature("amount (log)", _log(_sum("amount")))
    yield _feature("amount in the last year", _sum("amount", _lately(YEAR)), meaning=Meaning.VALUE)
    yield _feature("amount in the last year (log)", year, plain=True)
    yield _feature("trend of the amount, last year against the one before", f"{year} - {before}", plain=True)
    for n in WINDOWS:
        yield _feature(f"amount in the last {n} days", _sum("amount", _lately(n)))


def of_rows(table: EventTable) -> list[Feature]:
    """Features over the single events of the first table: items, and the further columns, of the last year."""
    found = [_feature("different items", "count(DISTINCT item)")] if table.of(Use.ITEM) else []
    for column in table.of(Use.ITEM):
        found += _shares(column, "item", column.name)
    for at, column in enumerate(extras(table)):
        found += list(_extra(column, f"x{at}", column.name, plain=column.use is Use.FLAG))
    return found


def of_further(table: EventTable) -> list[Feature]:
    """Features over the events of a further table, such as tickets, log-ins or answers: counts, rhythm and values."""
    last = Meaning.DAYS_SINCE_LOGIN if is_log_in(table.name) else Meaning.NONE
    name = table.name
    found = [_feature(f"{name} in the last {n} days", f"count(*) {_lately(n)}") for n in (30, 90, 365)]
    trend = f"count(*) {_lately(RECENT)} - count(*) {_before(2 * RECENT, RECENT)}"
    found.append(_feature(f"{name}: last {RECENT} days against the {RECENT} before", trend))
    found.append(_feature(f"{name}: days since the last", "(cut - max(d))", meaning=last))
    for at, column in enumerate(extras(table)):
        found += list(_extra(column, f"x{at}", f"{name}: {column.name}", plain=False))
    return found


def _extra(column: EventColumn, x: str, name: str, *, plain: bool) -> Iterator[Feature]:
    match column.use:
        case Use.NUMBER | Use.FLAG:
            yield _feature(f"{name}, mean of the last year", f"avg({x}) {_lately(YEAR)}", plain=plain)
            yield _feature(f"{name}, latest", f"arg_max({x}, moment)", meaning=column.meaning)
        case Use.TEXT:
            text = f"right(string_agg({x}, ' | ' ORDER BY moment) {_lately(RECENT)}, {MOST_TEXT})"
            yield _feature(name, text, kind=Kind.TEXT)
        case Use.ATTRIBUTE:
            yield _feature(name, f"arg_max({x}, moment)", meaning=column.meaning, kind=Kind.CATEGORY)
        case _:
            yield from _shares(column, x, name)


def _shares(column: EventColumn, x: str, name: str) -> list[Feature]:
    """The share of each frequent level among the events of the last year."""
    return [
        _feature(
            f"{name} {level}: share of the last year",
            f"avg(({x} = {literal(level)})::INTEGER) {_lately(YEAR)}",
        )
        for level in column.levels
    ]

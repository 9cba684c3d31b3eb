"""Features of what a customer bought before a cut: how lately, how often, how much, in which rhythm."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.core.cases import Meaning
from graphlead.ingest.cases.events.feature import WINDOWS, YEAR, Cut, Feature, feature, within

RECENCY, TENURE, PURCHASES, AMOUNTS, RHYTHM, SEASON = (
    "the time since the last purchase", "the time as a customer", "the purchases", "the amounts", "the rhythm",
    "the season",
)  # fmt: skip
"""The concepts that features are summed over where reasons are given."""

VISITS = """
    days AS (
        SELECT c, moment::DATE AS d, max(moment) AS moment, count(*) AS n, sum(amount) AS amount
        FROM {events} JOIN chosen USING (c) WHERE moment < DATE '{cut}' AND bought GROUP BY ALL
    ),
    visits AS (
        SELECT *, DATE '{cut}' - d AS age, d - lag(d) OVER (PARTITION BY c ORDER BY d) AS gap,
            min(date_sub('day', moment, TIMESTAMP '{cut}')) OVER (PARTITION BY c) AS since
        FROM days
    )
"""
"""A row for each day on which a customer bought: age, days before the cut; gap, days since the day before it."""

SINCE, GAP = "min(since)", "avg(gap)"
TENURE_DAYS = "max(age)"
USUAL = f"greatest(coalesce({GAP}, {TENURE_DAYS} + 1), 1)"
"""The usual days between purchases; of a customer with one purchase, the time since then."""


def history_features(at: Cut, size: str) -> Iterator[Feature]:
    """The features over ``visits``. size: what amounts are called, "" where purchases have none."""
    yield feature("days since the last purchase", SINCE, RECENCY, meaning=Meaning.DAYS_SINCE_PURCHASE)
    yield feature("days since the first purchase", TENURE_DAYS, TENURE, meaning=Meaning.TENURE)
    yield feature("time as a customer (log of days)", f"ln(1 + {TENURE_DAYS})", TENURE, plain=True)
    yield feature("days with purchases", "count(*)", PURCHASES, meaning=Meaning.FREQUENCY)
    yield feature("rows bought", "sum(n)", PURCHASES)
    yield feature(
        "rows bought in the last 365 days (log)", f"ln(1 + {_sum('n', YEAR)})", PURCHASES, plain=True
    )
    yield from _rhythm()
    yield from _counts(at)
    if size:
        yield from _amounts(at, size)


def _rhythm() -> Iterator[Feature]:
    yield feature("usual days between purchases", GAP, RHYTHM)
    yield feature("spread of the days between purchases", "stddev_samp(gap)", RHYTHM)
    yield feature("days since the last purchase, in usual gaps", f"{SINCE} / {USUAL}", RECENCY, plain=True)
    yield feature("days until the next purchase is due", f"{USUAL} - {SINCE}", RECENCY)
    shorter = "count(*) FILTER (gap < since) / nullif(count(gap), 0)"
    yield feature("share of own gaps shorter than the time since", shorter, RECENCY, meaning=Meaning.LATENESS)


def _counts(at: Cut) -> Iterator[Feature]:
    for days in _windows(at):
        yield feature(f"purchases in the last {days} days", f"count(*) {within(days)}", PURCHASES)
    for life in (30, 90, YEAR):
        yield feature(
            f"purchases, halved in weight every {life} days", f"sum(exp(-age * ln(2) / {life}))", PURCHASES
        )
    if at.within < YEAR:
        yield feature("days with purchases (log)", "ln(1 + count(*))", PURCHASES, plain=True)
        yield feature(
            f"of the last four times {at.within} days, those with a purchase", _periods(at.within), RHYTHM
        )
        due = f"count(*) FILTER (age <= {YEAR} AND age > {YEAR - at.within})"
        if at.whole >= YEAR:
            yield feature(f"purchases in the same {at.within} days of the year before", due, SEASON)
        yield feature("month", f"{at.month}::DOUBLE", SEASON)
    if at.history >= YEAR:
        yield feature("years with a purchase, of the last four", _periods(YEAR), RHYTHM, plain=True)


def _amounts(at: Cut, size: str) -> Iterator[Feature]:
    yield feature(f"{size} so far", "coalesce(sum(amount), 0)", AMOUNTS)
    for days in _windows(at):
        value = Meaning.VALUE if days == YEAR else Meaning.NONE
        yield feature(f"{size} in the last {days} days", _sum("amount", days), AMOUNTS, meaning=value)
    year = f"ln(1 + greatest({_sum('amount', YEAR)}, 0))"
    yield feature(f"{size} in the last 365 days (log)", year, AMOUNTS, plain=True)
    if at.history >= YEAR:
        before = f"coalesce(sum(amount) FILTER (age > {YEAR} AND age <= {2 * YEAR}), 0)"
        trend = f"{year} - ln(1 + greatest({before}, 0))"
        yield feature(
            f"{size} in the last 365 days against the year before (log)", trend, AMOUNTS, plain=True
        )


def _windows(at: Cut) -> list[int]:
    """Those that are shorter than what is known of the open cases, and the year."""
    return [days for days in WINDOWS if days == YEAR or days < at.whole]


def _sum(column: str, days: int) -> str:
    return f"coalesce(sum({column}) {within(days)}, 0)"


def _periods(days: int) -> str:
    """SQL: of the last four periods of these days, those with a purchase."""
    return f"count(DISTINCT (age - 1) // {days}) FILTER (age <= {4 * days})"

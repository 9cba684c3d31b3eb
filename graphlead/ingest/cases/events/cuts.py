"""The days of the past at which customers are looked at in order to learn."""

from __future__ import annotations

from datetime import date, timedelta

from graphlead.core.errors import InputError

SEASONAL = 180
"""Days from which a horizon spans a season: its cuts then lie whole years apart, at the season of the open cases."""
MOST, MOST_YEARS = 6, 4
STEPS, LEAST_STEP = 6, 14
"""Cuts lie a sixth of the horizon apart, at least two weeks: closer ones see nearly the same purchases."""
HISTORY = 0.5
"""The share of the horizon that has to lie before a cut."""


def choose_cuts(first: date, as_of: date, within: int) -> list[date]:
    """The cuts, the latest first: at least ``within`` days before ``as_of``, with HISTORY of that before each.

    first: the day of the first event. Raises InputError when there is none.
    """
    earliest = first + timedelta(days=max(1, round(HISTORY * within)))
    latest = as_of - timedelta(days=within)
    found = [day for day in _wanted(as_of, within) if day >= earliest]
    if not found and latest < earliest:
        raise InputError(
            f"the events begin on {first}, too late to learn {within} days from.",
            where=f"--as-of {as_of}",
            remedy=f"The earliest day is {earliest + timedelta(days=within)}; or say a smaller --within.",
        )
    return found or [latest]


def _wanted(as_of: date, within: int) -> list[date]:
    if within >= SEASONAL:
        years = [_years_before(as_of, n) for n in range(1, MOST_YEARS + 1 + within // 365)]
        return [day for day in years if (as_of - day).days >= within][:MOST_YEARS]
    step = max(LEAST_STEP, within // STEPS)
    return [as_of - timedelta(days=within + step * n) for n in range(MOST)]


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of 29 February, the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)

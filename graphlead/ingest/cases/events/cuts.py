"""The days of the past at which customers are looked at in order to learn."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from graphlead.core.errors import InputError

SEASONAL = 180
"""Days from which a horizon spans a season: its cuts then lie whole years apart, at the season of the open cases."""
MOST, MOST_YEARS = 6, 4
STEPS = 6
"""Cuts lie a sixth of the horizon apart, at least LEAST_STEP days: closer ones see nearly the same purchases."""
LEAST_STEP = 14
HISTORY = 0.5
"""The share of the horizon that has to lie before a cut."""


def choose_cuts(first: date, as_of: date, within: int) -> list[date]:
    """The cuts, the latest first; each lies at least ``within`` days before ``as_of`` and HISTORY of that after ``first``.

    first: the day of the first event. Raises InputError when there is none.
    """
    earliest = first + timedelta(days=max(1, round(HISTORY * within)))
    found = [day for day in _wanted(as_of, within) if day >= earliest]
    if not found and (latest := as_of - timedelta(days=within)) >= earliest:
        found = [latest]
    if not found:
        able = earliest + timedelta(days=within)
        raise InputError(
            f"the events begin on {first}: as of {as_of} there is no history to learn {within} days from.",
            where=f"--as-of {as_of}",
            remedy=f"The earliest day is {able}; or say a smaller --within.",
        )
    return found


def _wanted(as_of: date, within: int) -> list[date]:
    if within >= SEASONAL:
        years = [as_of - relativedelta(years=n) for n in range(1, 3 * MOST_YEARS)]
        return [day for day in years if (as_of - day).days >= within][:MOST_YEARS]
    step = max(LEAST_STEP, within // STEPS)
    return [as_of - timedelta(days=within + step * n) for n in range(MOST)]

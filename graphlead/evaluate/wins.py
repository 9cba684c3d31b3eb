"""How many clients will be won: from the dates on the client list, from what was given, or assumed."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from graphlead.core.clients import Cohort
from graphlead.core.errors import SettingsError
from graphlead.core.expected import Wins

MONTHS = 24
"""Months that clients are counted over and hits are given for. Over 21 sellers of US filings, clients won in the last
24 months are those won in the next 24 within a factor of 1.32 on average; windows of 12, 18, 36 and 48 months, scaled,
within 1.37, 1.39, 1.35 and 1.43."""

FEWEST_MONTHS = 3
"""Months that the dates have to span to be counted over, a choice: a shorter history is most often that of a file."""

MISJUDGED = 0.25
"""Standard deviation of the logarithm of the clients won next over those won last, luck aside: measured as above."""

ASSUMED, ASSUMED_DEVIATION = 1 / 3, float(np.log(2) / 1.281552)
"""Clients won in MONTHS as a share of the clients on an undated list, and how unsure that is: from a sixth to two
thirds in 8 of 10 cases. Of 21 sellers of US filings it was from 0.12 to 0.72, the median 0.28, 15 of them in range."""

_DAYS_PER_MONTH = 365.25 / 12

Days = npt.NDArray[np.datetime64]


def wins_of(cohort: Cohort, expect: int | None, prior: float | None, today: date) -> Wins:
    """The clients to be won: ``expect`` within MONTHS, else a share ``prior`` of the candidates, else by the dates.

    Dates count where at least half of the clients have one that is not in the future, no day has half of the clients
    (the day of an import), and they span FEWEST_MONTHS; else a third of the clients is assumed. Raises SettingsError
    when more clients are expected than there are companies to win.
    """
    candidates = int(cohort.candidates().sum())
    check_expect(expect, candidates)
    if expect is not None:
        return Wins(count=expect, deviation=MISJUDGED, months=MONTHS, basis="expect")
    if prior is not None:
        return Wins(count=prior * candidates, deviation=MISJUDGED, months=None, basis="prior")
    days, note = _usable(cohort.won, np.datetime64(today, "D"))
    if days is None:
        count = min(ASSUMED * len(cohort.clients), candidates)
        notes = (note,) if note else ()
        return Wins(count=count, deviation=ASSUMED_DEVIATION, months=MONTHS, basis="assumed", notes=notes)
    return _by_dates(days, len(cohort.clients), candidates, (note,) if note else ())


def check_expect(expect: int | None, candidates: int) -> None:
    """Raise SettingsError when more clients are expected than there are candidates."""
    if expect is not None and expect > candidates:
        raise SettingsError(
            f"expect is {expect:,}, but only {candidates:,} companies of the register are no clients.",
            where="--expect",
            remedy=f"Give how many of these you will win within {MONTHS} months.",
        )


def _by_dates(days: Days, clients: int, candidates: int, notes: tuple[str, ...]) -> Wins:
    months = min(MONTHS, int((days.max() - days.min()).astype(int) / _DAYS_PER_MONTH))
    since = days.max() - np.timedelta64(round(months * _DAYS_PER_MONTH), "D")
    past = int((days > since).sum())
    # Clients without a date may be old ones or as the others: halfway between, and unsure by as much.
    undated = np.log(clients / len(days)) / 2
    return Wins(
        count=min(past * float(np.exp(undated)), candidates),
        deviation=float(np.sqrt(MISJUDGED**2 + 1 / past + undated**2)),
        months=months,
        basis="dates",
        past=past,
        notes=notes,
    )


def _usable(won: Days, today: np.datetime64) -> tuple[Days | None, str]:
    """The dates to count by, None where they are of no use, and a note on those that are not used."""
    known = won[~np.isnat(won)]
    days = known[known <= today]
    late = len(known) - len(days)
    note = f"{late:,} clients have a date in the future: they count as undated." if late else ""
    if not len(known):
        return None, ""
    if 2 * len(days) < len(won):
        return None, note or f"Only {len(days):,} of {len(won):,} clients have a date: too few to count by."
    day, count = np.unique(days, return_counts=True)
    if 2 * count.max() >= len(days):
        most = f"{count.max():,} of {len(days):,} clients have the date {day[count.argmax()]}"
        return None, f"{most}: that is the day of a file, not of sales, so nothing was counted by the dates."
    if (days.max() - days.min()).astype(int) < FEWEST_MONTHS * _DAYS_PER_MONTH:
        return None, f"The clients' dates span less than {FEWEST_MONTHS} months: too little to count by."
    return days, note

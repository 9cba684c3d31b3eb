"""The months in which clients were won, and a test for a season."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from graphlead.core.arrays import Longs, Reals
from graphlead.core.profile import Season

FEWEST = 12
"""Dated clients below which no season is tested: fewer than one per month."""
DRAWS = 4000
"""Draws of the simulated p-value: its standard error at 0.05 is 0.003."""
SIGNIFICANCE = 0.05
"""The customary level: a single test."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip

Days = npt.NDArray[np.datetime64]


def season_of(won: Days, seed: int) -> tuple[Season | None, str]:
    """The season in the days (k,) on which clients were won (NaT where unknown), or None and a note on the reason.

    The counts by month of the year are compared with the occurrences of each month between the first and the last
    sale (chi-square, by simulation where fewer than 5 are expected).
    """
    known = np.sort(won[~np.isnat(won)])
    if not len(known):
        return None, "The dates on which clients were won are not known, so seasons are not tested."
    if len(known) < FEWEST:
        return None, f"Only {len(known)} clients have a date: too few to test for seasons."
    first_days = np.mean(known == known.astype("datetime64[Y]").astype(known.dtype))
    if first_days > 0.5:
        return None, f"{first_days:.0%} of the dates are 1 January: they give the year alone and no season."
    month = known.astype("datetime64[M]").astype(np.int64)
    span = np.arange(month[0], month[-1] + 1)
    counts = np.bincount(month - month[0], minlength=len(span))
    by_month = np.bincount(month % 12, minlength=12)
    usual = np.bincount(span % 12, minlength=12) / len(span)
    if np.count_nonzero(usual) < 12:
        return None, f"The dates span {len(span)} months: less than a year is too short for seasons."
    p_value = _p_value(by_month, usual, seed)
    names = np.datetime_as_string(span.astype("datetime64[M]"))
    months = tuple((str(name), int(count)) for name, count in zip(names, counts, strict=True))
    return Season(months, tuple(int(c) for c in by_month), p_value, _sentence(by_month, usual, p_value)), ""


def _p_value(counts: Longs, usual: Reals, seed: int) -> float:
    expected = usual * counts.sum()
    found = float(((counts - expected) ** 2 / expected).sum())
    if expected.min() >= 5:
        return float(chdtrc(11, found))
    drawn = np.random.default_rng(seed).multinomial(int(counts.sum()), usual, DRAWS)
    by_chance = ((drawn - expected) ** 2 / expected).sum(axis=1)
    return float((1 + np.count_nonzero(by_chance >= found - 1e-9)) / (1 + DRAWS))


def _sentence(counts: Longs, usual: Reals, p_value: float) -> str:
    total = int(counts.sum())
    if p_value >= SIGNIFICANCE:
        return f"The {total} dated clients were won all through the year: no month stands out beyond chance."
    excess = counts - usual * total
    windows = [(float(excess[np.arange(start, start + 3) % 12].sum()), start) for start in range(12)]
    best, worst = max(windows)[1], min(windows)[1]
    high, low = (np.arange(start, start + 3) % 12 for start in (best, worst))
    return (
        f"Clients are won above all from {MONTHS[high[0]]} to {MONTHS[high[-1]]}: {counts[high].sum() / total:.0%} of "
        f"{total}, where an even year would give {usual[high].sum():.0%}; least from {MONTHS[low[0]]} to "
        f"{MONTHS[low[-1]]} ({counts[low].sum() / total:.0%} instead of {usual[low].sum():.0%})."
    )

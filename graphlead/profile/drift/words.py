"""What became of a column, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

import numpy as np

from graphlead.core.arrays import Reals
from graphlead.core.drift import Bins, Form
from graphlead.profile.drift.bins import MISSING, shown
from graphlead.profile.drift.measure import contributions

NAMED = 3
"""Levels that a sentence names at most."""
SHARE = 0.25
"""The part of a column's PSI from which a bin is worth a word."""
Middles = tuple["Middle | None", "Middle | None"]


class Size(Enum):
    """How much a column changed: not beyond sampling, surely but by little, or enough for an alarm."""

    NONE = "as before"
    SMALL = "changed a little"
    LARGE = "changed"


@dataclass(frozen=True)
class Middle:
    """The quartiles of numbers."""

    low: float
    median: float
    high: float


def sentence(column: str, form: Form, size: Size, bins: Bins, middles: Middles, moved: float) -> str:
    """One sentence on a column that was compared."""
    if form is Form.FILLED:
        return f"{column}: {_filled(size, bins)} (only whether it is filled is compared)"
    if form is Form.DATE:
        return f"{column}: {_dates(size, bins, middles, moved)}"
    if size is Size.NONE:
        return f"{column}: as before"
    parts = _numbers(bins, middles) if form is Form.NUMBER else _levels(bins)
    little = "a little: " if size is Size.SMALL else ""
    return f"{column}: {little}{'; '.join(parts)}"


def uncompared(column: str, form: Form, why: str) -> str:
    """One sentence on a column of which no values were compared."""
    if form is Form.GONE:
        return f"{column}: gone; the new table has no such column"
    if form is Form.NEW:
        return f"{column}: new; the old table has no such column"
    return f"{column}: not compared ({why})"


def percent(share: float) -> str:
    """A share with two digits at most: 6 %, 0.5 %."""
    hundred = 100 * share
    if 0 < hundred < 0.05:
        return "under 0.1 %"
    return f"{hundred:.0f} %" if hundred >= 9.95 or hundred == round(hundred) else f"{hundred:.1f} %"


def _arrow(label: str, bins: Bins, at: int) -> str:
    old, new = bins.shares()
    return f"{label} {percent(float(old[at]))} -> {percent(float(new[at]))}"


def _filled(size: Size, bins: Bins) -> str:
    old, new = bins.shares()
    if size is Size.NONE:
        return f"filled in {percent(float(new[0]))} of the rows, as before"
    return f"filled {percent(float(old[0]))} -> {percent(float(new[0]))}"


def _moving(bins: Bins) -> list[int]:
    """The bins that make up the difference, the largest first."""
    parts: Reals = contributions(bins)
    order = np.argsort(-parts, kind="stable")
    return [int(at) for at in order if parts[at] >= SHARE * parts.sum()] or [int(order[0])]


def _levels(bins: Bins) -> list[str]:
    fresh = {at for at, is_new in enumerate(bins.fresh) if is_new}
    _, new = bins.shares()
    names = [
        f"{bins.labels[at]} ({percent(float(new[at]))})" for at in sorted(fresh, key=lambda at: -new[at])
    ]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    parts = [f"new: {', '.join(names[:NAMED])}{more}"] if names else []
    return [*(_arrow(bins.labels[at], bins, at) for at in _moving(bins)[:NAMED] if at not in fresh), *parts]


def _numbers(bins: Bins, middles: Middles) -> list[str]:
    moving = _moving(bins)
    labels = [bins.labels[at] for at in moving]
    parts = [_arrow(MISSING, bins, at) for at, label in zip(moving, labels, strict=True) if label == MISSING]
    if labels != [MISSING]:
        first = next(at for at, label in zip(moving, labels, strict=True) if label != MISSING)
        parts.insert(0, _middle(middles) or _spread(middles) or _arrow(f"{bins.labels[first]}:", bins, first))
    return parts


def _middle(middles: Middles) -> str:
    """What became of the median, nothing where it stayed."""
    old, new = middles
    if old is None or new is None or old.median == new.median:
        return ""
    way = "higher" if new.median > old.median else "lower"
    by = shown(abs(new.median - old.median))
    return f"{by} {way} in the middle ({shown(old.median)} -> {shown(new.median)})"


def _spread(middles: Middles) -> str:
    """What became of the middle half of the numbers, nothing where it stayed or was a single value."""
    old, new = middles
    if old is None or new is None or old.low == old.high or (old.low, old.high) == (new.low, new.high):
        return ""
    spread = [f"{shown(each.low)} to {shown(each.high)}" for each in (old, new)]
    return f"the middle half is {spread[0]} -> {spread[1]}"


def _dates(size: Size, bins: Bins, middles: Middles, moved: float) -> str:
    latest = f"the latest {_days(moved)}" if round(moved) else "the latest as before"
    old, new = middles
    between = f" ({_day(old.median)} -> {_day(new.median)} in the middle)" if old and new else ""
    if size is Size.LARGE:
        labels = [bins.labels[at] for at in _moving(bins)]
        parts = [_arrow(MISSING, bins, bins.labels.index(MISSING))] if MISSING in labels else []
        parts += ["spread over time in another way"] if labels != [MISSING] else []
        return f"{'; '.join(parts)}; {latest}{between}"
    return f"{latest}{between}; dates that move on are no alarm" if round(moved) else "as before"


def _days(moved: float) -> str:
    days = abs(round(moved))
    return f"{days:,} day{'' if days == 1 else 's'} {'later' if moved > 0 else 'earlier'}"


def _day(days: float) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()

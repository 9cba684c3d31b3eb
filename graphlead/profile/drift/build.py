"""From the columns of two tables to what changed in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from graphlead.core.drift import Bins, Drift, Form, Pair
from graphlead.profile.drift import words
from graphlead.profile.drift.bins import bins_of
from graphlead.profile.drift.measure import is_alarm, is_sure, js, psi

LATEST = 0.99
"""The quantile of the dates that stands for the latest: a single date far in the future is not it."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A column, its bins, and the figures that its sentence gives. moved: the days by which its latest dates moved;
    unmoved: the bins of dates as they are."""

    column: str
    form: Form
    why: str
    score: bool
    bins: Bins | None = None
    before: words.Middle | None = None
    after: words.Middle | None = None
    moved: float = 0.0
    unmoved: Bins | None = None


def drift_of(pairs: Iterable[Pair]) -> tuple[Drift, ...]:
    """What changed in each column; the pairs are looked at one by one, so that they may be read as they are needed."""
    measured = [_measured(pair) for pair in pairs]
    columns = sum(each.bins is not None for each in measured)
    return tuple(_drift(each, columns) for each in measured)


def _measured(pair: Pair) -> Measured:
    found = Measured(column=pair.name, form=pair.form, why=pair.why, score=pair.score)
    if pair.old is None or pair.new is None:
        return found
    if pair.form is Form.DATE:
        return _of_dates(pair, found)
    if pair.form is Form.NUMBER:
        found = replace(found, before=_middle(pair.old), after=_middle(pair.new))
    return replace(found, bins=bins_of(pair))


def _of_dates(pair: Pair, found: Measured) -> Measured:
    """Dates as they are, or counted from the latest of their own table, whichever lie closer together: dates that
    move on with the calendar are no drift, those that spread in another way are."""
    assert pair.old is not None and pair.new is not None  # noqa: S101, as above
    latest = [side.quantile(LATEST, interpolation="lower") for side in (pair.old, pair.new)]
    moved = float(latest[1] - latest[0]) if not np.isnan(latest).any() else 0.0
    ways = [bins_of(pair), bins_of(replace(pair, new=pair.new - moved))]
    middles = [_middle(side) for side in (pair.old, pair.new)]
    return replace(
        found, bins=min(ways, key=psi), before=middles[0], after=middles[1], moved=moved, unmoved=ways[0]
    )


def _middle(values: pd.Series) -> words.Middle | None:
    """The quartiles of the numbers, None where there are none."""
    numbers = values.dropna().to_numpy(np.float64)
    if not len(numbers):
        return None
    low, middle, high = np.quantile(numbers, (0.25, 0.5, 0.75))
    return words.Middle(low=float(low), median=float(middle), high=float(high))


def _drift(found: Measured, columns: int) -> Drift:
    bins = found.bins
    if bins is None:
        alarm = found.form in (Form.GONE, Form.NEW)
        text = words.uncompared(found.column, found.form, found.why)
        return Drift(column=found.column, psi=None, js=None, alarm=alarm, text=text, score=found.score)
    alarm, old, new = is_alarm(bins, columns), *bins.shares()
    moved = found.moved if found.unmoved and is_sure(found.unmoved, columns) else 0.0
    size = words.Size.LARGE if alarm else words.Size.SMALL if is_sure(bins, columns) else words.Size.NONE
    return Drift(
        column=found.column,
        psi=psi(bins),
        js=js(bins),
        alarm=alarm,
        text=words.sentence(found.column, found.form, size, bins, (found.before, found.after), moved),
        score=found.score,
        bins=tuple(zip(bins.labels, old.tolist(), new.tolist(), strict=True)),
    )

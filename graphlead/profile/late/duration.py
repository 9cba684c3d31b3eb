"""Columns that give the duration away: copies of it, or its product with another (charges in all = months x price)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphlead.core.cases import Cases, Kind

DETERMINED = 0.95
"""The share of a column's variance from which it is nearly determined, in logarithms, by the duration and at most one
other column; and the share of what the other leaves open that the duration has to explain."""
ALIKE = 0.5
"""The correlation with the duration, in logarithms, from which a column tells it at all."""
LEAST = 30

Matrix = npt.NDArray[np.float64]


def tells_duration(cases: Cases) -> dict[str, str]:
    """The columns, beside the duration's own, that nearly determine it, with the column that helps ("" for none)."""
    if cases.duration is None:
        return {}
    numbers = [column for column in cases.columns if column.kind is Kind.NUMBER]
    values = cases.features[[column.name for column in numbers]].to_numpy(np.float64)
    own = [bool(np.array_equal(each, cases.duration, equal_nan=True)) for each in values.T]
    sources = [column.source for column, is_own in zip(numbers, own, strict=True) if not is_own]
    logs = _logs(np.column_stack([cases.duration, values[:, ~np.array(own, bool)]]))
    r = _correlations(logs)
    found = {}
    for at, source in enumerate(sources, 1):
        if abs(r[at, 0]) >= ALIKE:
            helper = _helper(r, at)
            if helper is not None:
                found[source] = sources[helper - 1] if helper else ""
    return found


def _helper(r: Matrix, at: int) -> int | None:
    """The column with which the duration determines column ``at``; 0 where none is needed, None where none does."""
    if r[at, 0] ** 2 >= DETERMINED:
        return 0
    for other in range(1, len(r)):
        if other == at or abs(r[other, 0]) > abs(r[at, 0]) or r[other, 0] ** 2 > 0.99:
            continue
        own, helps, between = r[at, 0], r[at, other], r[other, 0]
        both = (own**2 + helps**2 - 2 * own * helps * between) / (1 - between**2)
        if both >= DETERMINED and (both - helps**2) >= DETERMINED * (1 - helps**2):
            return other
    return None


def _logs(values: Matrix) -> Matrix:
    """log(1 + |x|), for products become sums."""
    logs: Matrix = np.log1p(np.abs(values))
    return logs


def _correlations(logs: Matrix) -> Matrix:
    """Pearson's correlations of the rows that have every number; zeros where there are too few or no spread."""
    import pandas as pd

    return pd.DataFrame(logs).corr(min_periods=LEAST).fillna(0.0).to_numpy(np.float64)

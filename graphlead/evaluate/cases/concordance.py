"""How well risks order the ends of cases."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Longs, Reals


def concordance(time: Reals, ended: Flags, risk: Reals) -> float:
    """Harrell's C (1982): of two cases of which one is known to end first, how often it has the higher risk.

    time, ended, risk: (n,). Equal risks count half; NaN where no two cases can be compared. O(n log n).
    """
    # Of cases that end together none is first; one that was seen no longer at that time lasts longer.
    last_first = 2 * _places(-time) + ended
    place = _places(risk)
    order = np.lexsort((-place, last_first))
    last_first, place, ended = last_first[order], place[order], ended[order]
    later = np.searchsorted(last_first, last_first)
    lower = smaller_before(place)
    equal = _counted(place) - _counted(place * (2 * len(place)) + last_first)
    pairs = float(later[ended].sum())
    return float((lower + equal / 2)[ended].sum()) / pairs if pairs else float("nan")


def smaller_before(values: Longs) -> Longs:
    """For each value (n,), none negative, how many before it are smaller: digit by binary digit, the highest first."""
    found, at = np.zeros(len(values), np.int64), np.arange(len(values))
    for digit in reversed(range(int(values.max(initial=0)).bit_length())):
        # ``at`` is sorted by the digits above this one, and by place within.
        above, is_one = values[at] >> (digit + 1), (values[at] >> digit) & 1
        zeros = np.cumsum(1 - is_one)
        first = np.searchsorted(above, above)
        found[at] += is_one * (zeros - zeros[first] + (1 - is_one[first]))
        at = at[np.argsort(values[at] >> digit, kind="stable")]
    return found


def _counted(values: Longs) -> Longs:
    """For each value (n,), how many before it are equal."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    found = np.empty(len(values), np.int64)
    found[order] = np.arange(len(values)) - np.searchsorted(ranked, ranked)
    return found


def _places(values: Reals) -> Longs:
    """The place (n,) of each value among the distinct ones."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)

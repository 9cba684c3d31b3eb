"""How long cases last: Kaplan-Meier curves, and how well risks order the ends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs, Reals

SURE = 1.96
ALL = "all"


def kaplan_meier(time: Reals, ended: Flags) -> pd.DataFrame:
    """The share that lasts beyond each time (Kaplan and Meier 1958): time, survival, low, high, at_risk.

    time (n,): how long each was seen; ended (n,): whether it ended then, or was seen no longer. low, high: the 95 %
    interval on the scale of log(-log S), with Greenwood's variance. A row for time 0 and for each time.
    """
    times, place = np.unique(time, return_inverse=True)
    ends = np.bincount(place, ended, len(times))
    at_risk = len(time) - np.concatenate([[0], np.bincount(place)[:-1].cumsum()])
    survival = np.cumprod(1 - ends / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = SURE * np.sqrt(np.cumsum(ends / (at_risk * (at_risk - ends)))) / np.log(survival)
        inside = (survival > 0) & (survival < 1)
        low, high = (np.where(inside, survival ** np.exp(each), survival) for each in (-spread, spread))
    table = pd.DataFrame({"time": times, "survival": survival, "low": low, "high": high, "at_risk": at_risk})
    if not len(times) or times[0] > 0:
        start = pd.DataFrame({name: [1.0] for name in table}).assign(time=0.0, at_risk=len(time))
        table = pd.concat([start, table], ignore_index=True)
    return table


def survival_table(
    time: Reals, ended: Flags, groups: dict[str, pd.Series[str]], fewest: int = 20
) -> pd.DataFrame:
    """The curves of all cases and of each group of at least ``fewest``: group, time, survival, low, high, at_risk.

    groups: by the name of a column, its value for each case (n,), missing for none.
    """
    curves = [kaplan_meier(time, ended).assign(group=ALL)]
    for name, values in groups.items():
        for value in sorted(values.dropna().unique()):
            of = (values == value).to_numpy(bool)
            if of.sum() >= fewest:
                curves.append(kaplan_meier(time[of], ended[of]).assign(group=f"{name}: {value}"))
    return pd.concat(curves, ignore_index=True)[["group", "time", "survival", "low", "high", "at_risk"]]


def concordance(time: Reals, ended: Flags, risk: Reals) -> float:
    """Harrell's C (1982): of two cases of which one is known to end first, how often it has the higher risk.

    Equal risks count half; NaN where no two cases can be compared. O(n log n), by a tree of counts over the risks.
    """
    place = np.unique(risk, return_inverse=True)[1].astype(np.int64)
    counts = _Counts(int(place.max(initial=0)) + 1)
    # From the last to the first; of those at one time, the ones that were seen no longer come last.
    order = np.lexsort((ended, -time))
    right = pairs = 0.0
    start = 0
    while start < len(order):
        stop = start
        while stop < len(order) and time[order[stop]] == time[order[start]]:
            stop += 1
        same = order[start:stop]
        for case in same[~ended[same]]:
            counts.add(place[case])
        for case in same[ended[same]]:
            below, equal = counts.below(place[case])
            right += below + equal / 2
            pairs += counts.total
        for case in same[ended[same]]:
            counts.add(place[case])
        start = stop
    return right / pairs if pairs else float("nan")


class _Counts:
    """Counts of places, and sums up to one (Fenwick 1994)."""

    def __init__(self, size: int) -> None:
        self._tree: Longs = np.zeros(size + 1, np.int64)
        self._own: Longs = np.zeros(size, np.int64)
        self.total = 0

    def add(self, place: int) -> None:
        self.total += 1
        self._own[place] += 1
        at = place + 1
        while at < len(self._tree):
            self._tree[at] += 1
            at += at & -at

    def below(self, place: int) -> tuple[int, int]:
        """How many are below the place, and how many are on it."""
        at, found = place, 0
        while at > 0:
            found += int(self._tree[at])
            at -= at & -at
        return found, int(self._own[place])

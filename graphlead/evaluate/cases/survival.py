"""How long cases last: Kaplan-Meier curves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Reals
from graphlead.evaluate.metrics import Z95

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
        spread = Z95 * np.sqrt(np.cumsum(ends / (at_risk * (at_risk - ends)))) / np.log(survival)
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
            of = (values == value).fillna(False).to_numpy(bool)
            if of.sum() >= fewest:
                curves.append(kaplan_meier(time[of], ended[of]).assign(group=f"{name}: {value}"))
    return pd.concat(curves, ignore_index=True)[["group", "time", "survival", "low", "high", "at_risk"]]

"""Survival curves by group, in the form that the page needs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json
from graphlead.report.sales.shown import percent

STEPS = 200
"""Steps drawn of one curve at most: one every three to four pixels of a wide page."""

GROUPS = 8
"""Curves at most, that of all cases and the largest groups: the page has as many colours."""

ALL = "all"


def survival_view(table: pd.DataFrame | None) -> Json | None:
    """Curves that begin at time 0 with everybody, and one row a group for the table; None without curves."""
    if table is None or table.empty:
        return None
    groups = {str(name): rows.sort_values("time") for name, rows in table.groupby("group", sort=False)}
    sizes = {name: int(rows["at_risk"].max()) for name, rows in groups.items()}
    order = sorted(groups, key=lambda name: (name != ALL, -sizes[name]))[:GROUPS]
    return {
        "curves": [_curve(name, groups[name]) for name in order],
        "rows": [_row(name, groups[name], sizes[name]) for name in order],
        "left_out": len(groups) - len(order),
    }


def _curve(name: str, rows: pd.DataFrame) -> Json:
    at = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), STEPS)).round().astype(int))
    columns = rows.iloc[at][["time", "survival", "low", "high"]].to_numpy(np.float64)
    if columns[0, 0] > 0:
        columns = np.vstack([[0.0, 1.0, 1.0, 1.0], columns])
    keys = ("time", "survival", "low", "high")
    return {"name": name} | {key: np.round(columns[:, i], 4) for i, key in enumerate(keys)}


def _row(name: str, rows: pd.DataFrame, size: int) -> Json:
    """A group in the table: its size, the time when half of it has left, and the share that stays at the last time."""
    gone = rows.loc[rows["survival"] <= 0.5, "time"]
    last = rows.iloc[-1]
    return {
        "name": name,
        "size": size,
        "median": f"{gone.iloc[0]:,.4g}" if len(gone) else "not reached",
        "last": percent(last["survival"]),
        "time": f"{last['time']:,.4g}",
    }

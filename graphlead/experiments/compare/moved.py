"""Who came onto a list between two runs, who left it, and who moved far within it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.experiments.compare.side import Side

ENTERED, LEFT, UP, DOWN = "entered", "left", "up", "down"
CHANGED = "changed"
"""Another first offer, or another segment where segments have no order."""
CHANGES = (ENTERED, LEFT, UP, DOWN)
FACTOR, SHARE, FIRST = 2.0, 0.05, 0.25
"""A move counts where the place, as a share of all scored rows, was at least halved or doubled, by this share of them
at least, and from or into this first part: further down a place is worked by nobody, and nearer than that two runs that
differ by their seed alone move rows about."""


def changes_of(old: Side, new: Side) -> pd.DataFrame:
    """The rows that moved: id, change, old_rank, new_rank (missing where a row was not scored), by change and rank.

    entered, left: the list that is worked; up, down: the other scored rows.
    """
    both = old.scored.merge(new.scored, on="id", how="outer", suffixes=("_old", "_new"))
    listed = [both[f"listed_{side}"].eq(True) for side in ("old", "new")]
    share = [both[f"rank_{name}"] / max(len(side.scored), 1) for name, side in (("old", old), ("new", new))]
    far = (share[0] - share[1]).abs() >= SHARE
    far &= np.minimum(share[0], share[1]) <= FIRST
    same_list = listed[0] == listed[1]
    change = np.select(
        [
            ~listed[0] & listed[1],
            listed[0] & ~listed[1],
            same_list & far & (share[1] * FACTOR <= share[0]),
            same_list & far & (share[0] * FACTOR <= share[1]),
        ],
        CHANGES,
        "",
    )
    table = pd.DataFrame(
        {
            "id": both["id"].astype(str),
            "change": change,
            "old_rank": both["rank_old"].astype("Int64"),
            "new_rank": both["rank_new"].astype("Int64"),
        }
    )
    return in_order(table[table["change"] != ""])


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows by change, and within it by the rank now, or else before."""
    kinds = (*CHANGES, CHANGED)
    order = table.assign(
        at=table["change"].map(kinds.index), place=table["new_rank"].fillna(table["old_rank"])
    )
    return table.loc[order.sort_values(["at", "place", "id"], kind="stable").index].reset_index(drop=True)

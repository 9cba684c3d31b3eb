"""Two runs of `segment`: who moved between segments, how large these are, and how far the two partitions agree."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from graphlead.core.arrays import Json
from graphlead.core.drift import Form
from graphlead.experiments.compare.moved import CHANGED, DOWN, ENTERED, LEFT, UP, in_order
from graphlead.experiments.compare.side import Words
from graphlead.explain.cases.shares import number
from graphlead.pipeline.drifted import Inputs
from graphlead.pipeline.segment.finished import FinishedSegments

FIGURES = {
    "recency": "days since the last purchase",
    "frequency": "purchases",
    "monetary": "value",
}
"""The figures of a customer, with their names for readers."""
CLASS = "value_class"


@dataclass(frozen=True)
class SegmentSide:
    """The run, by its folder."""

    run: FinishedSegments

    @property
    def path(self) -> Path:
        return self.run.path

    @property
    def words(self) -> Words:
        return Words(row="customer", happened="", not_happened="", score="")

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The customers: id, rank by value (missing where it is not known), segment and the figures."""
        table = self.run.segments
        rank = table["monetary"].rank(ascending=False, method="min")
        names = ["segment", *FIGURES]
        return table[names].assign(id=table["customer"].astype(str), rank=rank).reset_index(drop=True)

    @cached_property
    def worth(self) -> dict[str, float | None]:
        """The mean value of a customer of each segment, None where values are not known."""
        return {each["segment"]: each["value_mean"] for each in self.run.profiles["segments"]}

    def inputs(self) -> Inputs:
        table = self.run.segments
        found: dict[str, tuple[Form, pd.Series | None, str]] = {
            "segment": (Form.CATEGORY, table["segment"].astype(object), "")
        }
        for column, name in FIGURES.items():
            if table[column].notna().any():
                found[name] = (Form.NUMBER, table[column].astype(np.float64), "")
        if (table[CLASS] != "").any():
            found["class by value"] = (Form.CATEGORY, table[CLASS].astype(object), "")
        return found


def segments_changed(old: SegmentSide, new: SegmentSide) -> pd.DataFrame:
    """The customers in another segment: id, change, old_rank, new_rank (by value), why.

    up, down: to a segment whose customers are worth more or less on average; changed: where values are not known.
    """
    both = old.scored.merge(new.scored, on="id", how="outer", suffixes=("_old", "_new"))
    rows = both.to_dict("records")
    table = pd.DataFrame(
        {
            "id": both["id"].astype(str),
            "change": [_change(row["segment_old"], row["segment_new"], old, new) for row in rows],
            "old_rank": both["rank_old"].astype("Int64"),
            "new_rank": both["rank_new"].astype("Int64"),
        }
    )
    table["why"] = [_why(change, row) for change, row in zip(table["change"], rows, strict=True)]
    return in_order(table[table["change"] != ""])


def _change(before: str | float, now: str | float, old: SegmentSide, new: SegmentSide) -> str:
    if pd.isna(before):
        return ENTERED
    if pd.isna(now):
        return LEFT
    if before == now:
        return ""
    then, later = new.worth.get(str(before), old.worth.get(str(before))), new.worth.get(str(now))
    if then is None or later is None:
        return CHANGED
    return UP if later >= then else DOWN


def _why(change: str, row: Mapping[Hashable, Any]) -> str:
    if change == ENTERED:
        return f"new among the customers: {row['segment_new']}"
    if change == LEFT:
        return f"not among the customers any more; before: {row['segment_old']}"
    figures = [
        f"{name} {number(row[f'{column}_old'])} -> {number(row[f'{column}_new'])}"
        for column, name in FIGURES.items()
        if row[f"{column}_old"] != row[f"{column}_new"] and pd.notna(row[f"{column}_new"])
    ]
    return "; ".join([f"{row['segment_old']} -> {row['segment_new']}", *figures])


def segments_summary(old: SegmentSide, new: SegmentSide) -> Json:
    """Sizes, who went where, and how far the two agree on the customers of both: the share with the same segment, and
    the adjusted Rand index (Hubert and Arabie 1985), which does not depend on the names."""
    both = old.scored.merge(new.scored, on="id", suffixes=("_old", "_new"))
    pair = both["segment_old"], both["segment_new"]
    flows = both.groupby(["segment_old", "segment_new"]).size().reset_index(name="customers")
    flows = flows.sort_values(["customers", "segment_old", "segment_new"], ascending=[False, True, True])
    sizes = [side.scored["segment"].value_counts() for side in (old, new)]
    names = sorted({*sizes[0].index, *sizes[1].index})
    return {
        "customers": len(both),
        "same": float((pair[0] == pair[1]).mean()) if len(both) else None,
        "agreement": float(adjusted_rand_score(*pair)) if len(both) else None,
        "sizes": [{"segment": each, "old": int(sizes[0].get(each, 0)), "new": int(sizes[1].get(each, 0))}
                  for each in names],
        "flows": [{"from": row["segment_old"], "to": row["segment_new"], "customers": int(row["customers"])}
                  for row in flows.to_dict("records")],
        "assigned": new.run.settings.run is not None,
    }  # fmt: skip

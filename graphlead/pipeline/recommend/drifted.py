"""What `recommend` is given and what it offers, as one side of a comparison with another day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.drift import Form
from graphlead.core.purchases import DAY, Purchases
from graphlead.pipeline.drifted import Inputs, save_drift, score_pair
from graphlead.runs.layout import RunFolder


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What was offered on a day.

    table: the recommendations, see ``FinishedRecommend``; within: days that count as lately; model: its name.
    """

    purchases: Purchases
    table: pd.DataFrame
    within: int
    model: str

    @property
    def score(self) -> str:
        """What the score is called; those of different names are on different scales."""
        return f"score of the first offer by {self.model}"

    @cached_property
    def first(self) -> pd.DataFrame:
        """The first offer of each customer, the highest score first: the rows of the table."""
        first = self.table[self.table["rank"] == 1]
        return first.sort_values(["score", "customer"], ascending=[False, True])

    def inputs(self) -> Inputs:
        """How much and how lately customers bought, what was bought lately, and what is offered first."""
        lines = self.purchases.bought
        day = np.datetime64(self.purchases.as_of, "D")
        since = np.datetime64(self.purchases.as_of - timedelta(days=self.within), "D")
        late = lines.rows((lines.day >= since) & self.purchases.of_known_items)
        pairs = pd.DataFrame({"customer": lines.customer, "item": lines.item}).drop_duplicates()
        last = pd.Series(lines.day).groupby(lines.customer).max().to_numpy(DAY)
        return {
            "items bought": (Form.NUMBER, pairs.groupby("customer").size().astype(np.float64), "by customer"),
            "days since the last purchase": (
                Form.NUMBER,
                pd.Series(day - last).dt.days.astype(np.float64),
                "by customer",
            ),
            "what was bought lately": (
                Form.CATEGORY,
                pd.Series(self.purchases.items[late.item], dtype=object),
                "",
            ),
            "first offer": (Form.CATEGORY, self.first["item"].astype(object), ""),
        }


def save_drift_of_offers(folder: RunFolder, earlier: Path, before: Offered, now: Offered) -> None:
    """Write what changed since the run ``earlier``, of which the model is applied."""
    scores = score_pair(now.score, before.first["score"], now.first["score"])
    save_drift(folder, earlier, before.inputs(), now.inputs(), scores)

"""Two runs of `recommend`: which customers get another first offer, and which items rose and fell on the lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json
from graphlead.experiments.compare.moved import CHANGED, ENTERED, LEFT, in_order
from graphlead.experiments.compare.side import Words
from graphlead.pipeline.drifted import Inputs
from graphlead.pipeline.recommend.finished import FinishedRecommend

FIRST, ITEMS = 10, 20
"""Offers of a customer that are compared, and items listed that rose or fell."""


@dataclass(frozen=True)
class OfferSide:
    """The run, by its folder."""

    run: FinishedRecommend

    @property
    def path(self) -> Path:
        return self.run.path

    @property
    def words(self) -> Words:
        return Words(row="customer", happened="", not_happened="", score=self.run.offered.score)

    @cached_property
    def offers(self) -> pd.DataFrame:
        """customer, item, rank, why, score: the first FIRST of each customer."""
        table = self.run.recommendations
        return table[table["rank"] <= FIRST]

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The first offer of each customer: id, score, rank, listed, and item and why."""
        first = self.run.offered.first
        return first.assign(id=first["customer"], rank=np.arange(1, len(first) + 1), listed=True)[
            ["id", "score", "rank", "listed", "item", "why"]
        ].reset_index(drop=True)

    def inputs(self) -> Inputs:
        return self.run.offered.inputs()

    def bought(self, customers: pd.Series, items: pd.Series) -> np.ndarray:
        """Whether each customer had bought the item (k,), bool."""
        purchases = self.run.purchases
        lines = purchases.bought.rows(purchases.of_known_items)
        had = pd.MultiIndex.from_arrays([purchases.customers[lines.customer], purchases.items[lines.item]])
        return np.asarray(pd.MultiIndex.from_arrays([customers, items]).isin(had))


def offers_changed(old: OfferSide, new: OfferSide) -> pd.DataFrame:
    """The customers whose first offer is another: id, change, old_rank, new_rank, why.

    changed: the ranks are those of the item that is first now, old_rank missing where it was not offered before.
    """
    both = old.scored.merge(new.scored, on="id", how="outer", suffixes=("_old", "_new"))
    there = both[["item_old", "item_new"]].notna()
    change = np.select(
        [~there["item_old"], ~there["item_new"], both["item_old"] != both["item_new"]],
        (ENTERED, LEFT, CHANGED),
        "",
    )
    both = both.assign(change=change)
    ranks = _ranks(old, both["id"], both["item_new"])
    table = pd.DataFrame(
        {
            "id": both["id"].astype(str),
            "change": both["change"],
            "old_rank": ranks.where(both["change"] != LEFT, 1).astype("Int64"),
            "new_rank": pd.Series(1, both.index).where(both["change"] != LEFT).astype("Int64"),
            "why": _why(both, old, new),
        }
    )
    return in_order(table[table["change"] != ""])


def _ranks(side: OfferSide, customers: pd.Series, items: pd.Series) -> pd.Series:
    """The rank of an item on the list of each customer, missing where it is not among the first."""
    found = side.offers.set_index(["customer", "item"])["rank"]
    found = found.reindex(pd.MultiIndex.from_arrays([customers, items]))
    return pd.Series(found.to_numpy(np.float64), customers.index)


def _why(both: pd.DataFrame, old: OfferSide, new: OfferSide) -> list[str]:
    now = _ranks(new, both["id"], both["item_old"])
    bought = new.bought(both["id"], both["item_old"])
    texts = []
    for row, place, had in zip(both.to_dict("records"), now, bought, strict=True):
        if row["change"] == ENTERED:
            texts.append(f"{row['item_new']}: no offers before; {row['why_new']}")
        elif row["change"] == LEFT:
            texts.append("no offers any more: not in the orders or the table of customers")
        else:
            gone = (
                "bought since"
                if had
                else f"now in place {place:.0f}"
                if place > 0
                else "not offered any more"
            )
            texts.append(f"{row['item_new']} instead of {row['item_old']}, {gone}; {row['why_new']}")
    return texts


def offers_summary(old: OfferSide, new: OfferSide) -> Json:
    """How far the lists agree, and the items that rose and fell most: shares of the customers of each run."""
    customers = np.intersect1d(old.scored["id"].to_numpy(str), new.scored["id"].to_numpy(str))
    lists = [side.offers[side.offers["customer"].isin(customers)] for side in (old, new)]
    equal = lists[0].merge(lists[1], on=["customer", "item"]).groupby("customer").size()
    longest = pd.concat([each.groupby("customer").size() for each in lists], axis=1).max(axis=1)
    first = [side.scored.set_index("id")["item"].reindex(customers) for side in (old, new)]
    shares = [side.offers.groupby("item").size() / max(len(side.scored), 1) for side in (old, new)]
    both = pd.concat(shares, axis=1, keys=["old", "new"]).fillna(0.0).rename_axis("item").reset_index()
    both = both.assign(gap=both["new"] - both["old"]).sort_values(["gap", "item"], ascending=[False, True])
    rows = both.round({"old": 6, "new": 6})
    return {
        "customers": len(customers),
        "same_first": float((first[0] == first[1]).mean()) if len(customers) else None,
        "equal_offers": float((equal.reindex(longest.index).fillna(0) / longest).mean())
        if len(longest)
        else None,
        "rose": rows[rows["gap"] > 0].head(ITEMS)[["item", "old", "new"]].to_dict("records"),
        "fell": rows[rows["gap"] < 0].iloc[::-1].head(ITEMS)[["item", "old", "new"]].to_dict("records"),
    }

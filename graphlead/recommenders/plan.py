"""Which items the models learn from: as many as time and memory allow, the most bought first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.common.memory import share_of_budget
from graphlead.core.arrays import Floats, Ints

MOST, MOST_COMPARED = 8000, 4000
"""Items at most to recommend from, and to compare models on: a matrix of 8,000 is inverted in half a minute on a
core, and models are compared with four penalties."""
SHARE, LEAST = 0.25, 300_000_000
"""The share of the memory, and its least bytes, for matrices of items by items, of which three are held at once."""
MATRICES, NUMBER = 3, 4
ROWS, CELLS = 64, 2_000_000
"""Customers scored at a time at least; scores held at a time: 8 MB, which the caches of a processor hold."""


@dataclass(frozen=True, kw_only=True)
class ItemPlan:
    """kept: the items to learn from, ascending; share: of all purchases that they make up; note: "" if all are kept."""

    kept: Ints
    share: float
    note: str = ""


def plan_items(buyers: Floats, services: Ints, *, compared: bool = False) -> ItemPlan:
    """The items with a buyer that are no services, the most bought of them where there are too many.

    buyers: (m,) of each item. Equally bought ones are taken in the order of the items.
    """
    able = buyers > 0
    able[services] = False
    most = min(MOST_COMPARED if compared else MOST, _fitting())
    order = np.argsort(-np.where(able, buyers, -1), kind="stable")[: min(most, int(able.sum()))]
    share = float(buyers[order].sum() / max(buyers[able].sum(), 1))
    left = int(able.sum()) - len(order)
    note = (
        f"Learned from the {len(order):,} most bought of {len(order) + left:,} items, with {share:.1%} of what was "
        "bought: a matrix of all would take too much memory or time."
        if left
        else ""
    )
    return ItemPlan(kept=np.sort(order).astype(np.int32), share=share, note=note)


def rows_at_a_time(items: int) -> int:
    """How many customers are scored at a time."""
    return max(ROWS, CELLS // max(items, 1))


def _fitting() -> int:
    """The items of which MATRICES square matrices fit into the share of the memory."""
    return int(np.sqrt(share_of_budget(SHARE, LEAST) / (MATRICES * NUMBER)))

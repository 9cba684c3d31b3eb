"""The names of segments: of buyers by how recently, how often and for how much they buy, of others by their traits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import rankdata

from graphlead.core.arrays import Ints, Reals
from graphlead.core.customers import Customers
from graphlead.profile.customers.apart import Difference

BUYERS = {
    "Champions": (0.85, 0.92, 0.92),
    "Loyal": (0.72, 0.76, 0.70),
    "Regular": (0.58, 0.55, 0.50),
    "Promising": (0.85, 0.45, 0.45),
    "New": (0.85, 0.20, 0.18),
    "Big and new": (0.82, 0.22, 0.70),
    "Occasional": (0.50, 0.22, 0.20),
    "Big and rare": (0.45, 0.25, 0.72),
    "Lapsing big": (0.32, 0.75, 0.80),
    "Lapsing": (0.32, 0.45, 0.45),
    "Lost big": (0.12, 0.35, 0.70),
    "Lost": (0.12, 0.18, 0.18),
}
"""Names of buyers by their place: the share of the customers who bought longer ago, less often, and for less."""
MOST_TRAITS = 3
"""Traits in a name at most."""


def names_of_buyers(customers: Customers, segment: Ints, count: int) -> list[str]:
    """A name for each segment (n,), each its own: those places are given that fit best in all.

    A place is the median in the segment of the shares of customers that each customer is ahead of.
    """
    monetary = customers.monetary if np.isfinite(customers.monetary).any() else customers.frequency
    ahead = np.column_stack(
        [_share_below(-customers.recency), _share_below(customers.frequency), _share_below(monetary)]
    )
    places = np.array([np.median(ahead[segment == k], axis=0) for k in range(count)])
    known = np.array(list(BUYERS.values()))
    distance = ((places[:, None] - known[None]) ** 2).sum(2)
    rows, chosen = linear_sum_assignment(distance)
    names = list(BUYERS)
    return [names[at] for _, at in sorted(zip(rows.tolist(), chosen.tolist(), strict=True))]


def names_of_others(apart: Sequence[Sequence[Difference]]) -> list[str]:
    """A name for each segment from what tells it apart, with as many traits as make it different from the others."""
    names = [name_of(each, 1) for each in apart]
    for traits in range(2, MOST_TRAITS + 1):
        names = [
            name_of(each, traits) if names.count(name) > 1 else name
            for each, name in zip(apart, names, strict=True)
        ]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: at + 1].count(name)})"
        for at, name in enumerate(names)
    ]


def name_of(apart: Sequence[Difference], traits: int) -> str:
    """The strongest traits in plain words: High income, low age; Average where nothing tells a segment apart."""
    chosen: dict[str, str] = {}
    for each in apart:
        chosen.setdefault(each.column, each.text)
    text = ", ".join(list(chosen.values())[:traits])
    return text[:1].upper() + text[1:] if text else "Average"


def _share_below(values: Reals) -> Reals:
    """The share of the others that each value (n,) is above, ties counting half."""
    return np.asarray((rankdata(values) - 0.5) / len(values))

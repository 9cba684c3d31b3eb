"""The hyperclique-based cleaner: how strongly a customer belongs together with any two others."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Floats, Longs, Reals

BLOCK = 512
"""Customers compared at a time: with 10,000 others, 20 MB."""
FIRST, MOST = 24, 192
"""Others that are looked at first, those most alike by pairs; and at most, where these do not settle it."""


def uncovered(items: Floats, reference: Longs) -> Reals:
    """1 less the highest h-confidence at which a hyperclique of three covers each customer (n,); 1 where none does.

    Customers are the members of a pattern and items its transactions, as in HCleaner: the h-confidence of three is the
    number of items that all three have, over the most that one of them has. HCleaner discards the customers that are
    in no pattern of three above a threshold; this is the threshold from which a customer is discarded. items: 0 and 1
    (n, m); a pattern has the customer and two of those at ``reference``. Three without any item belong together.

    The h-confidence of two bounds that of three: only others that are more alike by pairs than the best three so far
    can be in a better one. At most MOST of them are looked at, the most alike.
    """
    held = items[reference]
    sizes, others = items.sum(1), held.sum(1)
    place = np.full(len(items), -1)
    place[reference] = np.arange(len(reference))
    found = np.zeros(len(items))
    for start in range(0, len(items), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(items)))
        pairs = _confidence(items[rows] @ held.T, np.maximum.outer(sizes[rows], others))
        mine = np.flatnonzero(place[rows] >= 0)
        pairs[mine, place[rows[mine]]] = -1.0
        for at, row in enumerate(rows):
            own = np.flatnonzero(items[row])
            found[row] = _best_of_three(own, sizes[row], held, others, pairs[at])
    return 1.0 - found


def _best_of_three(own: Longs, size: float, held: Floats, others: Floats, pair: Floats) -> float:
    """The highest h-confidence of a customer with two others. own: its items; pair: with each other, -1 for itself."""
    best = _best_among(_nearest(pair, FIRST), own, size, held, others)
    better = np.flatnonzero(pair > best)
    if len(better) > FIRST:
        better = better[_nearest(pair[better], MOST)]
        best = max(best, _best_among(better, own, size, held, others))
    return best


def _nearest(pair: Floats, count: int) -> Longs:
    """The positions of the most alike, without the customer itself."""
    near = np.argpartition(-pair, count)[:count] if len(pair) > count else np.arange(len(pair))
    return near[pair[near] >= 0]


def _best_among(near: Longs, own: Longs, size: float, held: Floats, others: Floats) -> float:
    if len(near) < 2:
        return 0.0
    shared = held[np.ix_(near, own)]
    most = np.maximum(np.maximum.outer(others[near], others[near]), size)
    three = _confidence(shared @ shared.T, most)
    return float(three[np.triu_indices(len(near), 1)].max())


def _confidence(shared: Floats, most: Floats) -> Floats:
    """Shared items over the most that one has; 1 where nobody has any."""
    return np.where(most > 0, shared / np.maximum(most, 1), 1.0)

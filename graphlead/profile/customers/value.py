"""What customers are worth: classes A, B and C by their share of the value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Reals
from graphlead.core.customers import Customers

CLASSES = (("A", 0.8), ("B", 0.95), ("C", 1.0))
"""The share of the value that a class and those before it have: the custom of ABC analysis."""


def worth_of(customers: Customers) -> tuple[Reals, str]:
    """What each customer is worth (n,), and what that is called; where nothing was spent, how often it bought."""
    for values, name in ((customers.monetary, "spent"), (customers.frequency, "purchases")):
        if np.isfinite(values).any():
            return np.maximum(np.nan_to_num(values), 0), name if customers.bought else "value"
    return np.zeros(len(customers)), ""


def classes_of(worth: Reals) -> npt.NDArray[np.object_]:
    """The class (n,) of each customer: A are the most valuable, who make 80 % of the value, B the next 15 %."""
    found = np.full(len(worth), "", object)
    if not worth.sum():
        return found
    order = np.argsort(-worth, kind="stable")
    before = (np.cumsum(worth[order]) - worth[order]) / worth.sum()
    found[order] = [next(name for name, end in CLASSES if share < end or name == "C") for share in before]
    return found

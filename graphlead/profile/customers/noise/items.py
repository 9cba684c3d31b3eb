"""Customers as sets of items: what they bought, or the level of each number and each category that they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Floats
from graphlead.core.cases import Kind
from graphlead.core.customers import Customers

FEW = 10
"""Different numbers up to which each is a level of its own, as of an answer from 0 to 9; more are cut into fifths."""
FIFTHS = (0.2, 0.4, 0.6, 0.8)


def items_of(customers: Customers) -> Floats:
    """Which items (n, m) each customer has, as 0 and 1; what is missing is no item.

    Of a yes or no, the rarer answer is an item, as of a basket what is in it; of the rest, each level is one.
    """
    columns = [item for trait in customers.traits for item in _items(customers.table[trait.name], trait.kind)]
    return (
        np.column_stack(columns).astype(np.float32) if columns else np.zeros((len(customers), 0), np.float32)
    )


def _items(values: pd.Series[Any], kind: Kind) -> Iterator[Flags]:
    if kind is Kind.CATEGORY:
        held = values.to_numpy(object)
        yield from (held == level for level in sorted(values.dropna().unique()))
        return
    numbers = values.to_numpy(np.float64)
    known = numbers[np.isfinite(numbers)]
    levels = np.unique(known)
    if len(levels) == 2:
        yield numbers == levels[int((known == levels[1]).sum() * 2 <= len(known))]
    elif len(levels) <= FEW:
        yield from (numbers == level for level in levels)
    else:
        fifth = np.searchsorted(np.unique(np.quantile(known, FIFTHS)), numbers)
        yield from ((fifth == part) & np.isfinite(numbers) for part in range(len(FIFTHS) + 1))

"""Histograms and kernel densities of the columns of customers, by segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphlead.core.arrays import Flags, Json, Reals
from graphlead.core.cases import Kind
from graphlead.core.customers import Customers
from graphlead.profile.distributions import BINS, FEWEST, density
from graphlead.profile.numbers import skewed

MOST, GRID = 12, 96
"""Columns that are drawn at most, and the points of a curve."""
OUTER = 0.005
"""The share of the customers beyond each end of an axis: they count in the outer bins."""


def curves(customers: Customers, segment: Sequence[str], names: Sequence[str]) -> list[Json]:
    """The distribution of each column of numbers in each segment, the columns that segments are found in first.

    Each has column, title, logarithmic, edges, grid, and segments: segment, counts (by bin), density (over the grid,
    per unit of the axis: of log10 where it is logarithmic; None for fewer than FEWEST customers with a number).
    """
    inside = {name: np.asarray(segment, object) == name for name in names}
    numbers = [trait for trait in customers.traits if trait.kind is Kind.NUMBER]
    ordered = sorted(numbers, key=lambda trait: not trait.scored)
    found = (_column(customers.table[each.name].to_numpy(np.float64), inside) for each in ordered)
    drawn = [
        {"column": each.name, "title": each.title, **content}
        for each, content in zip(ordered, found, strict=True)
        if content
    ]
    return drawn[:MOST]


def _column(values: Reals, inside: dict[str, Flags]) -> Json | None:
    known = values[np.isfinite(values)]
    logarithmic = skewed(known)
    floor = known[known > 0].min() if logarithmic else 0.0
    axis = np.log10(np.maximum(values, floor)) if logarithmic else values
    low, high = np.nanquantile(axis, (OUTER, 1 - OUTER)) if len(known) else (0.0, 0.0)
    if low == high:
        return None
    edges, grid = np.linspace(low, high, BINS + 1), np.linspace(low, high, GRID)
    parts = {name: axis[each & np.isfinite(axis)] for name, each in inside.items()}
    return {
        "logarithmic": logarithmic,
        "edges": _rounded(10**edges if logarithmic else edges),
        "grid": _rounded(10**grid if logarithmic else grid),
        "segments": [
            {
                "segment": name,
                "counts": np.histogram(np.clip(part, low, high), edges)[0].tolist(),
                "density": _rounded(density(part, np.ones(len(part)), grid)) if _drawable(part) else None,
            }
            for name, part in parts.items()
        ],
    }


def _drawable(values: Reals) -> bool:
    return len(values) >= FEWEST and bool(values.min() < values.max())


def _rounded(values: Reals) -> list[float]:
    return [float(f"{value:.5g}") for value in values]

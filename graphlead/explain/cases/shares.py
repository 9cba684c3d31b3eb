"""What the known cases did, by the value of one feature: by level, or by quantile band of a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Longs, Reals
from graphlead.core.cases import CaseColumn, Cases, Kind

BANDS = 5
"""Quantile bands of a number; a choice."""
FEWEST = 10
"""Known cases of a part from which anything is said of them; a choice."""
TRUST = 10.0
"""Cases at the mean that are added to a part before it is compared; a choice."""

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The parts of a feature's values, and the known cases in each.

    edges: (b,) rising, the inner ends of the bands of a number; levels: (p,) the values of any other feature, "" for
    missing. rate, support: (p,) of each part, the share with outcome 1 and its log ratio to the mean, drawn to 0 where
    cases are few; NaN and 0 below FEWEST. A number has the part 1 + b for missing values, and every feature a last one,
    for values that no known case has. mean: the share of all known cases.
    """

    column: CaseColumn
    edges: Reals
    levels: pd.Index
    rate: Reals
    support: Reals
    mean: float

    def places(self, values: pd.Series[Any]) -> Longs:
        """The part (m,) of each value."""
        return _places(self.column, self.edges, self.levels, values)

    def band(self, place: int) -> str:
        """The band of a number in words, such as "over 3, up to 12"; "" where it is the only one, or none."""
        if self.column.kind is not Kind.NUMBER or place > len(self.edges):
            return ""
        low = [f"over {number(self.edges[place - 1])}"] if place > 0 else []
        return ", ".join(low + ([f"up to {number(self.edges[place])}"] if place < len(self.edges) else []))


def shares_of(column: CaseColumn, known: Cases) -> Shares:
    """The shares of a feature, from the known cases."""
    values, outcome = known.features[column.name], (known.outcome == 1).astype(np.float64)
    edges = _edges(values.to_numpy(np.float64)) if column.kind is Kind.NUMBER else np.zeros(0)
    levels = pd.Index([]) if column.kind is Kind.NUMBER else pd.Index(pd.unique(texts(values)))
    place = _places(column, edges, levels, values)
    parts = (len(edges) + 2 if column.kind is Kind.NUMBER else len(levels)) + 1
    cases, ones = np.bincount(place, minlength=parts), np.bincount(place, outcome, parts)
    prior = (outcome.sum() + 1) / (len(outcome) + 2)
    rate = np.where(cases >= FEWEST, ones / np.maximum(cases, 1), np.nan)
    drawn = (ones + TRUST * prior) / (cases + TRUST)
    support = np.where(cases >= FEWEST, np.log(drawn / prior), 0.0)
    return Shares(
        column=column, edges=edges, levels=levels, rate=rate, support=support, mean=float(outcome.mean())
    )


def texts(values: pd.Series[Any]) -> Texts:
    """The values as text, "" where missing."""
    return np.asarray(values.astype(object).where(values.notna(), "").map(str), object)


def number(value: float) -> str:
    """Three digits that count, and whole numbers whole: 3, 0.25, 12,000."""
    value += 0.0  # a negative zero is none
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def _places(column: CaseColumn, edges: Reals, levels: pd.Index, values: pd.Series[Any]) -> Longs:
    if column.kind is Kind.NUMBER:
        numbers = values.to_numpy(np.float64)
        return np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="left"))
    found = levels.get_indexer(pd.Index(texts(values)))
    return np.where(found < 0, len(levels), found).astype(np.int64)


def _edges(values: Reals) -> Reals:
    """Ends of bands that hold about equally many of the values, each one of them."""
    seen = values[~np.isnan(values)]
    if not len(seen):
        return np.zeros(0)
    edges = np.unique(np.quantile(seen, np.arange(1, BANDS) / BANDS, method="lower"))
    return np.asarray(edges[edges < seen.max()])

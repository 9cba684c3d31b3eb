"""The strongest reasons of each case, in words: its value of a column, and what known cases like it did."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.core.cases import CaseColumn, Cases, Kind

REASONS = 3
LEAST = 0.05
"""The step in log-odds from which a column is a reason, a choice: it moves a probability of 50 % by one point."""
BANDS = 5
FEWEST = 10
"""Known cases with a value, or in a band, from which their share is named."""

Texts = npt.NDArray[np.object_]


def reasons(known: Cases, scored: Cases, contributions: pd.DataFrame, happened: str) -> Texts:
    """The reasons (n, 3) why the probability of a scored case is as high as it is, the strongest first, "" for fewer.

    contributions (n, sources): what each of the user's columns adds to the log-odds; happened: what the cases with
    outcome 1 did, such as "converted".
    """
    by_source = _first_of_source(scored)
    names = [name for name in contributions if name in by_source]
    moved = contributions[names].to_numpy(np.float64)
    order = np.argsort(-moved, axis=1, kind="stable")[:, :REASONS]
    strong = np.take_along_axis(moved, order, axis=1) >= LEAST
    found = np.full((len(scored), REASONS), "", object)
    rate = float((known.outcome == 1).mean()) if len(known) else 0.0
    for at, name in enumerate(names):
        rows, places = np.nonzero((order == at) & strong)
        if len(rows):
            column = by_source[str(name)]
            teller = _Sentences(column, known, rate, happened)
            found[rows, places] = teller.of(scored.features[column.name].iloc[rows])
    return found


def _first_of_source(cases: Cases) -> dict[str, CaseColumn]:
    """The first feature of each of the user's columns."""
    return {column.source: column for column in reversed(cases.columns)}


class _Sentences:
    """Sentences on values of one column."""

    def __init__(self, column: CaseColumn, known: Cases, rate: float, happened: str) -> None:
        self._column, self._rate, self._happened = column, rate, happened
        self._outcome = known.outcome == 1
        self._values = known.features[column.name]
        self._is_number = column.kind is Kind.NUMBER
        if self._is_number:
            numbers = self._values.to_numpy(np.float64)
            seen = numbers[~np.isnan(numbers)]
            steps = np.arange(1, BANDS) / BANDS
            self._edges: Reals = np.unique(np.quantile(seen, steps)) if len(seen) else np.zeros(0)

    def of(self, values: pd.Series[Any]) -> Texts:
        """A sentence for each value (m,); equal values, and numbers in one band that are written alike, share one."""
        keys = pd.Series(self._shown(values), dtype=object)
        bands, known = self._bands(values), self._bands(self._values)
        pairs = pd.MultiIndex.from_arrays([keys, bands])
        codes, distinct = pd.factorize(pairs)
        texts = [self._sentence(shown, self._outcome[known == band]) for shown, band in distinct]
        return np.array(texts, object)[codes]

    def _bands(self, values: pd.Series[Any]) -> npt.NDArray[Any]:
        """The band of each number, the text of any other value; -1 or "" where missing."""
        if not self._is_number:
            return _texts(values)
        numbers = values.to_numpy(np.float64)
        bands: Ints = np.searchsorted(self._edges, numbers, side="left").astype(np.int32)
        return np.where(np.isnan(numbers), -1, bands)

    def _shown(self, values: pd.Series[Any]) -> Texts:
        if self._column.kind is Kind.CATEGORY or self._column.kind is Kind.TEXT:
            return _texts(values)
        numbers = values.to_numpy(np.float64)
        if self._column.kind is Kind.FLAG:
            return np.where(np.isnan(numbers), "", np.where(numbers > 0, "yes", "no")).astype(object)
        codes, distinct = pd.factorize(numbers)
        texts = np.array([*(_number(value) for value in distinct), ""], object)
        return np.asarray(texts[codes], object)

    def _sentence(self, shown: str, like: Flags) -> str:
        name = self._column.name
        value = f"{name}: {shown}" if shown else f"{name} is not filled in"
        if len(like) < FEWEST:
            return value
        return f"{value} ({like.mean():.0%} of such cases {self._happened}, {self._rate:.0%} of all)"


def _texts(values: pd.Series[Any]) -> Texts:
    """The values as text, "" where missing."""
    return np.asarray(values.astype(object).where(values.notna(), "").map(str), object)


def _number(value: float) -> str:
    """Three digits that count, and no more than a reader needs: 3, 0.25, 12,000."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"

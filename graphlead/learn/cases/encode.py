"""Features of cases as matrices: fitted on the known rows of a training part, then applied to any rows.

A text column takes part by the numbers that are made of its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.deal import dealt
from graphlead.core.arrays import Floats, Ints, Json, Keys, Longs, Reals
from graphlead.core.cases import Cases, Kind
from graphlead.learn.cases.words import Words, with_words, words_of

LEVELS = 30
"""Levels of a category that stand for themselves, the most frequent ones; a choice."""
FEWEST = 5
"""Rows that a level needs to stand for itself; a choice."""
MISSING = "\x00"
"""The level of rows without a value: no text of a user holds it."""
TRUST = 20.0
"""Rows at the mean that are added to each level before its rate is taken; a choice."""
BINS = 10
"""Quantile bins of a number; a choice."""
INNER = 5
"""Folds in which the rates of a training part are cross-fitted; a choice."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number: its quantiles of a tenth each (inner edges, rising), and where some of its values were missing."""

    name: str
    source: str
    edges: tuple[float, ...]
    missing: bool


@dataclass(frozen=True, kw_only=True)
class Category:
    """A category: the levels that stand for themselves, and of one of many levels the log-odds of each, centred."""

    name: str
    source: str
    levels: tuple[str, ...]
    rates: Mapping[str, float] | None


@dataclass(frozen=True)
class Encoding:
    """What was learned of each feature of a training part."""

    numbers: tuple[Number, ...]
    categories: tuple[Category, ...]
    words: tuple[Words, ...] = ()

    @property
    def rated(self) -> tuple[Category, ...]:
        """The categories of many levels."""
        return tuple(category for category in self.categories if category.rates is not None)

    def apply(self, cases: Cases) -> Table:
        """These cases, any rows that have the same features, as matrices."""
        return self.table(with_words(cases, self.words))

    def table(self, cases: Cases) -> Table:
        """These cases, which have the features of their words already, as matrices."""
        frame = cases.features
        rates = [_rates(frame[each.name], each.rates or {}) for each in self.rated]
        return Table(
            encoding=self,
            numbers=_numbers(frame, self.numbers),
            codes=self._codes(frame),
            rates=_beside(rates, len(cases)),
            sequence=cases.sequence,
        )

    def _codes(self, frame: pd.DataFrame) -> Ints:
        codes = [
            pd.Index(each.levels).get_indexer(pd.Index(_text(frame[each.name]))) for each in self.categories
        ]
        return np.stack(codes, axis=1).astype(np.int32) if codes else np.zeros((len(frame), 0), np.int32)

    def raw_sources(self) -> list[str]:
        """The user's column behind each column of ``Table.raw``."""
        parts = (self.numbers, self.categories, self.rated)
        return [each.source for part in parts for each in part]

    def raw_kinds(self) -> list[str]:
        """The kind of each column of ``Table.raw``, as XGBoost calls it."""
        return ["q"] * len(self.numbers) + ["c"] * len(self.categories) + ["q"] * len(self.rated)

    def to_json(self) -> Json:
        numbers, categories = ([asdict(each) for each in part] for part in (self.numbers, self.categories))
        return {
            "numbers": numbers,
            "categories": categories,
            "words": [each.to_json() for each in self.words],
        }

    @classmethod
    def from_json(cls, content: Json) -> Encoding:
        numbers = (Number(**each | {"edges": tuple(each["edges"])}) for each in content["numbers"])
        categories = (Category(**each | {"levels": tuple(each["levels"])}) for each in content["categories"])
        words = (Words.from_json(each) for each in content["words"])
        return cls(tuple(numbers), tuple(categories), tuple(words))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Encoded rows: numbers (n, p) with NaN where missing, codes (n, q) with -1 for a rare level, rates (n, r).

    sequence: (n, steps, channels) as in Cases. groups: (n,) of a training part, a hash of each row's fold key.
    """

    encoding: Encoding
    numbers: Reals
    codes: Ints
    rates: Reals
    sequence: Floats | None = None
    groups: Keys | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    def bins(self) -> Ints:
        """The quantile bin (n, p) of each number, -1 where missing."""
        edges = [number.edges for number in self.encoding.numbers]
        found = [
            np.searchsorted(each, column, side="left")
            for each, column in zip(edges, self.numbers.T, strict=True)
        ]
        whole = np.stack(found, axis=1) if found else np.zeros((len(self), 0))
        return np.where(np.isnan(self.numbers), -1, whole).astype(np.int32)

    def raw(self) -> Floats:
        """Numbers, codes and rates side by side (n, p + q + r), NaN for missing values and rare levels."""
        codes = np.where(self.codes < 0, np.nan, self.codes)
        return np.hstack([self.numbers, codes, self.rates]).astype(np.float32)

    def rows(self, chosen: Longs) -> Table:
        """These rows, by position."""
        return replace(
            self,
            numbers=self.numbers[chosen],
            codes=self.codes[chosen],
            rates=self.rates[chosen],
            sequence=None if self.sequence is None else self.sequence[chosen],
            groups=None if self.groups is None else self.groups[chosen],
        )


def encoded(train: Cases, groups: Keys, seed: int) -> Table:
    """The encoding of a training part, all rows known, and the part itself with cross-fitted rates.

    groups: a hash (n,) of each row's fold key. A feature with one value alone takes no part.
    """
    words = words_of(train, groups, seed)
    train = with_words(train, words)
    varied = [each for each in train.columns if _varies(train.features[each.name])]
    frame, outcome = train.features, train.outcome.astype(np.float64)
    numbers = [
        _number(each.name, each.source, frame[each.name].to_numpy(np.float64))
        for each in varied
        if each.kind in (Kind.NUMBER, Kind.FLAG)
    ]
    categories = [
        _category(each.name, each.source, _text(frame[each.name]), outcome)
        for each in varied
        if each.kind is Kind.CATEGORY
    ]
    table = replace(Encoding(tuple(numbers), tuple(categories), words).table(train), groups=groups)
    inner = dealt(groups, INNER, "rates", seed)
    for place, category in enumerate(table.encoding.rated):
        table.rates[:, place] = _crossfitted(_text(frame[category.name]), outcome, inner)
    return table


def _varies(values: pd.Series[Any]) -> bool:
    return bool(values.nunique() + values.isna().any() > 1)


def _number(name: str, source: str, values: Reals) -> Number:
    seen = values[~np.isnan(values)]
    inner = np.quantile(seen, np.arange(1, BINS) / BINS, method="lower")
    edges = np.unique(inner[inner < seen.max()])
    return Number(name=name, source=source, edges=tuple(edges.tolist()), missing=len(seen) < len(values))


def _category(name: str, source: str, text: pd.Series[str], outcome: Reals) -> Category:
    counts = text.value_counts()
    levels = tuple(counts.index[counts >= FEWEST][:LEVELS])
    rates = _smoothed(text, outcome) if len(counts) > LEVELS else None
    return Category(name=name, source=source, levels=levels, rates=rates)


def _text(values: pd.Series[str]) -> pd.Series[str]:
    return values.where(values.notna(), MISSING).astype(str)


def _smoothed(text: pd.Series[str], outcome: Reals) -> dict[str, float]:
    """Log-odds of each level with more than one row, less those of all rows; a level of few rows is drawn to these."""
    mean = (outcome.sum() + 1) / (len(outcome) + 2)
    by = pd.Series(outcome).groupby(text.to_numpy()).agg(["sum", "size"])
    by = by[by["size"] > 1]
    rate = (by["sum"] + TRUST * mean) / (by["size"] + TRUST)
    odds = np.log(rate / (1 - rate)) - np.log(mean / (1 - mean))
    return dict(zip(map(str, by.index), odds.tolist(), strict=True))


def _crossfitted(text: pd.Series[str], outcome: Reals, inner: Ints) -> Reals:
    found = np.zeros(len(text))
    for fold in np.unique(inner):
        held = inner == fold
        found[held] = _rates(text[held], _smoothed(text[~held], outcome[~held]))
    return found


def _rates(values: pd.Series[str], rates: Mapping[str, float]) -> Reals:
    return np.asarray(_text(values).map(rates).fillna(0.0), np.float64)


def _numbers(frame: pd.DataFrame, numbers: tuple[Number, ...]) -> Reals:
    return frame[[each.name for each in numbers]].to_numpy(np.float64, copy=True)


def _beside(columns: list[Reals], rows: int) -> Reals:
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0))

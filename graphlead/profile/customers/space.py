"""Customers as points: every trait on a comparable scale, fitted once and applied to later customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json, Reals
from graphlead.core.cases import Kind
from graphlead.core.customers import Trait

SKEWED = 1.0
"""The skewness from which numbers of at least 0 are logged: half that of an exponential distribution. A choice."""
FARTHEST = 4.0
"""Standard deviations to which a number is cut: a typing error of a million is no segment of its own."""
LEAST_SPREAD = 0.3
"""Of a yes or no, the least deviation to divide by, that of one in ten: rarer ones would count more than numbers."""
MOST_LEVELS = 12
"""Levels of a category that are told apart, the most frequent ones; the rest is one level without a dimension."""
WIDE, MOST_COMPONENTS = 40, 20
"""Dimensions beyond which customers are looked at along so many principal components: distances among hundreds of
columns are all alike. A choice."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One trait on its scale.

    centres: subtracted, one a dimension; spread: divided by; logged: log1p comes before; fill: for a missing number;
    levels: of a category, each a dimension.
    """

    name: str
    kind: Kind
    logged: bool = False
    fill: float = 0.0
    centres: tuple[float, ...] = (0.0,)
    spread: float = 1.0
    levels: tuple[str, ...] = ()

    def scaled(self, values: pd.Series[Any]) -> Reals:
        """The dimensions (n, d) of this trait."""
        seen = self.unscaled(values)
        return np.asarray(np.clip((seen - np.array(self.centres)) / self.spread, -FARTHEST, FARTHEST))

    def unscaled(self, values: pd.Series[Any]) -> Reals:
        """The dimensions (n, d) before they are centred: the logarithm, or whether a category has a level."""
        if self.kind is Kind.CATEGORY:
            return np.asarray(values.to_numpy(object)[:, None] == np.array(self.levels, object), np.float64)
        numbers = values.fillna(self.fill).to_numpy(np.float64)
        return (np.log1p(np.maximum(numbers, 0)) if self.logged else numbers)[:, None]


@dataclass(frozen=True, kw_only=True)
class Space:
    """The scales of all traits, and where there are many, the principal components (d, p) that points lie along."""

    scales: tuple[Scale, ...]
    components: Reals | None

    def standardised(self, values: pd.DataFrame) -> Reals:
        """Every dimension (n, d) of every trait on its scale."""
        return np.hstack([scale.scaled(values[scale.name]) for scale in self.scales])

    def points(self, values: pd.DataFrame) -> Reals:
        """The customers (n, p) as clusters see them."""
        scaled = self.standardised(values)
        return scaled if self.components is None else scaled @ self.components

    @property
    def dimensions(self) -> list[tuple[str, str]]:
        """The trait and, of a category, the level of each dimension (d)."""
        return [(scale.name, level) for scale in self.scales for level in scale.levels or ("",)]

    def to_json(self) -> Json:
        components = None if self.components is None else self.components.tolist()
        return {"scales": [asdict(scale) for scale in self.scales], "components": components}


def space_of(content: Json) -> Space:
    """The space that ``to_json`` wrote."""
    tuples = ("centres", "levels")
    scales = tuple(
        Scale(**{**each, "kind": Kind(each["kind"]), **{name: tuple(each[name]) for name in tuples}})
        for each in content["scales"]
    )
    components = content["components"]
    return Space(scales=scales, components=None if components is None else np.array(components, np.float64))


def fit_space(traits: Sequence[Trait], values: pd.DataFrame) -> Space:
    """The space of these customers. Traits that are the same for all of them are left out."""
    scales = tuple(filter(None, (_scale(trait, values[trait.name]) for trait in traits)))
    space = Space(scales=scales, components=None)
    width = sum(len(scale.centres) for scale in scales)
    if width <= WIDE:
        return space
    return Space(scales=scales, components=principal(space.standardised(values), MOST_COMPONENTS))


def principal(points: Reals, count: int) -> Reals:
    """The first principal directions (d, count) of points (n, d), each with its largest loading positive."""
    centred = points - points.mean(0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    chosen = vectors[:, ::-1][:, :count]
    largest = np.abs(chosen).argmax(0)
    return np.asarray(chosen * np.sign(chosen[largest, np.arange(chosen.shape[1])]))


def _scale(trait: Trait, values: pd.Series[Any]) -> Scale | None:
    if trait.kind is Kind.CATEGORY:
        return _category(trait.name, values)
    known = values[np.isfinite(values)].to_numpy(np.float64)
    if not len(known) or known.min() == known.max():
        return None
    logged = bool(known.min() >= 0 and _skewness(known) > SKEWED) if trait.logged is None else trait.logged
    binary = bool(np.isin(known, (0, 1)).all())
    scale = Scale(
        name=trait.name, kind=trait.kind, logged=logged and not binary, fill=float(np.median(known))
    )
    seen = scale.unscaled(values)
    spread = max(float(seen.std()), LEAST_SPREAD) if binary else float(seen.std())
    return Scale(**{**vars(scale), "centres": (float(seen.mean()),), "spread": spread or 1.0})


def _skewness(values: Reals) -> float:
    centred = values - values.mean()
    return float((centred**3).mean() / (centred**2).mean() ** 1.5)


def _category(name: str, values: pd.Series[Any]) -> Scale | None:
    """A category with a dimension a level; all of its dimensions together vary as one number does."""
    counts = values.value_counts()
    if len(counts) < 2:
        return None
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))[:MOST_LEVELS]
    rates = counts[levels].to_numpy(np.float64) / len(values)
    spread = float(np.sqrt((rates * (1 - rates)).sum()))
    return Scale(
        name=name, kind=Kind.CATEGORY, centres=tuple(rates.tolist()), spread=spread, levels=tuple(levels)
    )

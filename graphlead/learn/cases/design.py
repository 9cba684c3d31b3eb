"""The columns of a linear model: numbers standardised, with steps at their quantiles; a column for each level."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from graphlead.core.arrays import Floats, Json, Reals
from graphlead.learn.cases.encode import Encoding, Table

CLIP = 4.0
"""Deviations at which a number is cut off, so that no outlier rules; a choice."""
SKEWED = 2.0
"""Skewness from which a number enters by its logarithm; a choice."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """What the columns of the design are made of.

    mean, deviation (p,): of each number, or of its logarithm where ``log`` (p,) is set. step: what a step at a
    quantile weighs beside a deviation, 0 for none and none for missing values. centre (d,): of the finished columns.
    """

    log: Reals
    mean: Reals
    deviation: Reals
    step: float
    centre: Floats

    def apply(self, table: Table) -> Floats:
        """The design (n, d) of any rows."""
        return np.asarray(_columns(table, self) - self.centre)

    def to_json(self) -> Json:
        return {name: value if name == "step" else value.tolist() for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, content: Json) -> Design:
        arrays = {name: np.asarray(content[name], np.float64) for name in ("log", "mean", "deviation")}
        return cls(step=content["step"], centre=np.asarray(content["centre"], np.float32), **arrays)


def design_of(table: Table, step: float) -> Design:
    """The design of a training part."""
    log = _skewed(table.numbers)
    numbers = np.ma.masked_invalid(_logged(table.numbers, log))
    mean, deviation = numbers.mean(axis=0).filled(0.0), numbers.std(axis=0).filled(1.0)
    raw = Design(
        log=log, mean=mean, deviation=np.maximum(deviation, 1e-9), step=step, centre=np.zeros(1, np.float32)
    )
    centre = _columns(table, raw).mean(axis=0, dtype=np.float64).astype(np.float32)
    return Design(log=log, mean=mean, deviation=raw.deviation, step=step, centre=centre)


def sources(encoding: Encoding, step: float) -> list[str]:
    """The user's column behind each column of the design."""
    found = [each.source for each in encoding.numbers]
    if step:
        found += [each.source for each in encoding.numbers if each.missing]
    found += [each.source for each in encoding.rated]
    found += [each.source for each in encoding.categories for _ in each.levels]
    if step:
        found += [each.source for each in encoding.numbers for _ in each.edges[_first(each.edges) :]]
    return found


def _first(edges: tuple[float, ...]) -> int:
    """Where the steps begin: a number of two values needs none."""
    return 0 if len(edges) > 1 else len(edges)


def _columns(table: Table, design: Design) -> Floats:
    encoding = table.encoding
    scaled = (_logged(table.numbers, design.log) - design.mean) / design.deviation
    parts = [np.nan_to_num(np.clip(scaled, -CLIP, CLIP))]
    if design.step:
        parts.append(np.isnan(table.numbers[:, [each.missing for each in encoding.numbers]]))
    parts.append(table.rates)
    parts += [
        codes[:, None] == np.arange(len(each.levels))
        for each, codes in zip(encoding.categories, table.codes.T, strict=True)
    ]
    if design.step:
        parts += [
            design.step * (column[:, None] > np.asarray(each.edges[_first(each.edges) :]))
            for each, column in zip(encoding.numbers, table.numbers.T, strict=True)
        ]
    return np.hstack([part.astype(np.float32) for part in parts])


def _skewed(numbers: Reals) -> Reals:
    with np.errstate(invalid="ignore"):
        plain, logged = (np.abs(_skewness(each)) for each in (numbers, _logged(numbers, 1.0)))
    return np.asarray((plain > SKEWED) & (logged < plain), np.float64)


def _skewness(numbers: Reals) -> Reals:
    known = np.ma.masked_invalid(numbers)
    away = known - known.mean(axis=0)
    return np.ma.filled((away**3).mean(axis=0) / np.maximum(known.std(axis=0), 1e-12) ** 3, 0.0)


def _logged(numbers: Reals, log: Reals | float) -> Reals:
    return np.where(log, np.sign(numbers) * np.log1p(np.abs(numbers)), numbers)

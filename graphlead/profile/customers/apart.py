"""What sets a segment apart from the other customers, by how far."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from graphlead.core.arrays import Flags, Json, Reals
from graphlead.core.cases import Kind
from graphlead.core.customers import Customers, Trait

MOST = 8
"""What is listed of a segment at most, the strongest first."""
SMALL = 0.2
"""The effect below which nothing sets a segment apart: Cohen's (1988) small one."""
MOST_LEVELS = 50


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is different in a segment.

    column: the trait; level: of a category, "" else; text: in plain words. effect: Cohen's d, the difference of the
    means over the common standard deviation, of logged numbers on their scale. inside, outside: the median of a number,
    the share of a level or of a yes.
    """

    column: str
    level: str
    text: str
    effect: float
    inside: float
    outside: float
    share: bool

    def to_json(self) -> Json:
        return asdict(self)


def differences(customers: Customers, segment: Flags) -> tuple[Difference, ...]:
    """What sets the customers of a segment (n,) apart from the others, the strongest first; none below SMALL."""
    found = [each for trait in customers.traits for each in _of_trait(customers, trait, segment)]
    notable = [each for each in found if abs(each.effect) >= SMALL]
    return tuple(sorted(notable, key=lambda each: (-abs(each.effect), each.column, each.level))[:MOST])


def _of_trait(customers: Customers, trait: Trait, segment: Flags) -> list[Difference]:
    values = customers.table[trait.name]
    if trait.kind is not Kind.CATEGORY:
        numbers = values.to_numpy(np.float64)
        binary = bool(np.isin(numbers[np.isfinite(numbers)], (0, 1)).all())
        return _compared(trait, "", numbers, segment, share=binary)
    held, counts = values.to_numpy(object), values.value_counts()
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))[:MOST_LEVELS]
    return [
        each
        for level in levels
        for each in _compared(trait, level, (held == level).astype(np.float64), segment, share=True)
    ]


def _compared(trait: Trait, level: str, numbers: Reals, segment: Flags, *, share: bool) -> list[Difference]:
    known = np.isfinite(numbers)
    inside, outside = numbers[known & segment], numbers[known & ~segment]
    if len(inside) < 2 or len(outside) < 2:
        return []
    logged = not share and (trait.logged or (trait.logged is None and min(inside.min(), outside.min()) >= 0))
    effect = cohens_d(*((np.log1p(np.maximum(each, 0)) if logged else each) for each in (inside, outside)))
    middle = np.mean if share else np.median
    return [
        Difference(
            column=trait.name,
            level=level,
            text=trait.words(effect, level),
            effect=effect,
            inside=float(middle(inside)),
            outside=float(middle(outside)),
            share=share,
        )
    ]


def cohens_d(inside: Reals, outside: Reals) -> float:
    """The difference of two means over the pooled standard deviation (Cohen 1988); 0 where nothing varies."""
    a, b = len(inside), len(outside)
    pooled = ((a - 1) * inside.var(ddof=1) + (b - 1) * outside.var(ddof=1)) / (a + b - 2)
    return float((inside.mean() - outside.mean()) / np.sqrt(pooled)) if pooled > 0 else 0.0

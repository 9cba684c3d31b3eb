"""The difference between two groups: rates of yes and no, or means of numbers, with interval and p-value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact, norm, t

from graphlead.core.arrays import Reals

LEVEL = 0.05
FEW = 10
"""Cases with, or without, the outcome in a group from which the normal approximation is used; a custom."""
_Z = float(norm.ppf(1 - LEVEL / 2))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A group of cases by its size, its mean, the variance of one case (with n - 1), and whether all are 0 or 1."""

    n: int
    mean: float
    variance: float
    binary: bool

    @property
    def hits(self) -> int:
        """Of a binary sample, the ones."""
        return round(self.n * self.mean)


@dataclass(frozen=True)
class Difference:
    """A difference of two means with its 95 % interval and the two-sided p-value; NaN where nothing can be stated."""

    lift: float
    low: float
    high: float
    p_value: float


def sample_of(values: Reals) -> Sample:
    """The sample of the values that are not NaN."""
    seen = values[~np.isnan(values)]
    n = len(seen)
    mean = float(seen.sum()) / n if n else math.nan
    variance = float(((seen - mean) ** 2).sum()) / (n - 1) if n > 1 else math.nan
    return Sample(n=n, mean=mean, variance=variance, binary=bool(((seen == 0) | (seen == 1)).all()))


def difference(treated: Sample, control: Sample) -> Difference:
    """How far the treated are above the control.

    Rates: the interval is the unpooled normal one and the test the pooled one of two proportions; where a group has
    fewer than ``FEW`` with or without the outcome, the interval is Newcombe's hybrid of Wilson's (1998, Statistics in
    Medicine 17, method 10) and the test Fisher's exact one. Numbers: Welch's interval and test.
    """
    lift = treated.mean - control.mean
    if min(treated.n, control.n) < 2:
        return Difference(lift, math.nan, math.nan, math.nan)
    if not (treated.binary and control.binary):
        return _welch(treated, control, lift)
    if min(_rarest(treated), _rarest(control)) < FEW:
        return _exact(treated, control, lift)
    half = _Z * math.sqrt(treated.variance / treated.n + control.variance / control.n)
    pooled = (treated.hits + control.hits) / (treated.n + control.n)
    error = math.sqrt(pooled * (1 - pooled) * (1 / treated.n + 1 / control.n))
    return Difference(lift, lift - half, lift + half, float(2 * norm.sf(abs(lift) / error)))


def interval_of(sample: Sample) -> tuple[float, float]:
    """The 95 % interval of the mean: Wilson's of a rate, Student's of numbers."""
    if sample.n < 2:
        return math.nan, math.nan
    if sample.binary:
        return wilson(sample)
    half = float(t.ppf(1 - LEVEL / 2, sample.n - 1)) * math.sqrt(sample.variance / sample.n)
    return sample.mean - half, sample.mean + half


def wilson(sample: Sample) -> tuple[float, float]:
    """Wilson's interval of a rate."""
    n, rate = sample.n, sample.mean
    middle, half = rate + _Z**2 / (2 * n), _Z * math.sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2))
    return max(0.0, (middle - half) / (1 + _Z**2 / n)), min(1.0, (middle + half) / (1 + _Z**2 / n))


def _rarest(sample: Sample) -> int:
    return min(sample.hits, sample.n - sample.hits)


def newcombe(treated: Sample, control: Sample) -> tuple[float, float]:
    """The interval of a difference of rates by Newcombe's method 10."""
    (low_t, high_t), (low_c, high_c) = wilson(treated), wilson(control)
    lift = treated.mean - control.mean
    low = lift - math.hypot(treated.mean - low_t, high_c - control.mean)
    return low, lift + math.hypot(high_t - treated.mean, control.mean - low_c)


def _exact(treated: Sample, control: Sample, lift: float) -> Difference:
    table = np.array([[each.hits, each.n - each.hits] for each in (treated, control)])
    return Difference(lift, *newcombe(treated, control), float(fisher_exact(table)[1]))


def _welch(treated: Sample, control: Sample, lift: float) -> Difference:
    parts = [each.variance / each.n for each in (treated, control)]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Difference(lift, lift, lift, 1.0 if lift == 0 else 0.0)
    spread = sum(part**2 / (each.n - 1) for part, each in zip(parts, (treated, control), strict=True))
    freedom = sum(parts) ** 2 / spread
    half = float(t.ppf(1 - LEVEL / 2, freedom)) * error
    return Difference(lift, lift - half, lift + half, float(2 * t.sf(abs(lift) / error, freedom)))


def holm(p_values: list[float]) -> list[float]:
    """The p-values of several comparisons, raised so that all together err in 5 % at most (Holm 1979); NaN stay."""
    known = [at for at, p in enumerate(p_values) if not math.isnan(p)]
    order = sorted(known, key=lambda at: p_values[at])
    raised, found, before = len(order), list(p_values), 0.0
    for at in order:
        before = max(before, min(1.0, raised * p_values[at]))
        found[at], raised = before, raised - 1
    return found

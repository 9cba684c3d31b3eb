"""The area under the ROC curve of cases, with its error, and the difference between two models on the same cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from graphlead.core.arrays import Flags, Reals
from graphlead.evaluate.metrics import Z95


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class _Placements:
    """DeLong's components: how many of the other outcome each positive (p,), and each negative (q,), is ahead of."""

    positive: Reals
    negative: Reals

    @property
    def auc(self) -> float:
        return float(self.positive.mean())


def auc(outcome: Flags, score: Reals) -> Estimate | None:
    """The AUC of the scores (n,), None with one outcome only (DeLong, DeLong and Clarke-Pearson 1988)."""
    found = _placements(outcome, score)
    if found is None:
        return None
    error = float(np.sqrt(_variance(found.positive) + _variance(found.negative)))
    return _within(found.auc, error, 0.0, 1.0)


def auc_difference(outcome: Flags, one: Reals, other: Reals) -> Estimate | None:
    """How much greater the AUC of the scores ``one`` (n,) is than that of the ``other``, None with one outcome only."""
    a, b = _placements(outcome, one), _placements(outcome, other)
    if a is None or b is None:
        return None
    error = np.sqrt(_variance(a.positive - b.positive) + _variance(a.negative - b.negative))
    return _within(a.auc - b.auc, float(error), -1.0, 1.0)


def _placements(outcome: Flags, score: Reals) -> _Placements | None:
    positive, negative = score[outcome], score[~outcome]
    if not len(positive) or not len(negative):
        return None
    ranks = rankdata(np.concatenate([positive, negative]))
    ahead = (ranks[: len(positive)] - rankdata(positive)) / len(negative)
    behind = 1 - (ranks[len(positive) :] - rankdata(negative)) / len(positive)
    return _Placements(ahead, behind)


def _variance(values: Reals) -> float:
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def _within(value: float, error: float, lowest: float, highest: float) -> Estimate:
    return Estimate(value, max(value - Z95 * error, lowest), min(value + Z95 * error, highest))

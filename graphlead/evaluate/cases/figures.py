"""The figures of probabilities on held-out cases, as metrics.json has them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import average_precision_score

from graphlead.core.arrays import Flags, Json, Reals
from graphlead.core.cases import Outcomes
from graphlead.evaluate.cases.auc import auc
from graphlead.evaluate.cases.concordance import concordance
from graphlead.evaluate.metrics import Z95

BINS = 10
TOP = 0.2
STEPS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""The thresholds of the table."""


def model_row(name: str, outcome: Outcomes, probability: Reals) -> Json:
    """The figures of one model: its name, AUC and accuracy with 95 % intervals, AP, Brier score, ECE, lift of 20 %.

    outcome, probability: (n,). None stands for what cannot be computed, such as an AUC of one outcome.
    """
    positive = outcome == 1
    area = auc(positive, probability)
    right = float((positive == (probability >= 0.5)).mean())
    low, high = wilson(right, len(outcome))
    return {
        "model": name,
        "auc": area and area.value,
        "auc_low": area and area.low,
        "auc_high": area and area.high,
        "ap": average_precision(positive, probability),
        "accuracy": right,
        "accuracy_low": low,
        "accuracy_high": high,
        "brier": float(((probability - positive) ** 2).mean()),
        "ece": calibration_error(positive, probability),
        "lift_20": lift(positive, probability),
    }


def heldout_row(outcome: Outcomes, probability: Reals, threshold: float) -> Json:
    """What may be expected on open cases: AUC, AP, ECE, lift of 20 %, precision and recall at the threshold."""
    positive = outcome == 1
    area = auc(positive, probability)
    listed = probability >= threshold
    return {
        "auc": area and area.value,
        "ap": average_precision(positive, probability),
        "ece": calibration_error(positive, probability),
        "lift_20": lift(positive, probability),
        "precision_at_threshold": _share(positive[listed]),
        "recall_at_threshold": _share(listed[positive]),
    }


def thresholds(
    outcome: Outcomes, probability: Reals, cost: float | None = None, gain: float | Reals | None = None
) -> list[Json]:
    """For each of STEPS the cases at or over it, their precision and recall, and their value.

    cost: of working one case; gain: what a hit is worth, for all or (n,) for each case, where NaN counts as the mean of
    the others. Without a gain no value is known.
    """
    positive = outcome == 1
    worth = None if gain is None else np.broadcast_to(np.nan_to_num(gain, nan=_mean(gain)), len(outcome))
    return [_at(step, positive, probability, cost or 0.0, worth) for step in STEPS]


def calibration(outcome: Outcomes, probability: Reals) -> list[Json]:
    """Ten bins of equal size, by probability: the mean probability, the share that happened, and the cases in each."""
    order = np.argsort(probability, kind="stable")
    bins = [each for each in np.array_split(order, BINS) if len(each)]
    return [
        {
            "promised": float(probability[each].mean()),
            "happened": float((outcome[each] == 1).mean()),
            "cases": len(each),
        }
        for each in bins
    ]


def average_precision(positive: Flags, probability: Reals) -> float | None:
    return float(average_precision_score(positive, probability)) if positive.any() else None


def calibration_error(positive: Flags, probability: Reals) -> float:
    """The mean distance, over ten bins of equal size, between what was promised and what happened."""
    bins = calibration(positive.astype(np.int8), probability)
    away = [each["cases"] * abs(each["promised"] - each["happened"]) for each in bins]
    return float(sum(away)) / max(len(positive), 1)


def lift(positive: Flags, probability: Reals, share: float = TOP) -> float | None:
    """How many times as many positives the first ``share`` of the cases has as any of that size."""
    first = np.argsort(-probability, kind="stable")[: max(1, int(len(positive) * share))]
    return float(positive[first].mean() / positive.mean()) if positive.any() else None


def c_index(time: Reals, ended: Flags, risk: Reals) -> float | None:
    """Harrell's C of the risks, None where no two cases can be compared."""
    found = concordance(time, ended, risk)
    return None if math.isnan(found) else found


def _at(step: float, positive: Flags, probability: Reals, cost: float, worth: Reals | None) -> Json:
    listed = probability >= step
    cases = int(listed.sum())
    return {
        "threshold": step,
        "cases": cases,
        "precision": _share(positive[listed]),
        "recall": _share(listed[positive]),
        "value": None if worth is None else float(worth[listed & positive].sum()) - cost * cases,
    }


def _mean(values: float | Reals) -> float:
    known = np.atleast_1d(values)[~np.isnan(np.atleast_1d(values))]
    return float(known.mean()) if len(known) else 0.0


def _share(flags: Flags | Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if len(flags) else None


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z2 = Z95**2
    centre, spread = share + z2 / (2 * n), Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max((centre - spread) / (1 + z2 / n), 0.0), min((centre + spread) / (1 + z2 / n), 1.0)

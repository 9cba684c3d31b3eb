"""What was predicted of cases, against what happened to them."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Json, Reals
from graphlead.evaluate.cases.figures import BINS, wilson
from graphlead.evaluate.metrics import Z95


def happened_of(probability: Reals, happened: Flags) -> Json:
    """Predicted against happened, over all and by tenths of the cases, those with the lowest probability first.

    probability, happened: (n,), n at least 1. bins: predicted (the mean probability), happened (the share) with its
    95 % interval low to high (Wilson 1927), n. ece: the mean distance of the two over the bins, weighted by cases.
    expected and happened: counts; as_expected: whether they differ by no more than chance, where every case happens
    with its own probability.
    """
    order = np.argsort(probability, kind="stable")
    bins = [_bin(probability[at], happened[at]) for at in np.array_split(order, BINS) if len(at)]
    n, expected, count = len(probability), float(probability.sum()), int(happened.sum())
    spread = float(np.sqrt((probability * (1 - probability)).sum()))
    as_expected = abs(count - expected) <= Z95 * spread
    return {
        "n": n,
        "expected": expected,
        "happened": count,
        "as_expected": as_expected,
        "ece": sum(each["n"] * abs(each["predicted"] - each["happened"]) for each in bins) / n,
        "bins": bins,
    }


def _bin(probability: Reals, happened: Flags) -> Json:
    share = float(happened.mean())
    low, high = wilson(share, len(happened))
    return {
        "predicted": float(probability.mean()),
        "happened": share,
        "n": len(happened),
        "low": low,
        "high": high,
    }

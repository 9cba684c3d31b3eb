"""What one feature alone tells of the outcome, without any model."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from graphlead.common.deal import dealt
from graphlead.core.arrays import Folds, Longs
from graphlead.core.cases import Cases, Kind

FOLDS = 5
BINS = 20
"""Bins of equal size that numbers are cut into, a choice: each has 5 % of the cases."""

Outcome = npt.NDArray[np.int8]


def folds_of(cases: Cases) -> Folds:
    """The fold (n,) of each case, dealt by its group."""
    groups, place = np.unique(cases.group.view(np.uint64), return_inverse=True)
    return dealt(groups, FOLDS, "late").astype(np.int8)[place]


def alone(values: pd.Series[Any], kind: Kind, outcome: Outcome, fold: Folds) -> float:
    """The AUC of the rates of a feature's values (of bins of numbers), each fold ranked by the rates of the others.

    A number is also tried as it is; the better counts. outcome: (n,) of 0 and 1.
    """
    found = _auc(outcome, _rates(_codes(values, kind), outcome, fold))
    if kind is not Kind.NUMBER:
        return found
    numbers = values.to_numpy(np.float64)
    filled = np.isfinite(numbers)
    plain = _auc(outcome, np.where(filled, numbers, np.median(numbers[filled]) if filled.any() else 0.0))
    return max(found, plain, 1 - plain)


def _codes(values: pd.Series[Any], kind: Kind) -> Longs:
    """A number from 0 for each value or bin; missing is one of its own."""
    if kind is Kind.TEXT:
        return values.notna().to_numpy().astype(np.int64)
    binned = kind is Kind.NUMBER and values.nunique() > BINS
    codes, _ = pd.factorize(values.rank(pct=True) * BINS // 1 if binned else values)
    return codes.astype(np.int64) + 1


def _rates(codes: Longs, outcome: Outcome, fold: Folds) -> npt.NDArray[np.float64]:
    """The rate of each case's code in the other folds, drawn towards that of all cases by one case."""
    shape = int(codes.max(initial=0)) + 1, FOLDS
    place = codes * FOLDS + fold
    cases = np.bincount(place, minlength=shape[0] * FOLDS).reshape(shape)
    won = np.bincount(place, weights=outcome, minlength=shape[0] * FOLDS).reshape(shape)
    others, others_won = cases.sum(axis=1, keepdims=True) - cases, won.sum(axis=1, keepdims=True) - won
    rate: npt.NDArray[np.float64] = (others_won + outcome.mean()) / (others + 1)
    return rate[codes, fold]


def _auc(outcome: Outcome, score: npt.NDArray[np.float64]) -> float:
    return float(roc_auc_score(outcome, score))

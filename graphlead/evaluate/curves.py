"""Lift curves: recall of a call list of any length."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Reals
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import cuts
from graphlead.evaluate.positions import Positions, Resamples, positions, resample

POINTS = 60
"""Lengths of a list, evenly spaced in their logarithm; a choice: enough for a smooth curve in the report."""

SHORTEST = 10
"""The shortest list; in shorter ones there are too few held-out clients to measure by."""

COLUMNS = ["split", "ranker", "length", "share", "recall", "low", "high"]


def lift_curves(results: Sequence[HeldOut], seed: int) -> pd.DataFrame:
    """One row per (split, ranker, length of the list), lengths rising.

    length: companies on the list; share: of the unlabelled companies, in (0, 1]. recall: the share of the held-out
    clients on it, with its 95 % bootstrap interval low, high; a random order has recall = share. With the same results
    and seed, recall and its interval equal the metrics recall@1%, recall@top 100 and so on of ``evaluate``.
    """
    parts: list[pd.DataFrame] = []
    for i, result in enumerate(results):
        of = partial(_of_ranker, result, resample(result, seed + i))
        parts += side_by_side(of, list(result.scores))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def _of_ranker(result: HeldOut, resamples: Resamples, ranker: str) -> pd.DataFrame:
    at = positions(result, result.scores[ranker], resamples)
    shares = shares_of(at.n_unlabelled)
    curve = _curve(shares, recall_at(at, resamples, shares))
    return curve.assign(split=result.split, ranker=ranker, length=shares * at.n_unlabelled)


def shares_of(n_unlabelled: int) -> Reals:
    """The lengths as rising shares of the unlabelled, those of the metrics among them, the last 1."""
    lengths = np.round(np.geomspace(min(SHORTEST, n_unlabelled), n_unlabelled, POINTS))
    return np.union1d(lengths / n_unlabelled, list(cuts(n_unlabelled).values()))


def recall_at(at: Positions, resamples: Resamples, shares: Reals) -> Reals:
    """Recall at each of these rising shares, (resamples, shares)."""
    tied = (at.high > at.low).any(axis=0)
    found = _found_untied(at.low[:, ~tied], resamples.clients[:, ~tied], shares)
    if tied.any():
        ties = Positions(at.low[:, tied], at.high[:, tied], at.n_unlabelled)
        weights = resamples.clients[:, tied]
        found += np.stack([(ties.found(share) * weights).sum(axis=1) for share in shares], axis=1)
    recall: Reals = found / resamples.clients.sum(axis=1, keepdims=True)
    return recall


def _found_untied(low: Reals, weights: Reals, shares: Reals) -> Reals:
    """The weight of the clients within each share, (r, shares), in one pass."""
    r, bins = len(low), len(shares) + 1
    first = np.searchsorted(shares, low, "right") + bins * np.arange(r)[:, None]
    counted = np.bincount(first.ravel(), weights.ravel(), minlength=r * bins).astype(np.float64)
    return np.cumsum(counted.reshape(r, bins), axis=1)[:, :-1]


def _curve(shares: Reals, recall: Reals) -> pd.DataFrame:
    low, high = np.percentile(recall[1:], (2.5, 97.5), axis=0)
    interval = {"low": np.minimum(low, recall[0]), "high": np.maximum(high, recall[0])}
    return pd.DataFrame({"share": shares, "recall": recall[0], **interval})

"""Metrics of a ranker on held-out clients, each with its 95 % bootstrap interval.

Series hold one value per resample, the first that of the sample itself. The models are fixed: the variation from
retraining is not in the intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Reals
from graphlead.evaluate.positions import Positions, Resamples

SHARES = (0.01, 0.05, 0.10)
TOPS = (100, 500)
"""Lengths of a list that are reported: shares of the unlabelled, and numbers of calls a sales team makes."""

Prior = tuple[float, float, float]
Interval = tuple[float, float, float]
"""A value with the low and high end of its 95 % interval."""

Z95 = 1.959964
"""Standard errors on each side of a 95 % interval."""


def cuts(n_unlabelled: int) -> dict[str, float]:
    """The reported lists by name, "1%" ... "top 500", as shares of the unlabelled."""
    shares = {f"{share:.0%}": share for share in SHARES}
    tops = {f"top {n}": min(1.0, n / n_unlabelled) for n in TOPS}
    return shares | tops


def draw_prior(prior: Prior, draws: int, seed: int) -> Reals:
    """Priors (1 + draws,): the point, then draws from a two-piece log-normal with that 95 % interval."""
    low, point, high = prior
    z = np.random.default_rng(seed).standard_normal(draws) / Z95
    drawn: Reals = point * np.exp(np.where(z < 0, z * np.log(point / low), z * np.log(high / point)))
    return np.concatenate([[point], np.minimum(drawn, 0.99)])


def interval(series: Reals) -> Interval:
    """The first entry with the 2.5th and 97.5th percentile of the others, widened to contain it."""
    value = float(series[0])
    low, high = np.percentile(series[1:], (2.5, 97.5))
    return value, min(value, float(low)), max(value, float(high))


def measure(positions: Positions, resamples: Resamples, prior: Prior, seed: int) -> dict[str, Interval]:
    """Every metric of one ranker on one split.

    recall@CUT: share of the held-out clients in the list; lift@CUT: recall over the share of companies in the list.
    ap, auc: held-out clients against unlabelled, as if these were all negatives. auc_true, f1,
    f1_precision, f1_recall, lee_liu: see ``true_auc`` and ``best_threshold``. The intervals of metrics that depend
    on the prior include its uncertainty.
    """
    priors = draw_prior(prior, len(resamples) - 1, seed)
    series: dict[str, Reals] = {}
    for cut, share in cuts(positions.n_unlabelled).items():
        found = recall(positions, resamples, share)
        series[f"recall@{cut}"] = found
        series[f"lift@{cut}"] = found / share
    curve = from_the_top(positions, resamples)
    series["ap"] = average_precision(curve)
    series["auc"] = auc(positions, resamples)
    series["auc_true"] = true_auc(series["auc"], priors)
    series |= best_threshold(curve, priors)
    return {metric: interval(values) for metric, values in series.items()}


def recall(positions: Positions, resamples: Resamples, share: float) -> Reals:
    """Share of the held-out clients within the top ``share`` of the list."""
    return _mean(positions.found(share), resamples)


def auc(positions: Positions, resamples: Resamples) -> Reals:
    """The chance that a held-out client ranks before an unlabelled company, ties counted half."""
    return 1 - _mean(positions.middle(), resamples)


def true_auc(auc_pu: Reals, prior: Reals) -> Reals:
    """AUC against true negatives, given that a share ``prior`` of the unlabelled are clients-to-be.

    Jain, White & Radivojac (2017), Recovering true classifier performance in positive-unlabeled learning:
    against a hidden positive a client wins half the time, so AUC_pu = (1 - prior) AUC + prior / 2.
    """
    return np.clip((auc_pu - prior / 2) / (1 - prior), 0, 1)


@dataclass(frozen=True)
class Curve:
    """The held-out clients from the top of the list down, in every resample.

    places (r, P): the share of the unlabelled ahead, rising along the row; drawn (r, P): each client's weight.
    """

    places: Reals
    drawn: Reals
    n_unlabelled: int


def from_the_top(positions: Positions, resamples: Resamples) -> Curve:
    """The clients in each resample's order; presorting by the sample's, nearly the same, makes the sort fast."""
    spread = positions.spread()
    about = np.argsort(spread[0], kind="stable")
    spread, drawn = spread[:, about], resamples.clients[:, about]
    order = np.argsort(spread, axis=1, kind="stable")
    places = np.take_along_axis(spread, order, 1)
    return Curve(places, np.take_along_axis(drawn, order, 1), positions.n_unlabelled)


def average_precision(curve: Curve) -> Reals:
    """Average precision (r,): mean over held-out clients of the precision of the list down to each."""
    found = np.cumsum(curve.drawn, axis=1)
    n = found.shape[1]
    # Weights are rescaled to sum to n, so that clients and unlabelled companies count alike.
    precision = found * n / (found * n + curve.places * curve.n_unlabelled * found[:, -1:])
    average: Reals = (curve.drawn * precision).sum(axis=1) / found[:, -1]
    return average


def best_threshold(curve: Curve, priors: Reals) -> dict[str, Reals]:
    """F1, precision and recall at the threshold with the best estimated F1, and Lee & Liu's criterion there.

    With recall r and a share q of the unlabelled above the threshold, F1 = 2 prior r / (prior + q). ``lee_liu`` is
    r^2 / q, which needs no prior: Lee & Liu (2003), Learning with positive and unlabeled examples using weighted
    logistic regression.
    """
    taken = np.maximum(curve.places, 1 / curve.n_unlabelled)
    found = np.cumsum(curve.drawn, axis=1)
    found /= found[:, -1:]
    prior = priors[:, None]
    f1 = 2 * prior * found / (prior + np.maximum(taken, prior * found))
    best = np.argmax(f1, axis=1)[:, None]
    r, q = (np.take_along_axis(curve, best, 1)[:, 0] for curve in (found, taken))
    return {
        "f1": np.take_along_axis(f1, best, 1)[:, 0],
        "f1_precision": np.minimum(1, priors * r / q),
        "f1_recall": r,
        "lee_liu": r**2 / q,
    }


def _mean(values: Reals, resamples: Resamples) -> Reals:
    """Weighted mean over the clients (r,) of values (r, P)."""
    mean: Reals = (values * resamples.clients).sum(axis=1) / resamples.clients.sum(axis=1)
    return mean

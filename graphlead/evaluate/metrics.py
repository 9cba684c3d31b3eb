"""What a ranker is worth on held-out clients, each figure with its 95 % bootstrap interval.

The clients are resampled, the unlabelled companies are not: every figure here depends on the unlabelled only
through the places of the clients among them, and with far more unlabelled than held-out clients the error
of those places is negligible beside that of having so few clients. The models are taken as they are; what
another training run would change is not in the intervals.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from graphlead.evaluate.heldout import Positions, Reals

RESAMPLES = 200
SHARES = (0.01, 0.05, 0.10)
TOPS = (100, 500)

Weights = npt.NDArray[np.uint8]
Prior = tuple[float, float, float]
Interval = tuple[float, float, float]
"""A value with the low and high end of its 95 % interval."""

_BLOCK = 4_000_000
_Z95 = 1.959964


def cuts(n_unlabelled: int) -> dict[str, float]:
    """The lists looked at, by name: "1%" ... "top 500", as shares of the unlabelled."""
    shares = {f"{share:.0%}": share for share in SHARES}
    tops = {f"top {n}": min(1.0, n / n_unlabelled) for n in TOPS}
    return shares | tops


def resample(n: int, seed: int) -> Weights:
    """How often each of n clients is drawn, shape (1 + RESAMPLES, n); the first row is the sample itself."""
    rng = np.random.default_rng(seed)
    draws = [np.bincount(rng.integers(n, size=n), minlength=n).astype(np.uint8) for _ in range(RESAMPLES)]
    return np.stack([np.ones(n, np.uint8), *draws])


def draw_prior(prior: Prior, seed: int) -> Reals:
    """Priors (1 + RESAMPLES,): the point, then draws from a two-piece log-normal with that interval."""
    low, point, high = prior
    z = np.random.default_rng(seed).standard_normal(RESAMPLES) / _Z95
    drawn: Reals = point * np.exp(np.where(z < 0, z * np.log(point / low), z * np.log(high / point)))
    return np.concatenate([[point], np.minimum(drawn, 0.99)])


def interval(series: Reals) -> Interval:
    """The first entry with the 2.5th and 97.5th percentile of the others, widened to hold it."""
    value = float(series[0])
    low, high = np.percentile(series[1:], (2.5, 97.5))
    return value, min(value, float(low)), max(value, float(high))


def measure(positions: Positions, weights: Weights, priors: Reals) -> dict[str, Interval]:
    """Every metric of one ranker on one split.

    recall@CUT: share of the held-out clients in the list; lift@CUT: recall over the share of companies in the
    list; precision@CUT: estimated share of clients-to-be in it, recall * prior / share, at most 1.
    ap, auc: held-out clients against unlabelled, as if these were all negatives. auc_true, f1, f1_precision,
    f1_recall, lee_liu: see ``true_auc`` and ``best_threshold``.
    """
    series: dict[str, Reals] = {}
    shares = cuts(positions.n_unlabelled)
    recalls = recall(positions, weights, tuple(shares.values()))
    for (cut, share), found in zip(shares.items(), recalls, strict=True):
        series[f"recall@{cut}"] = found
        series[f"lift@{cut}"] = found / share
        series[f"precision@{cut}"] = np.minimum(1, found * priors / share)
    series["ap"] = average_precision(positions, weights)
    series["auc"] = auc(positions, weights)
    series["auc_true"] = true_auc(series["auc"], priors)
    series |= best_threshold(positions, weights, priors)
    return {metric: interval(values) for metric, values in series.items()}


def recall(positions: Positions, weights: Weights, shares: tuple[float, ...]) -> Reals:
    """Share of the held-out clients within each top share, shape (shares, 1 + RESAMPLES)."""
    found = np.stack([positions.found(share) for share in shares], axis=1)
    return _means(weights, found).T


def auc(positions: Positions, weights: Weights) -> Reals:
    """The chance of a held-out client to be ranked before an unlabelled company, ties half."""
    return 1 - _means(weights, positions.middle()[:, None])[:, 0]


def true_auc(auc_pu: Reals, prior: Reals) -> Reals:
    """AUC against true negatives, given that a share ``prior`` of the unlabelled are clients-to-be.

    Jain, White & Radivojac (2017), Recovering true classifier performance in positive-unlabeled learning:
    against a hidden positive a client wins half the time, so AUC_pu = (1 - prior) AUC + prior / 2.
    """
    return np.clip((auc_pu - prior / 2) / (1 - prior), 0, 1)


def average_precision(positions: Positions, weights: Weights) -> Reals:
    """Mean over held-out clients of the share of held-out clients in the list down to them."""
    places = positions.spread()
    order = np.argsort(places, kind="stable")
    ahead = places[order] * positions.n_unlabelled
    parts = []
    for block in _blocks(weights):
        drawn = block[:, order]
        found = np.cumsum(drawn, axis=1)
        parts.append((drawn * found / np.maximum(found + ahead, 1e-12)).sum(axis=1) / len(order))
    return np.concatenate(parts)


def best_threshold(positions: Positions, weights: Weights, priors: Reals) -> dict[str, Reals]:
    """F1, precision and recall where the estimated F1 is best, and Lee & Liu's criterion there.

    With recall r and a share q of the unlabelled taken, F1 = 2 prior r / (prior + q). ``lee_liu`` is r^2 / q,
    which needs no prior: Lee & Liu (2003), Learning with positive and unlabeled examples using weighted
    logistic regression.
    """
    places = positions.spread()
    order = np.argsort(places, kind="stable")
    taken = np.maximum(places[order], 1 / positions.n_unlabelled)
    parts, done = [], 0
    for block in _blocks(weights):
        prior = priors[done : done + len(block), None]
        done += len(block)
        found = np.cumsum(block[:, order], axis=1) / len(order)
        f1 = 2 * prior * found / (prior + np.maximum(taken, prior * found))
        best = np.argmax(f1, axis=1)[:, None]
        r, q = np.take_along_axis(found, best, 1)[:, 0], taken[best[:, 0]]
        precision = np.minimum(1, prior[:, 0] * r / q)
        parts.append((np.take_along_axis(f1, best, 1)[:, 0], precision, r, r**2 / q))
    names = ("f1", "f1_precision", "f1_recall", "lee_liu")
    return {
        name: np.concatenate(series) for name, series in zip(names, zip(*parts, strict=True), strict=True)
    }


def _means(weights: Weights, values: Reals) -> Reals:
    """Weighted means of each column of ``values`` (n, c) by each row of ``weights`` (b, n), shape (b, c)."""
    return np.concatenate([block @ values for block in _blocks(weights)]) / len(values)


def _blocks(weights: Weights) -> Iterator[Reals]:
    """The rows of ``weights`` as floats, a bounded number of entries at a time."""
    rows = max(1, _BLOCK // weights.shape[1])
    for start in range(0, len(weights), rows):
        yield weights[start : start + rows].astype(np.float64)

"""The prior: the share of the unlabelled companies that are clients-to-be, estimated from held-out scores."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import beta

from graphlead.core.arrays import Floats, Longs, Reals
from graphlead.core.errors import CarrierError

Counts = Longs

HIGHEST = 0.9
"""The highest prior reported: beyond, there are hardly any negatives to rank against."""

CONFIDENCE = 0.98
"""One-sided confidence of each of the two shares in a bound's ratio: together at least 96 %."""

_LEVELS = np.concatenate([[0.02, 0.04, 0.06, 0.09], np.linspace(0.12, 0.96, 22)])
"""Quantiles of the positives that cut the bins, finer at the top, where the ratio falls fastest."""

RANGE = 100
"""The factor below the upper bound down to which priors are considered; a choice: data do not bound it."""

_SEPARATION = np.linspace(-0.5, 7, 61)
_SPREAD = np.geomspace(1 / 2, 2, 13)
"""The grid of binormal ROC curves: positives' mean above the negatives', and their ratio of spreads."""

_USUAL_SPREAD = 0.2
"""Standard deviation of the log of that ratio, a prior: equal spreads are likeliest, extremes would fit noise."""


def estimate_prior(
    positive_scores: Floats, unlabelled_scores: Floats, seed: int
) -> tuple[float, float, float]:
    """Low, point and high share of positives among the unlabelled, 0 < low <= point <= high <= 0.9.

    positive_scores (P,), unlabelled_scores (U,): by models that trained on none of them, on one scale; only
    their order counts, ties are broken at random by ``seed``. The positives are assumed to be like the hidden
    ones. Raises CarrierError with fewer than two scores of a kind.

    The scores alone determine only an upper bound: every company that looks like a client may be one. It is
    ``high``: the least ratio of unlabelled to positives above a threshold, with exact binomial confidence
    (best bin estimation: Garg et al. 2021, Mixture proportion estimation and PU learning: a modern approach).
    ``point`` and ``low`` also use how fast that ratio still falls towards the top: the profile likelihood of
    a binormal ROC curve (Metz 1978) of positives against negatives, with a log-uniform prior from a hundredth
    of ``high`` to ``high``. Where positives and negatives overlap even at the top, the interval is that wide
    and ``point`` lies near a tenth of ``high``.
    """
    if len(positive_scores) < 2 or len(unlabelled_scores) < 2:
        raise CarrierError("estimate_prior: expected at least two scores of each kind.")
    above = _unlabelled_above(positive_scores, unlabelled_scores, seed)
    n = len(unlabelled_scores)
    least, bound = _bounds(above, n)
    high = min(bound, HIGHEST)
    priors = np.geomspace(high / RANGE, high, 80)
    chance = _profile(above, n, priors)
    cumulative = np.cumsum(chance) / chance.sum()
    low, point = np.interp((0.025, 0.5), cumulative, priors).tolist()
    return min(low, max(least, high / RANGE)), point, high


def _unlabelled_above(positive: Floats, unlabelled: Floats, seed: int) -> Counts:
    """How many unlabelled rank above the best positive, the second best, and so on, (P,)."""
    pooled = -np.concatenate([positive, unlabelled])
    shuffled = np.random.default_rng(seed).permutation(len(pooled))
    order = shuffled[np.argsort(pooled[shuffled], kind="stable")]
    ranks = np.flatnonzero(order < len(positive))
    return ranks - np.arange(len(positive))


def _bounds(above: Counts, n: int) -> tuple[float, float]:
    """Lower and upper bound of the least ratio of unlabelled to positives above a threshold."""
    n_pos = len(above)
    k = np.unique(np.geomspace(min(5, n_pos), n_pos, 24).astype(np.int64))
    taken = above[k - 1]
    upper = _upper_bound(taken, n) / _lower_bound(k, n_pos)
    lower = _lower_bound(taken, n) / _upper_bound(k, n_pos)
    return float(lower[10 * k >= n_pos].min()), float(upper.min())


def _upper_bound(count: Counts, n: int) -> Reals:
    """Clopper-Pearson upper bound of a share, given ``count`` of n."""
    bound = np.asarray(beta.ppf(CONFIDENCE, count + 1, np.maximum(n - count, 1)))
    return np.where(count < n, bound, 1.0)


def _lower_bound(count: Counts, n: int) -> Reals:
    """Clopper-Pearson lower bound of a share, given ``count`` of n."""
    bound = np.asarray(beta.ppf(1 - CONFIDENCE, np.maximum(count, 1), n - count + 1))
    return np.where(count > 0, bound, 0.0)


def _profile(above: Counts, n: int, priors: Reals) -> Reals:
    """Profile likelihood of each prior relative to the best: at the binormal ROC curve that fits it best.

    Companies are binned at quantiles of the positives. The likelihood is that of the labels given the bins, so
    that the sampling error of the positives counts as well as that of the unlabelled.
    """
    n_pos = len(above)
    k = np.unique(np.maximum(3, (_LEVELS * n_pos).astype(np.int64)))
    k = k[k < n_pos]
    pos = np.diff(np.concatenate([[0], k, [n_pos]]))
    unl = np.diff(np.concatenate([[0], above[k - 1], [n]]))
    # The share of the negatives above the threshold that the share k / P of the positives is above.
    z = ndtri(k / n_pos)
    inner = ndtr(_SPREAD[:, None] * z - _SEPARATION[:, None, None])
    negatives = np.diff(inner, axis=-1, prepend=0.0, append=1.0)
    unusual = (np.log(_SPREAD) / _USUAL_SPREAD) ** 2 / 2
    best = [(_log_likelihood(pos, unl, prior, negatives) - unusual).max() for prior in priors]
    relative: Reals = np.exp(np.array(best) - max(best))
    return relative


def _log_likelihood(pos: Counts, unl: Counts, prior: float, negatives: Reals) -> Reals:
    """Log likelihood of the labels given the bins, per curve: negatives (..., bins) are their shares by bin."""
    positives = pos / pos.sum()
    mixture = prior * positives + (1 - prior) * np.maximum(negatives, 1e-12)
    labelled = np.log(pos.sum() * positives / (unl.sum() * mixture))
    likelihood: Reals = (pos * labelled - (pos + unl) * np.logaddexp(0, labelled)).sum(axis=-1)
    return likelihood

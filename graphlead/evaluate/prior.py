"""The prior: the share of the unlabelled companies that are clients-to-be, estimated from held-out scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

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

_EQUAL = np.ones(1)
"""The ratio where positives are common: the curves of equal spreads alone, for a steadier estimate."""

_USUAL_SPREAD = 0.2
"""Standard deviation of the log of that ratio, a prior: equal spreads are likeliest, extremes would fit noise."""


def estimate_prior(
    positive_scores: Floats, unlabelled_scores: Floats, seed: int, weight: Floats | None = None
) -> tuple[float, float, float]:
    """Low, point and high share of positives among the unlabelled, 0 < low <= point <= high <= 0.9.

    positive_scores (P,), unlabelled_scores (U,): by models that trained on none of them, on one scale; only
    their order counts, ties are broken at random by ``seed``. weight (U,): how many companies each of the
    unlabelled stands for, as in ``Sample``; None for one each. The positives are assumed to be like the hidden ones.
    Raises CarrierError with fewer than two scores of a kind.

    The scores alone determine only an upper bound: every company that looks like a client may be one. It is
    ``high``: the least ratio of unlabelled to positives above a threshold, with exact binomial confidence
    (best bin estimation: Garg et al. 2021, Mixture proportion estimation and PU learning: a modern approach).
    ``point`` and ``low`` also use how fast that ratio still falls towards the top: the profile likelihood of
    a binormal ROC curve (Metz 1978) of positives against negatives, with a log-uniform prior from a hundredth
    of ``high`` to ``high``. Where positives and negatives overlap even at the top, the interval is that wide
    and ``point`` lies near a tenth of ``high``.
    """
    ranked = _ranked(positive_scores, unlabelled_scores, weight, seed)
    priors, chance = _posterior(ranked, _SPREAD)
    cumulative = np.cumsum(chance) / chance.sum()
    low, point = np.interp((0.025, 0.5), cumulative, priors).tolist()
    least, high = _bounds(ranked)
    return min(low, max(least, high / RANGE)), point, high


def estimate_common_prior(positive_scores: Floats, unlabelled_scores: Floats, seed: int) -> float:
    """The share of positives among the unlabelled where they are known to be common: a prior uniform up to ``high``.

    Arguments and errors as those of ``estimate_prior``, which takes every order of magnitude to be as likely and the
    spreads to differ. With ten classes of two citation graphs as positives, 4 to 11 % of the unlabelled, five splits
    each, the estimate was wrong by a factor of 1.17 on average (2.2 at worst) instead of 1.34 (12).
    """
    priors, chance = _posterior(_ranked(positive_scores, unlabelled_scores, None, seed), _EQUAL)
    # The priors are spaced evenly on the log scale, so each stands for an interval as wide as itself.
    cumulative = np.cumsum(chance * priors) / (chance * priors).sum()
    return float(np.interp(0.5, cumulative, priors))


def _posterior(ranked: _Ranked, spread: Reals) -> tuple[Reals, Reals]:
    """Priors (80,) up to the upper bound, evenly spaced on the log scale, and their profile likelihoods."""
    high = _bounds(ranked)[1]
    priors = np.geomspace(high / RANGE, high, 80)
    return priors, _profile(ranked, priors, spread)


@dataclass(frozen=True)
class _Ranked:
    """The unlabelled from the top down: how many rank above the best positive, the second best, and so on, (P,), and
    the sums of the weights, and of their squares, of the first 0 .. U, (U + 1,).
    """

    above: Counts
    weights: Reals
    squares: Reals

    def between(self, start: Counts, stop: Counts) -> tuple[Reals, Reals]:
        """How many companies the unlabelled from ``start`` to ``stop`` stand for, and their design effect.

        A weighted count varies as much as a plain one smaller by this factor (Kish 1965, Survey sampling). Where there
        are none, it is that of the next company: of what could have been there.
        """
        count = self.weights[stop] - self.weights[start]
        first = np.minimum(start, len(self.weights) - 2)
        last = np.maximum(stop, first + 1)
        effect = (self.squares[last] - self.squares[first]) / (self.weights[last] - self.weights[first])
        return count, effect


def _ranked(positive: Floats, unlabelled: Floats, weight: Floats | None, seed: int) -> _Ranked:
    if len(positive) < 2 or len(unlabelled) < 2:
        raise CarrierError("estimate_prior: expected at least two scores of each kind.")
    weight = np.ones(len(unlabelled), np.float32) if weight is None else weight
    pooled = -np.concatenate([positive, unlabelled])
    shuffled = np.random.default_rng(seed).permutation(len(pooled))
    order = shuffled[np.argsort(pooled[shuffled], kind="stable")]
    ranks = np.flatnonzero(order < len(positive))
    weights = weight[order[order >= len(positive)] - len(positive)].astype(np.float64)
    return _Ranked(
        ranks - np.arange(len(positive)),
        np.concatenate([[0.0], np.cumsum(weights)]),
        np.concatenate([[0.0], np.cumsum(weights**2)]),
    )


def _bounds(ranked: _Ranked) -> tuple[float, float]:
    """Lower and upper bound of the least ratio of unlabelled to positives above a threshold, the upper at most HIGHEST.

    The binomial bounds are those of the effective sample sizes (Korn and Graubard 1998).
    """
    n_pos = len(ranked.above)
    k = np.unique(np.geomspace(min(5, n_pos), n_pos, 24).astype(np.int64))
    taken, effect = ranked.between(np.zeros_like(k), ranked.above[k - 1])
    taken, n = taken / effect, ranked.weights[-1] / effect
    upper = _upper_bound(taken, n) / _lower_bound(k, n_pos)
    lower = _lower_bound(taken, n) / _upper_bound(k, n_pos)
    return float(lower[10 * k >= n_pos].min()), min(float(upper.min()), HIGHEST)


def _upper_bound(count: Counts | Reals, n: int | Reals) -> Reals:
    """Clopper-Pearson upper bound of a share, given ``count`` of n."""
    bound = betaincinv(count + 1, np.maximum(n - count, 1), CONFIDENCE)
    return np.where(count < n, bound, 1.0)


def _lower_bound(count: Counts | Reals, n: int | Reals) -> Reals:
    """Clopper-Pearson lower bound of a share, given ``count`` of n."""
    bound = betaincinv(np.maximum(count, 1), n - count + 1, 1 - CONFIDENCE)
    return np.where(count > 0, bound, 0.0)


def _profile(ranked: _Ranked, priors: Reals, spread: Reals) -> Reals:
    """Profile likelihood of each prior relative to the best: at the curve, of these spreads, that fits it best.

    Companies are binned at quantiles of the positives. The likelihood is that of the labels given the bins, so
    that the sampling error of the positives counts as well as that of the unlabelled.
    """
    n_pos = len(ranked.above)
    k = np.unique(np.maximum(3, (_LEVELS * n_pos).astype(np.int64)))
    k = k[k < n_pos]
    pos = np.diff(np.concatenate([[0], k, [n_pos]]))
    ends = np.concatenate([[0], ranked.above[k - 1], [len(ranked.weights) - 1]])
    unl, effect = ranked.between(ends[:-1], ends[1:])
    # The share of the negatives above the threshold that the share k / P of the positives is above.
    z = ndtri(k / n_pos)
    inner = ndtr(spread[:, None] * z - _SEPARATION[:, None, None])
    negatives = np.diff(inner, axis=-1, prepend=0.0, append=1.0)
    unusual = (np.log(spread) / _USUAL_SPREAD) ** 2 / 2
    best = [(_log_likelihood(pos, unl, effect, prior, negatives) - unusual).max() for prior in priors]
    relative: Reals = np.exp(np.array(best) - max(best))
    return relative


def _log_likelihood(pos: Counts, unl: Reals, effect: Reals, prior: float, negatives: Reals) -> Reals:
    """Log likelihood of the labels given the bins, per curve: negatives (..., bins) are their shares by bin.

    The unlabelled of a bin count as ``unl / effect``, as if only these had been seen.
    """
    positives = pos / pos.sum()
    mixture = prior * positives + (1 - prior) * np.maximum(negatives, 1e-12)
    labelled = np.log(pos.sum() * positives / (unl.sum() * mixture / effect))
    seen = pos + unl / effect
    likelihood: Reals = (pos * labelled - seen * np.logaddexp(0, labelled)).sum(axis=-1)
    return likelihood

"""Which score ranks the cases by uplift, and how much of what it states is there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from graphlead.core.arrays import Ints, Reals
from graphlead.experiments.uplift.crossfit import FIRST, HeldOut
from graphlead.experiments.uplift.trial import Trial

CLEARLY = 2.0
"""Standard errors by which another score has to add more than the first learner to take its place; a choice."""


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The score that ranks, and what it is worth on cases that it was not learned from.

    areas: of every score, what calling from its top adds against calling at random, a case, averaged over all depths;
    error: the standard error of that of the chosen one. slope: how much of a difference between two scores is there,
    its standard error beside. mean: the mean uplift of the cases, ``centre`` their mean score.
    """

    name: str
    areas: Mapping[str, float]
    error: float
    slope: float
    slope_error: float
    mean: float
    centre: float

    @property
    def p_value(self) -> float:
        """One-sided: of no ranking better than chance."""
        return float(norm.sf(self.areas[self.name] / self.error)) if self.error > 0 else 1.0

    def uplift(self, score: Reals) -> Reals:
        """The uplift (n,) to be expected of cases with these scores."""
        return np.asarray(self.mean + self.slope * (score - self.centre))


def effects(trial: Trial, held: HeldOut) -> Reals:
    """An unbiased guess (n,) of what the treatment did to each case.

    The augmented inverse probability weighted one (Robins, Rotnitzky and Zhao 1994), with guesses from held-out models
    and the share of the treated as the probability, which in an experiment is known.
    """
    treated, control, share = held.guess.treated, held.guess.control, trial.share
    away = np.where(
        trial.treated, (trial.outcome - treated) / share, -(trial.outcome - control) / (1 - share)
    )
    return np.asarray(treated - control + away)


def choose(trial: Trial, held: HeldOut) -> Ranking:
    """The ranking by the first learner, or by one that is clearly better on held-out cases."""
    effect = effects(trial, held)
    gains = {
        name: (effect - effect.mean()) * depth_left(score, held.fold) for name, score in held.scores.items()
    }
    areas = {name: float(gain.mean()) for name, gain in gains.items()}
    better = [name for name in gains if name != FIRST and _certainty(gains[name] - gains[FIRST]) > CLEARLY]
    name = max(better, key=lambda each: areas[each]) if better else FIRST
    score = held.scores[name]
    slope, slope_error = _slope(score, effect)
    return Ranking(
        name=name,
        areas=areas,
        error=float(gains[name].std() / math.sqrt(len(trial))),
        slope=max(0.0, slope),
        slope_error=slope_error,
        mean=float(effect.mean()),
        centre=float(score.mean()),
    )


def depth_left(score: Reals, fold: Ints) -> Reals:
    """The share (n,) of the cases of its fold that each stands above, less a half; the same for the same score."""
    found = np.zeros(len(score))
    for each in np.unique(fold):
        held = np.flatnonzero(fold == each)
        _, place, counts = np.unique(score[held], return_inverse=True, return_counts=True)
        below = np.cumsum(counts) - counts
        found[held] = (below + counts / 2)[place] / len(held) - 0.5
    return found


def _certainty(gain: Reals) -> float:
    error = float(gain.std() / math.sqrt(len(gain)))
    return float(gain.mean()) / error if error > 0 else 0.0


def _slope(score: Reals, effect: Reals) -> tuple[float, float]:
    """The best linear predictor of the effect by the score (Chernozhukov, Demirer, Duflo and Fernandez-Val 2018)."""
    centred = score - score.mean()
    spread = float((centred**2).sum())
    if spread <= 1e-12 * max(1, len(score)) * float(np.abs(score).max() ** 2 + 1e-300):
        return 0.0, 0.0
    slope = float((centred * (effect - effect.mean())).sum()) / spread
    rest = effect - effect.mean() - slope * centred
    return slope, float(np.sqrt(((centred * rest) ** 2).sum())) / spread

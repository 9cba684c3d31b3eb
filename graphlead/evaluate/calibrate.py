"""Calibration: from a ranking score to the probability of a client-to-be, without changing the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphlead.core.arrays import Floats, Reals
from graphlead.core.errors import CarrierError, InputError

KNOTS = 64
"""Bins of the density ratio at most; a choice: a few hundred held-out clients carry no more detail."""

_LEAST_IN_BIN = 5
"""Unlabelled companies in the top bin, the narrowest: fewer would make its ratio a matter of luck."""

_TILT = 0.02
"""By how much, relatively, the tilt raises the last knot: enough to break ties, too little to matter."""

_HIGHEST = 0.97
"""Cap on a bin's probability before the shift to the prior: log odds need it below 1."""


@dataclass(frozen=True)
class Calibration:
    """A strictly increasing map from raw scores to probabilities, linear between its knots.

    scores, probabilities (k,): the knots, both strictly increasing, probabilities in (0, 1). Beyond the first
    and last knot the map approaches 0 and 1 without reaching them.
    """

    scores: Reals
    probabilities: Reals

    def __post_init__(self) -> None:
        x, y = self.scores, self.probabilities
        if not (len(x) == len(y) > 0 and np.isfinite(x).all() and (np.diff(x) > 0).all()):
            raise CarrierError(
                "Calibration: expected strictly increasing finite scores, one per probability."
            )
        if not (np.diff(np.concatenate([[0], y, [1]])) > 0).all():
            raise CarrierError("Calibration: expected strictly increasing probabilities within (0, 1).")

    def __call__(self, scores: Floats) -> Reals:
        """Probabilities (m,) of raw scores (m,), in float64: float32 would tie close scores."""
        s = np.asarray(scores, np.float64)
        x, y = self.scores, self.probabilities
        scale = (x[-1] - x[0]) or 1.0
        above = np.maximum(s - x[-1], 0) / scale
        below = np.maximum(x[0] - s, 0) / scale
        probabilities: Reals = np.interp(s, x, y) / (1 + below) + (1 - y[-1]) * above / (1 + above)
        return probabilities

    def to_json(self) -> dict[str, list[float]]:
        return {"scores": self.scores.tolist(), "probabilities": self.probabilities.tolist()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Calibration:
        """The map that ``to_json`` saved. Raises InputError when it is not one."""
        try:
            knots = (np.asarray(saved[name], np.float64) for name in ("scores", "probabilities"))
            return cls(*knots)
        except (KeyError, TypeError, ValueError, CarrierError) as error:
            raise InputError(
                f"not a calibration ({error}).", where="calibration", remedy="Train the run again."
            ) from error


def calibrate(positive_scores: Floats, unlabelled_scores: Floats, prior: float) -> Calibration:
    """The map P(client-to-be | score) = prior * density of the held-out clients / density of the unlabelled.

    positive_scores (P,), unlabelled_scores (U,): scores by models that did not train on these companies, on one
    scale; prior: share of clients-to-be among the unlabelled, in (0, 1). The density ratio is made monotone by
    isotonic regression (Barlow et al. 1972, pool adjacent violators) over bins that narrow towards the top,
    tilted so that no two scores tie, and shifted in log odds until its mean over the unlabelled is the prior.
    Raises CarrierError on missing scores or a prior outside (0, 1).
    """
    if not 0 < prior < 1 or not len(positive_scores) or not len(unlabelled_scores):
        raise CarrierError(f"calibrate: expected both kinds of scores and a prior in (0, 1), got {prior}.")
    positive = np.sort(np.asarray(positive_scores, np.float64))
    unlabelled = np.sort(np.asarray(unlabelled_scores, np.float64))
    lower = _bin_starts(unlabelled)
    in_bin = np.diff(np.r_[np.searchsorted(unlabelled, lower), len(unlabelled)]) / len(unlabelled)
    clients = np.diff(np.r_[0, np.searchsorted(positive, lower[1:]), len(positive)]) / len(positive)
    # Mixing a trace of the unlabelled into the clients keeps bins without a client above zero.
    trace = 1 / (len(positive) + 1)
    ratio = _isotonic((1 - trace) * clients + trace * in_bin, in_bin)
    x, y = _knots(lower, np.minimum(prior * ratio, _HIGHEST), positive, unlabelled)
    tilted = y * (1 + _TILT * np.arange(len(y)) / len(y))
    return Calibration(x, _shifted_to(prior, tilted, _influence(x, unlabelled)))


def _bin_starts(unlabelled: Reals) -> Reals:
    """Lowest score of each bin, ascending; bins grow geometrically from the top down."""
    n = len(unlabelled)
    sizes = np.geomspace(min(_LEAST_IN_BIN, n), n, KNOTS).astype(np.int64)
    return np.unique(np.r_[unlabelled[0], unlabelled[n - sizes]])


def _isotonic(clients: Reals, companies: Reals) -> Reals:
    """clients / companies per bin, neighbouring bins pooled until the ratios never fall."""
    pools: list[tuple[float, float, int]] = []
    for pool in zip(clients, companies, np.ones(len(clients), int), strict=True):
        merged = pool
        while pools and pools[-1][0] * merged[1] >= merged[0] * pools[-1][1]:
            before = pools.pop()
            merged = (before[0] + merged[0], before[1] + merged[1], before[2] + merged[2])
        pools.append(merged)
    return np.repeat([pool[0] / pool[1] for pool in pools], [pool[2] for pool in pools])


def _knots(lower: Reals, y: Reals, positive: Reals, unlabelled: Reals) -> tuple[Reals, Reals]:
    """Knots (x, y): each bin's probability at its middle, the outermost also at the lowest and highest score."""
    first = min(positive[0], unlabelled[0])
    last = max(positive[-1], unlabelled[-1])
    middles = (lower + np.r_[lower[1:], last]) / 2
    x = np.r_[first, middles, last]
    distinct = np.r_[True, np.diff(x) > 0]
    return x[distinct], np.r_[y[0], y, y[-1]][distinct]


def _influence(x: Reals, unlabelled: Reals) -> Reals:
    """The weight of each knot in the map's mean over the unlabelled, (k,), summing to 1."""
    if len(x) == 1:
        return np.ones(1)
    left = np.clip(np.searchsorted(x, unlabelled, "right") - 1, 0, len(x) - 2)
    along = (unlabelled - x[left]) / (x[left + 1] - x[left])
    share = np.bincount(left, 1 - along, len(x)) + np.bincount(left + 1, along, len(x))
    return share / len(unlabelled)


def _shifted_to(prior: float, y: Reals, influence: Reals) -> Reals:
    """Probabilities shifted by one constant in log odds so that their weighted mean is the prior (bisection)."""
    log_odds = np.log(y) - np.log1p(-y)
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2
        if influence @ (1 / (1 + np.exp(-(log_odds + middle)))) < prior:
            low = middle
        else:
            high = middle
    shifted: Reals = 1 / (1 + np.exp(-(log_odds + low)))
    return shifted

"""The verbal grade of a score, relative to the prior."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STRONG, MODERATE = 10.0, 3.0
"""Ratios of a company's odds to the prior odds, from which a fit is Strong or Moderate: Bayes factors, at the steps
of Jeffreys' scale (1961)."""


def fit(score: npt.NDArray[np.float64], prior: float) -> npt.NDArray[np.str_]:
    """Strong, Moderate or Weak for each probability (m,), by its odds over those of the prior."""
    lift = _odds(score) / _odds(np.float64(prior))
    return np.select([lift >= STRONG, lift >= MODERATE], ["Strong", "Moderate"], "Weak")


def _odds(p: npt.NDArray[np.float64] | np.float64) -> npt.NDArray[np.float64]:
    return np.asarray(p / np.maximum(1 - p, 1e-12))

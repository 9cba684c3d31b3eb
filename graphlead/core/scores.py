"""The verbal grade of a score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Reals

STRONG, MODERATE = 1 / 5, 1 / 20
"""Hits per company from which a fit is Strong or Moderate: every fifth call, every twentieth call."""

STRONG_LIFT, MODERATE_LIFT = 20.0, 8.0
"""The same over the hits per company of the whole register, where the number of clients to be won is only assumed."""


def fit(scores: Reals, grades: tuple[float, float]) -> npt.NDArray[np.str_]:
    """Strong, Moderate or Weak for each score (m,); grades: the scores from which it is Strong, and Moderate."""
    strong, moderate = grades
    return np.select([scores >= strong, scores >= moderate], ["Strong", "Moderate"], "Weak")

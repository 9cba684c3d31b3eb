"""Ridge logistic regression along a path of penalties, by Newton's method."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from graphlead.core.arrays import Floats, Reals

STEPS = 12
"""The most steps a penalty: the Hessian is that of the first two, so the later ones cost little."""
CLOSE = 1e-4
"""The change of a coefficient at which a fit is done."""


def ridge_path(matrix: Floats, outcome: Reals, penalties: tuple[float, ...]) -> Reals:
    """Coefficients (k, 1 + d), the constant first, for each penalty, from the strongest to the weakest.

    matrix (n, d): centred. The penalty is on half of each squared coefficient, the constant's left out, against the
    sum of the logistic loss.
    """
    whole = np.hstack([np.ones((len(matrix), 1), np.float32), matrix])
    mean = (outcome.sum() + 0.5) / (len(outcome) + 1)
    now = np.zeros(whole.shape[1])
    now[0] = np.log(mean / (1 - mean))
    found = []
    for penalty in penalties:
        now = _fitted(whole, outcome, penalty, now)
        found.append(now)
    return np.stack(found)


def _fitted(whole: Floats, outcome: Reals, penalty: float, start: Reals) -> Reals:
    weight = np.full(whole.shape[1], penalty)
    weight[0] = 1e-6
    now, factor = start, cho_factor(np.diag(weight))
    for step in range(STEPS):
        p = expit(whole @ now.astype(np.float32)).astype(np.float64)
        gradient = (whole.T @ (p - outcome).astype(np.float32)).astype(np.float64) + weight * now
        if step < 2:
            root = np.sqrt(np.maximum(p * (1 - p), 1e-6)).astype(np.float32)[:, None] * whole
            factor = cho_factor((root.T @ root).astype(np.float64) + np.diag(weight))
        change = cho_solve(factor, gradient)
        now = now - change
        if np.abs(change).max() < CLOSE:
            break
    return now

"""A ridge regression of an outcome: of yes and no on the log-odds, of a number as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from graphlead.core.arrays import Floats, Json, Reals
from graphlead.experiments.uplift.trial import Trial
from graphlead.learn.cases.ridge import ridge_path


@dataclass(frozen=True)
class Line:
    """Coefficients (1 + d,), the constant first, and whether they are of log-odds."""

    coefficients: Reals
    binary: bool

    def at(self, rows: Floats) -> Reals:
        """What becomes of these rows (n,): a probability, or a number."""
        linear = rows.astype(np.float64) @ self.coefficients[1:] + self.coefficients[0]
        return np.asarray(expit(linear) if self.binary else linear)

    def to_json(self) -> Json:
        return {"coefficients": self.coefficients.tolist(), "binary": self.binary}

    @classmethod
    def from_json(cls, content: Json) -> Line:
        return cls(np.asarray(content["coefficients"], np.float64), content["binary"])


def line_of(rows: Floats, trial: Trial, penalty: float) -> Line:
    """The regression of a trial's outcomes on rows (n, d), which are centred; the penalty is on half of each square."""
    if trial.binary:
        return Line(ridge_path(rows, trial.outcome, (penalty,))[-1], True)
    return Line(_linear(rows, trial.outcome, penalty), False)


def _linear(rows: Floats, outcome: Reals, penalty: float) -> Reals:
    """A ridge regression of a number; the penalty is against squares of its deviations."""
    mean, spread = float(outcome.mean()), float(outcome.std()) or 1.0
    whole = np.hstack([np.ones((len(rows), 1)), rows.astype(np.float64)])
    weight = np.full(whole.shape[1], penalty)
    weight[0] = 1e-6
    found = cho_solve(cho_factor(whole.T @ whole + np.diag(weight)), whole.T @ ((outcome - mean) / spread))
    found = np.asarray(found, np.float64) * spread
    found[0] += mean
    return found

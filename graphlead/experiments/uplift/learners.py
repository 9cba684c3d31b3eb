"""Ways to learn what becomes of a case if it is treated, and if it is not; the difference is its uplift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import xgboost as xgb
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from graphlead.core.arrays import Flags, Floats, Reals
from graphlead.experiments.uplift.trial import Trial
from graphlead.learn.cases.design import design_of
from graphlead.learn.cases.encode import Table
from graphlead.learn.cases.members.logit import STEP
from graphlead.learn.cases.ridge import ridge_path
from graphlead.learn.cases.trees import COMMON, labelled, matrix

PENALTY = 100.0
"""On half of each squared coefficient, of standardised columns: a prior on how much a column does to the uplift.

Chosen by held-out loss of the outcome it came out ten times as high, for that loss hardly notices an uplift: of two
mailings to 30,000 customers each, what the ranking added then fell by up to a third.
"""
MAIN = 20.0
"""The same on what a column does to the outcome of treated and control alike, where the two are told apart."""
FREE = 10.0
"""What the treatment itself weighs beside a deviation, so that hardly any penalty is on its own effect."""
ROUNDS = 150
TREES = {"max_depth": 2, "eta": 0.05, "min_child_weight": 5, "subsample": 0.8, "reg_lambda": 3}


@dataclass(frozen=True)
class Guess:
    """What becomes of cases (n,) if they are treated, and if they are not."""

    treated: Reals
    control: Reals

    @property
    def uplift(self) -> Reals:
        return np.asarray(self.treated - self.control)


class Learner(Protocol):
    """A way to learn an uplift."""

    def guess(self, train: Trial, table: Table, held: Table, seed: int) -> Guess:
        """Learned from a trial, of which ``table`` has the encoded cases, and applied to ``held``."""
        ...


class Tied:
    """One ridge regression; what a column does to the uplift has a penalty of its own, larger than on what it does.

    As in Imai and Ratkovic (2013), Annals of Applied Statistics 7, with squares in place of absolute values.
    """

    def guess(self, train: Trial, table: Table, held: Table, seed: int) -> Guess:
        share, design = train.share, design_of(table, STEP)
        weight = train.treated.astype(np.float32) - np.float32(share)
        line = _line(_apart(design.apply(table), weight), train, MAIN)
        rows = design.apply(held)
        sides = (np.full(len(held), each, np.float32) for each in (1 - share, -share))
        return Guess(*(line.at(_apart(rows, side)) for side in sides))


class Two:
    """A ridge regression for the treated and another for the control."""

    def guess(self, train: Trial, table: Table, held: Table, seed: int) -> Guess:
        design = design_of(table, STEP)
        whole, rows = design.apply(table), design.apply(held)
        sides = (train.treated, ~train.treated)
        return Guess(*(_line(whole[side], train.rows(side), PENALTY).at(rows) for side in sides))


class Trees:
    """Boosted trees of depth two for the treated and others for the control."""

    def guess(self, train: Trial, table: Table, held: Table, seed: int) -> Guess:
        rows = matrix(held)
        sides = (train.treated, ~train.treated)
        return Guess(*(_boosted(train, table, side, seed).predict(rows).astype(np.float64) for side in sides))


LEARNERS: dict[str, Learner] = {"tied": Tied(), "two_models": Two(), "trees": Trees()}
"""The learners by name; the first is used unless another ranking is clearly better."""


@dataclass(frozen=True)
class _Line:
    """Coefficients (1 + d,), the constant first, and whether they are of log-odds."""

    coefficients: Reals
    binary: bool

    def at(self, rows: Floats) -> Reals:
        linear = rows.astype(np.float64) @ self.coefficients[1:] + self.coefficients[0]
        return np.asarray(expit(linear) if self.binary else linear)


def _line(rows: Floats, trial: Trial, penalty: float) -> _Line:
    if trial.binary:
        return _Line(ridge_path(rows, trial.outcome, (penalty,))[-1], True)
    return _Line(_linear(rows, trial.outcome, penalty), False)


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


def _apart(rows: Floats, weight: Floats) -> Floats:
    """The columns, the same times the treatment, and the treatment."""
    scaled = np.float32(np.sqrt(MAIN / PENALTY)) * rows * weight[:, None]
    return np.hstack([rows, scaled, np.float32(FREE) * weight[:, None]])


def _boosted(train: Trial, table: Table, side: Flags, seed: int) -> xgb.Booster:
    outcome = train.outcome[side]
    kind = "binary:logistic" if train.binary else "reg:squarederror"
    mean = float((outcome.sum() + 0.5) / (len(outcome) + 1)) if train.binary else float(outcome.mean())
    parameters = COMMON | TREES | {"objective": kind, "base_score": mean, "seed": seed}
    return xgb.train(parameters, labelled(table.rows(np.flatnonzero(side)), outcome), ROUNDS)

"""The outcomes around cases in one number: exact weights, and none that knows its own row's outcome."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from graphlead.features.summed import RIDGE, summed_up

N = 400
SEEN = ~np.eye(2, dtype=bool)


def planted() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lifts (n, 2) that both say something, outcomes, and folds; the last 50 rows are open."""
    draw = np.random.default_rng(0)
    lifts = draw.normal(size=(N, 2)).astype(np.float32)
    outcome = (draw.random(N) < 1 / (1 + np.exp(1 - lifts @ [1.0, 0.5]))).astype(np.int8)
    opened = np.arange(N) >= N - 50
    fold = np.where(opened, -1, np.arange(N) % 2).astype(np.int32)
    return lifts, np.where(opened, -1, outcome).astype(np.int8), fold


def test_the_weights_are_those_of_logistic_regression_on_what_a_fold_sees() -> None:
    lifts, outcome, fold = planted()
    found = summed_up(lifts, outcome, outcome >= 0, fold, SEEN)
    for rows, sees in ((fold == 0, fold == 1), (fold == 1, fold == 0), (fold < 0, fold >= 0)):
        theirs = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(lifts[sees], outcome[sees])
        np.testing.assert_allclose(found[rows], lifts[rows] @ theirs.coef_[0], atol=1e-3)


def test_no_row_knows_the_outcomes_of_its_own_fold() -> None:
    lifts, outcome, fold = planted()
    turned = np.where(fold == 0, 1 - outcome, outcome).astype(np.int8)
    before, after = (summed_up(lifts, each, outcome >= 0, fold, SEEN) for each in (outcome, turned))
    np.testing.assert_array_equal(before[fold == 0], after[fold == 0])
    assert (before[fold == 1] != after[fold == 1]).all()


def test_what_says_the_contrary_of_what_happened_around_has_no_weight() -> None:
    lifts, outcome, fold = planted()
    assert not summed_up(-lifts, outcome, outcome >= 0, fold, SEEN).any()


def test_where_one_outcome_is_known_alone_the_sum_is_0() -> None:
    lifts, outcome, fold = planted()
    assert not summed_up(lifts, np.minimum(outcome, 0).astype(np.int8), outcome >= 0, fold, SEEN).any()

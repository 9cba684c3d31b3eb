"""Figures of probabilities and durations, against lifelines, scikit-learn, and cases counted by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import concordance_index
from sklearn.metrics import roc_auc_score

from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Outcomes
from graphlead.evaluate.cases.auc import auc, auc_difference
from graphlead.evaluate.cases.concordance import concordance, smaller_before
from graphlead.evaluate.cases.figures import calibration, heldout_row, model_row, thresholds
from graphlead.evaluate.cases.survival import kaplan_meier, survival_table

BY_HAND: tuple[Outcomes, Reals] = (
    np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0], np.int8),
    np.array([0.95, 0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.0]),
)


def drawn(n: int, seed: int) -> tuple[Outcomes, Reals]:
    """Outcomes, and the rounded probabilities that they were drawn by: many ties."""
    rng = np.random.default_rng(seed)
    probability = np.round(rng.random(n), 2)
    return (rng.random(n) < probability).astype(np.int8), probability


def lasted(n: int, seed: int) -> tuple[Reals, Flags, Reals]:
    """Durations with ties, whether they ended, and risks with ties that order them better than chance."""
    rng = np.random.default_rng(seed)
    time = rng.integers(0, 30, n).astype(float)
    return time, rng.random(n) < 0.4, np.round(rng.normal(size=n) - time / 20, 1)


@pytest.mark.parametrize("n", [40, 1000])
def test_the_auc_is_that_of_scikit_learn(n: int) -> None:
    outcome, probability = drawn(n, 3)
    assert model_row("logit", outcome, probability)["auc"] == pytest.approx(
        roc_auc_score(outcome, probability)
    )


def test_the_interval_of_an_auc_covers_the_truth_as_often_as_it_promises() -> None:
    truth = 5 / 6  # of outcomes drawn by a uniform probability
    found = [
        auc(outcome == 1, probability) for outcome, probability in (drawn(150, seed) for seed in range(400))
    ]
    assert 0.92 < np.mean([each is not None and each.low < truth < each.high for each in found]) < 0.98


def test_the_difference_of_two_models_is_paired() -> None:
    outcome, probability = drawn(800, 5)
    noisy = probability + np.random.default_rng(0).normal(0, 0.02, 800)
    one, other = auc(outcome == 1, probability), auc(outcome == 1, noisy)
    apart = auc_difference(outcome == 1, probability, noisy)
    assert one and other and apart
    assert apart.value == pytest.approx(one.value - other.value)
    assert apart.high - apart.low < (one.high - one.low) / 5
    shuffled = np.random.default_rng(1).permutation(probability)
    far = auc_difference(outcome == 1, probability, shuffled)
    assert far and far.low > 0.2


def test_intervals_of_differences_cover_none_at_all_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(2)
    positive = rng.random(200) < 0.3
    found = (
        auc_difference(positive, positive + rng.normal(0, 2, 200), positive + rng.normal(0, 2, 200))
        for _ in range(300)
    )
    assert 0.92 < np.mean([each is not None and each.low <= 0 <= each.high for each in found]) < 0.98


def test_the_row_of_a_model_by_hand() -> None:
    row = model_row("stack", *BY_HAND)
    assert row["model"] == "stack"
    assert row["ap"] == pytest.approx((1 + 1 + 3 / 5) / 3)
    assert row["accuracy"] == pytest.approx(0.7)
    assert (row["accuracy_low"], row["accuracy_high"]) == (
        pytest.approx(0.3968, abs=1e-4),
        pytest.approx(0.8922, abs=1e-4),
    )
    assert row["brier"] == pytest.approx(np.mean((BY_HAND[0] - BY_HAND[1]) ** 2))
    assert row["lift_20"] == pytest.approx(1 / 0.3)
    assert row["auc_low"] < row["auc"] < row["auc_high"] <= 1


def test_the_calibration_error_is_the_planted_shift() -> None:
    outcome, probability = drawn(100_000, 5)
    assert model_row("true", outcome, probability)["ece"] < 0.008
    assert model_row("halved", outcome, probability / 2)["ece"] == pytest.approx(0.25, abs=0.008)
    bins = calibration(outcome, probability)
    assert [each["cases"] for each in bins] == [10_000] * 10
    assert all(abs(each["promised"] - each["happened"]) < 0.02 for each in bins)


def test_what_may_be_expected_at_a_threshold() -> None:
    row = heldout_row(*BY_HAND, 0.8)
    assert (row["precision_at_threshold"], row["recall_at_threshold"]) == (
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
    )
    assert heldout_row(*BY_HAND, 0.99)["precision_at_threshold"] is None
    assert heldout_row(*BY_HAND, 0.99)["recall_at_threshold"] == 0


def test_a_hit_is_worth_the_gain_less_the_cost_of_every_call() -> None:
    rows = {row["threshold"]: row for row in thresholds(*BY_HAND, cost=10.0, gain=100.0)}
    assert list(rows) == [round(0.05 * step, 2) for step in range(1, 20)]
    assert (rows[0.8]["cases"], rows[0.8]["value"]) == (3, 2 * 100 - 3 * 10)
    assert all(row["value"] is None for row in thresholds(*BY_HAND, cost=10.0))
    worth = np.array([50.0, np.nan, 0, 0, 7, 0, 0, 0, 0, 3])
    each = {row["threshold"]: row["value"] for row in thresholds(*BY_HAND, gain=worth)}
    assert each[0.9] == pytest.approx(50 + np.nanmean(worth))


@pytest.mark.parametrize("value", [0, 1])
def test_one_outcome_alone_leaves_out_what_cannot_be_computed(value: int) -> None:
    outcome, probability = np.full(10, value, np.int8), BY_HAND[1]
    rows = [
        model_row("x", outcome, probability),
        heldout_row(outcome, probability, 0.5),
        *thresholds(outcome, probability),
    ]
    assert rows[0]["auc"] is None
    assert rows[0]["accuracy"] is not None
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize(("n", "seed"), [(3, 0), (60, 1), (700, 2)])
def test_survival_is_that_of_lifelines(n: int, seed: int) -> None:
    time, ended, _ = lasted(n, seed)
    ours, theirs = kaplan_meier(time, ended).set_index("time"), KaplanMeierFitter().fit(time, ended)
    assert list(ours.index) == list(theirs.survival_function_.index)
    assert np.allclose(ours["survival"], theirs.survival_function_.iloc[:, 0], rtol=0, atol=1e-9)
    assert np.allclose(ours["at_risk"], theirs.event_table["at_risk"])
    assert np.allclose(ours[["low", "high"]], theirs.confidence_interval_, rtol=0, atol=1e-7)


def test_groups_that_are_large_enough_have_curves_of_their_own() -> None:
    time, ended, _ = lasted(100, 4)
    contract = pd.Series(["monthly"] * 60 + ["yearly"] * 30 + ["other"] * 5 + [None] * 5, dtype="string")
    table = survival_table(time, ended, {"contract": contract})
    assert table["group"].unique().tolist() == ["all", "contract: monthly", "contract: yearly"]
    yearly = table[table["group"] == "contract: yearly"]
    theirs = KaplanMeierFitter().fit(time[60:90], ended[60:90]).survival_function_.iloc[:, 0]
    assert np.allclose(yearly["survival"], theirs, rtol=0, atol=1e-9)
    assert list(table) == ["group", "time", "survival", "low", "high", "at_risk"]
    assert not table.isna().any(axis=None)


@pytest.mark.parametrize(("n", "seed"), [(12, 0), (60, 1), (700, 2), (1500, 3)])
def test_concordance_is_that_of_lifelines(n: int, seed: int) -> None:
    time, ended, risk = lasted(n, seed)
    assert concordance(time, ended, risk) == pytest.approx(concordance_index(time, -risk, ended), abs=1e-12)


def test_concordance_without_a_pair_is_unknown() -> None:
    assert math.isnan(concordance(np.array([1.0, 2.0]), np.array([False, False]), np.array([0.0, 1.0])))


def test_smaller_values_before_are_counted() -> None:
    values = np.random.default_rng(0).integers(0, 40, 300)
    assert smaller_before(values).tolist() == [
        int((values[:i] < each).sum()) for i, each in enumerate(values)
    ]

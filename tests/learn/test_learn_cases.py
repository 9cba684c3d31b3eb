"""Models of cases against planted truth: what is learned, what is promised, what is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted_cases import as_cases, planted
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from graphlead.core.arrays import Reals
from graphlead.core.cases import Cases, Kind, Meaning
from graphlead.core.errors import RunFolderError
from graphlead.learn.cases import fit as door
from graphlead.learn.cases.choose import choose
from graphlead.learn.cases.encode import Encoding, encoded
from graphlead.learn.cases.fit import Fitted, expected_rate, fit, load, save
from graphlead.learn.cases.ridge import ridge_path
from graphlead.learn.cases.splits import folds_of, keys_of, splits_of
from graphlead.learn.cases.stack import stacked

Planted = tuple[Cases, Reals, Reals]


@pytest.fixture(scope="module")
def world() -> Planted:
    return planted(3500, 2000, 4)


@pytest.fixture(scope="module")
def fitted(world: Planted) -> Fitted:
    return fit(world[0], 0)


def open_of(world: Planted) -> tuple[Cases, Reals, Reals]:
    cases, outcome, truth = world
    return cases.rows(~cases.known), outcome[~cases.known], truth[~cases.known]


def test_probabilities_are_near_the_truth(world: Planted, fitted: Fitted) -> None:
    rows, outcome, truth = open_of(world)
    found = fitted.predict(rows)
    assert roc_auc_score(outcome, found) > roc_auc_score(outcome, truth) - 0.02
    assert np.abs(found - truth).mean() < 0.04


def test_what_is_promised_is_reached(world: Planted, fitted: Fitted) -> None:
    rows, outcome, _ = open_of(world)
    promised = roc_auc_score(fitted.heldout.outcome, fitted.heldout.chosen)
    assert abs(promised - roc_auc_score(outcome, fitted.predict(rows))) < 0.03
    assert set(fitted.heldout.models) == {*fitted.members, "stack"}
    assert np.array_equal(np.sort(fitted.heldout.rows), np.flatnonzero(world[0].known))


def test_every_model_is_calibrated(world: Planted, fitted: Fitted) -> None:
    rate = world[1][world[0].known].mean()
    assert np.allclose([each.mean() for each in fitted.heldout.models.values()], rate, atol=0.02)


@pytest.mark.parametrize("chosen", ["stack", "xgboost", "random_forest", "naive_bayes"])
def test_contributions_add_up_and_find_what_was_planted(world: Planted, fitted: Fitted, chosen: str) -> None:
    rows, _, _ = open_of(world)
    other = replace(fitted, choice=replace(fitted.choice, name=chosen))
    added = other.contributions(rows)
    constant = logit(other.predict(rows)) - added.sum(axis=1)
    assert set(added) == {"source", "score", "days", "noise"}
    assert constant.std() < 1e-3
    assert added.std()["noise"] < 0.5 * added.std().drop("noise").min()
    referral = rows.features["source"] == "Referral"
    assert added["source"][referral].min() > added["source"][~referral].max()


def test_what_was_saved_predicts_the_same(world: Planted, fitted: Fitted, tmp_path: Path) -> None:
    rows, _, _ = open_of(world)
    save(fitted, tmp_path / "model")
    again = load(tmp_path / "model")
    for name in fitted.heldout.models:
        one, other = (replace(each, choice=replace(each.choice, name=name)) for each in (fitted, again))
        assert np.allclose(one.predict(rows), other.predict(rows), atol=1e-6)
    assert np.allclose(again.contributions(rows), fitted.contributions(rows), atol=1e-5)
    assert np.array_equal(again.heldout.chosen, fitted.heldout.chosen)
    (tmp_path / "model" / "xgboost.ubj").write_bytes(b"cut off")
    with pytest.raises(RunFolderError, match="xgboost"):
        load(tmp_path / "model")


def test_open_rows_change_nothing(world: Planted, fitted: Fitted) -> None:
    cases = world[0]
    alone = fit(cases.rows(cases.known), 0)
    assert np.array_equal(alone.heldout.chosen, fitted.heldout.chosen)


def test_rows_of_a_group_are_never_on_both_sides() -> None:
    """An account's outcome is the same in all its rows and told by nothing but its name: nothing can be promised."""
    draw = np.random.default_rng(1)
    account = np.repeat(np.arange(120), 5)
    outcome = draw.permutation(np.repeat([0, 1], 60))[account]
    names = np.array([f"account {each}" for each in account], object)
    features = {"account": (Kind.CATEGORY, names), "number": (Kind.NUMBER, account + 0.0)}
    cases = as_cases(features, outcome, group=account)
    fold = folds_of(cases, 0)
    assert pd.Series(fold).groupby(account).nunique().max() == 1
    held = fit(cases, 0).heldout
    assert roc_auc_score(held.outcome, held.chosen) < 0.62


def test_the_plain_rule_wins_where_many_columns_say_nothing() -> None:
    draw = np.random.default_rng(10)
    tenure = draw.normal(size=300)
    outcome = draw.random(300) < 1 / (1 + np.exp(1.5 + tenure))
    noise = {f"noise {i}": (Kind.NUMBER, draw.normal(size=300)) for i in range(12)}
    cases = as_cases({"tenure": (Kind.NUMBER, tenure)} | noise, outcome, plain=("tenure",))
    found = fit(cases, 0)
    assert found.chosen == "plain"
    assert list(found.contributions(cases)) == ["tenure"]


def test_of_very_many_rows_some_are_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST", 400)
    cases, outcome, _ = planted(700, 0, 3)
    held = fit(cases, 0).heldout
    assert len(set(held.rows)) == 400
    assert np.array_equal(held.outcome, outcome[held.rows])


def test_rows_with_a_period_are_held_out_from_models_of_days_that_were_over() -> None:
    cases, _, _ = planted(600, 0, 0)
    day = np.datetime64("2020-01-01") + 30 * (np.arange(600) // 100).astype("timedelta64[D]")
    splits = splits_of(replace(cases, day=day, horizon=60), 0)
    parts = list(splits.parts())
    assert [np.unique(day[held]).tolist() for _, held in parts] == [
        [each] for each in np.unique(day)[3:].tolist()
    ]
    for train, held in parts:
        assert (day[train].max() + np.timedelta64(60, "D")) <= day[held].min()


def test_the_ridge_path_is_that_of_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(500, 6)).astype(np.float32)
    outcome = (draw.random(500) < 1 / (1 + np.exp(2 - matrix[:, 0]))).astype(float)
    for penalty, ours in zip((100.0, 1.0), ridge_path(matrix, outcome, (100.0, 1.0)), strict=True):
        theirs = LogisticRegression(C=1 / penalty, tol=1e-8).fit(matrix, outcome)
        assert np.allclose(ours, np.r_[theirs.intercept_, theirs.coef_[0]], atol=2e-3)


def test_rates_of_levels_that_say_nothing_are_not_learned_by_heart() -> None:
    draw = np.random.default_rng(0)
    levels = np.array([f"level {i}" for i in draw.integers(0, 400, 2000)], object)
    cases = as_cases({"level": (Kind.CATEGORY, levels)}, draw.random(2000) < 0.3)
    table = encoded(cases, keys_of(cases.group), 0)
    assert abs(np.corrcoef(table.rates[:, 0], cases.outcome)[0, 1]) < 0.06
    assert np.corrcoef(table.encoding.apply(cases).rates[:, 0], cases.outcome)[0, 1] > 0.2


def test_an_encoding_meets_values_it_never_saw() -> None:
    cases, _, _ = planted(300, 0, 0)
    encoding = encoded(cases, keys_of(cases.group), 0).encoding
    strange = as_cases(
        {
            "source": (Kind.CATEGORY, np.array(["Fair", None], object)),
            "score": (Kind.NUMBER, [1e300, np.nan]),
            "days": (Kind.NUMBER, [-5.0, np.nan]),
            "noise": (Kind.NUMBER, [0.0, 0.0]),
        },
        [-1, -1],
    )
    table = Encoding.from_json(encoding.to_json()).apply(strange)
    assert table.codes.tolist() == [[-1], [-1]]
    assert table.bins()[0, 0] == len(encoding.numbers[0].edges)
    assert table.bins()[1].tolist()[:2] == [-1, -1]


def test_a_member_that_guesses_gets_no_weight() -> None:
    draw = np.random.default_rng(0)
    truth = draw.normal(size=20_000)
    outcome = (draw.random(20_000) < 1 / (1 + np.exp(-truth))).astype(float)
    found = stacked({"logit": truth / 2, "xgboost": draw.normal(size=20_000)}, outcome)
    assert found.slopes()["logit"] == pytest.approx(2, abs=0.15)
    assert abs(found.slopes()["xgboost"]) < 0.05


def test_for_a_later_day_the_simple_members_share_the_weight_before_any_data() -> None:
    draw = np.random.default_rng(0)
    outcome = (draw.random(20) < 0.5).astype(float)
    odds = {name: np.zeros(20) for name in ("logit", "naive_bayes", "random_forest", "xgboost", "plain")}
    weights = stacked(odds, outcome, later=True).weights
    third = pytest.approx(1 / 3, abs=1e-6)
    assert weights == {"logit": third, "naive_bayes": third, "random_forest": 0, "xgboost": 0, "plain": third}


def test_for_a_later_day_trees_earn_their_weight() -> None:
    draw = np.random.default_rng(1)
    truth = draw.normal(size=20_000)
    outcome = (draw.random(20_000) < 1 / (1 + np.exp(-truth))).astype(float)
    odds = {"logit": draw.normal(size=20_000) / 10, "plain": draw.normal(size=20_000) / 10, "xgboost": truth}
    assert stacked(odds, outcome, later=True).slopes()["xgboost"] == pytest.approx(1, abs=0.1)


def test_for_a_later_day_the_simplest_of_equal_candidates_is_taken() -> None:
    draw = np.random.default_rng(2)
    truth = draw.normal(size=400)
    outcome = (draw.random(400) < 1 / (1 + np.exp(-truth))).astype(float)
    path = np.stack([draw.normal(size=400), truth / 2, truth + 0.01 * draw.normal(size=400), truth], axis=1)
    group = np.arange(400)
    assert choose({"logit": path}, outcome, group, later=True).candidates == {"logit": 1}
    assert choose({"logit": path}, outcome, group).candidates["logit"] in (2, 3)


def test_the_rate_of_a_later_day_is_that_of_customers_silent_for_as_long() -> None:
    silent = np.r_[np.repeat([10.0, 50.0], 500), np.repeat(50.0, 100)]
    ended = np.r_[np.arange(500) < 100, np.arange(500) < 400]
    outcome = np.r_[ended.astype(int), np.repeat(-1, 100)]
    day = np.where(outcome < 0, np.datetime64("2020-06-01"), np.datetime64("2020-03-01"))
    cases = as_cases({"silent": (Kind.NUMBER, silent)}, outcome)
    assert expected_rate(replace(cases, day=day)) == pytest.approx(0.5)
    known = replace(cases.columns[0], meaning=Meaning.DAYS_SINCE_PURCHASE)
    found = expected_rate(replace(cases, day=day, columns=(known,)))
    assert found == pytest.approx((400 + 5 * 0.5) / 505)

"""The ridge against scikit-learn on inputs scaled by hand, and trees in which clients nearby lower no score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from graphlead.core.arrays import Flags, Floats, Reals
from graphlead.core.errors import SettingsError
from graphlead.learn.classifiers import CLIP, NUMBER_SCALE, RIDGE, WALK_SCALE, BoostedTrees, Ridge, try_out

M, NUMBERS, NEARBY = 800, 3, 3


@pytest.fixture
def sample() -> tuple[Floats, Floats]:
    """Numbers in units of their own, the first with an outlier; two lifts and the walk; labels by all of them."""
    draw = np.random.default_rng(3)
    raw = draw.normal(size=(M, NUMBERS + NEARBY))
    chance = 1 / (1 + np.exp(-(raw @ [1, -1, 0, 1, 0.5, 2] - 1)))
    matrix = raw * [1000, 0.01, 5, 0.8, 1.5, 2] + [3000, 0, -20, 0.5, -1, -4]
    matrix[0, 0] = 1e6
    return matrix.astype(np.float32), (draw.random(M) < chance).astype(np.float32)


def by_hand(matrix: Floats, labels: Floats, asked: Floats) -> Reals:
    """The log-odds of the rows asked for by scikit-learn's solver; the ridge halves the sum of squares, so C twice."""
    mean, deviation = np.nanmean(matrix, 0, dtype=float), np.nanstd(matrix, 0, dtype=float)

    def scaled(rows: Floats) -> Reals:
        centred = rows - mean
        numbers = NUMBER_SCALE * np.clip(centred[:, :-NEARBY] / deviation[:-NEARBY], -CLIP, CLIP)
        lifts, walk = centred[:, -NEARBY:-1], WALK_SCALE * centred[:, -1:] / deviation[-1]
        return np.nan_to_num(np.hstack([numbers, lifts, walk]))

    model = LogisticRegression(C=1 / (2 * RIDGE), tol=1e-8, max_iter=10_000)
    return np.asarray(model.fit(scaled(matrix), labels).decision_function(scaled(asked)))


def ridge(matrix: Floats, labels: Floats) -> Ridge:
    return Ridge().fit(matrix, labels, NEARBY, 0)


def test_the_ridge_is_scikit_learns_on_inputs_scaled_by_hand(sample: tuple[Floats, Floats]) -> None:
    matrix, labels = sample
    found = ridge(matrix, labels).log_odds(matrix)
    assert found.dtype == np.float32
    assert np.ptp(found) > 2
    np.testing.assert_allclose(found, by_hand(matrix, labels, matrix), atol=1e-4)


def test_what_is_missing_counts_as_the_mean_of_what_is_known(sample: tuple[Floats, Floats]) -> None:
    matrix, labels = sample
    matrix[np.random.default_rng(4).random(M) < 0.3, 1] = np.nan
    model = ridge(matrix, labels)
    np.testing.assert_allclose(model.log_odds(matrix), by_hand(matrix, labels, matrix), atol=1e-4)
    filled = np.where(np.isnan(matrix), np.nanmean(matrix, 0, dtype=float), matrix).astype(np.float32)
    np.testing.assert_allclose(model.log_odds(matrix), model.log_odds(filled), atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, 7.0])
def test_a_number_that_tells_nothing_moves_no_score(sample: tuple[Floats, Floats], value: float) -> None:
    matrix, labels = sample
    more = np.insert(matrix, 1, np.float32(value), axis=1)
    model, expected = ridge(more, labels), ridge(matrix, labels).log_odds(matrix)
    np.testing.assert_allclose(model.log_odds(more), expected, atol=1e-5)
    more[:, 1] = 12
    np.testing.assert_allclose(model.log_odds(more), expected, atol=1e-5)


def test_a_saved_ridge_scores_the_same(sample: tuple[Floats, Floats], tmp_path: Path) -> None:
    matrix, labels = sample
    model = ridge(matrix, labels)
    model.save(tmp_path, "ridge")
    np.testing.assert_array_equal(Ridge().load(tmp_path, "ridge").log_odds(matrix), model.log_odds(matrix))


def test_a_row_scores_the_same_whatever_is_scored_with_it(sample: tuple[Floats, Floats]) -> None:
    matrix, labels = sample
    wide = np.hstack([np.random.default_rng(7).normal(size=(M, 90)), matrix]).astype(np.float32)
    model = ridge(wide, labels)
    whole = model.log_odds(wide)
    for rows in (1, 7, 99):
        parts = [model.log_odds(wide[first : first + rows]) for first in range(0, M, rows)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)


def falls(model: BoostedTrees, matrix: Floats, column: int) -> Flags:
    """Whether the score falls somewhere as this column rises, for each of the first companies."""
    steps = np.linspace(-4, 4, 33, dtype=np.float32)
    first = np.repeat(matrix[:100], len(steps), axis=0)
    first[:, column] = np.tile(steps, 100)
    rising = model.log_odds(first).reshape(100, len(steps))
    return np.asarray((np.diff(rising, axis=1) < 0).any(1))


@pytest.mark.parametrize("nearby", [0, 2])
def test_a_client_nearby_lowers_no_score(nearby: int) -> None:
    """The labels fall with every column, so trees that are free to fall with it do."""
    draw = np.random.default_rng(5)
    matrix = draw.normal(size=(M, 4)).astype(np.float32)
    labels = (matrix.sum(1) + draw.normal(size=M) < -1).astype(np.float32)
    model = BoostedTrees("cpu").fit(matrix, labels, nearby, 0)
    free = 4 - nearby
    for column in range(4):
        assert falls(model, matrix, column).any() == (column < free)


@pytest.mark.parametrize("others", [500, 20_000])
def test_trees_find_what_few_clients_have_in_common_however_many_others_there_are(others: int) -> None:
    draw, clients = np.random.default_rng(6), 40
    flag = np.arange(clients + others) < clients + 10
    labels = (np.arange(clients + others) < clients).astype(np.float32)

    def companies() -> Floats:
        return np.column_stack([flag, draw.normal(size=(len(flag), 20))]).astype(np.float32)

    model = BoostedTrees("cpu").fit(companies(), labels, 0, 0)
    scores = model.log_odds(companies())
    assert np.median(scores[flag]) > np.quantile(scores[~flag], 0.99)


def test_trees_that_are_not_trained_say_so(tmp_path: Path) -> None:
    for use in (
        lambda trees: trees.log_odds(np.zeros((1, 1), np.float32)),
        lambda trees: trees.save(tmp_path, "t"),
    ):
        with pytest.raises(RuntimeError, match="before it is trained or loaded"):
            use(BoostedTrees("cpu"))


@pytest.mark.parametrize(
    "name",
    ["neighbors.KNeighborsClassifier", "naive_bayes.GaussianNB", "linear_model.LogisticRegression",
     "discriminant_analysis.QuadraticDiscriminantAnalysis", "tree.DecisionTreeClassifier"],
)  # fmt: skip
def test_promise_9_a_classifier_that_learns_the_example_is_taken(name: str) -> None:
    try_out(f"sklearn.{name}")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ensemble.VotingClassifier", "missing 1 required positional argument: 'estimators'"),
        ("pipeline.Pipeline", "missing 1 required positional argument: 'steps'"),
        ("naive_bayes.MultinomialNB", "Negative values"),
        ("svm.SVC", "no attribute 'predict_proba'"),
        ("mixture.GaussianMixture", "index 1 is out of bounds"),
        ("neighbors.RadiusNeighborsClassifier", "No neighbors found"),
        ("semi_supervised.SelfTrainingClassifier", "must be an object implementing 'fit'"),
        ("semi_supervised.LabelPropagation", "does not give every company a probability"),
        ("linear_model.Perceptron", "gives no probabilities"),
        ("linear_model.Unheard", "does not exist"),
    ],
)
def test_promise_9_a_classifier_that_cannot_be_used_is_refused_before_any_work(
    name: str, reason: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        try_out(f"sklearn.{name}")
    assert caught.value.where == "classifier"
    assert reason in caught.value.problem
    assert "sklearn.ensemble.RandomForestClassifier" in caught.value.remedy
    assert "\n" not in str(caught.value)

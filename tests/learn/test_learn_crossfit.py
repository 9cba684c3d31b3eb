"""Cross-fitting: which models train on a company, and which clients its label features may see."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import GROUP, features_of, in_one_fold, keys, link, same, words

from graphlead.core.arrays import Floats, Folds, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import AroundClients, RankerSetup
from graphlead.core.features import Attributes, Features, Groups, Incidence, Neighbours, Relation
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator
from graphlead.learn import crossfit
from graphlead.learn.crossfit import cross_fit, leave_out, score_held_out, score_others
from graphlead.learn.rankers.tabular import linear, tabular, tabular_graph


@dataclass
class Recorder:
    """A ranker that records its inputs; its score is the number of companies it was trained on."""

    name: str = "recorder"
    rows: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    labels: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    label_features: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    seed: int = -1
    scored: dict[int, Floats] = field(default_factory=dict)

    def check(self, features: Features) -> None:
        """It takes whatever comes."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        self.rows, self.labels, self.label_features, self.seed = rows, labels, label_features, seed
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        self.scored |= dict(zip(rows.tolist(), label_features, strict=True))
        return np.full(len(rows), len(self.rows), np.float32)

    def save(self, folder: Path) -> None:
        raise NotImplementedError

    def load(self, folder: Path) -> Self:
        raise NotImplementedError


def featured(n: int, *relations: Relation) -> Features:
    attributes = Attributes(np.zeros((n, 0), np.float32), ())
    return features_of(attributes, np.zeros((n, 0), np.float32), (), relations)


def cohort_of(labels: np.ndarray, *suppressed: int) -> Cohort:
    clients = np.flatnonzero(labels).astype(np.int32)
    won = np.full(len(clients), np.datetime64("NaT"), "datetime64[D]")
    return Cohort(
        n_companies=len(labels), clients=clients, suppressed=np.array(suppressed, np.int32), won=won
    )


def around_of(features: Features, labels: np.ndarray, folds: Folds) -> AroundClients:
    return ClientsAround(features, CpuPropagator()).around(cohort_of(labels), folds)


def recorded(features: Features, labels: np.ndarray, folds: Folds, *suppressed: int) -> list[Recorder]:
    """The models of every fold, after each has scored the companies of its fold."""
    cohort, around = cohort_of(labels, *suppressed), around_of(features, labels, folds)
    fit = cross_fit(lambda: [Recorder()], features, around, cohort, folds, 7)
    score_held_out(fit.models, features, around, folds, np.arange(len(labels), dtype=np.int32))
    return [ranker for (ranker,) in fit.models if isinstance(ranker, Recorder)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Features, np.ndarray, Folds]:
    """Random groups, some small enough to be walked, words and links; random labels in three folds."""
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    n = draw(st.integers(40, 60))
    joined = np.triu(random.random((n, n)) < draw(st.floats(0, 0.1)), 1)
    relations = (
        Groups(same("city"), random.integers(-1, draw(st.integers(1, 5)), n).astype(np.int32), 5),
        Groups(GROUP, random.integers(-1, 40, n).astype(np.int32), 40),
        Incidence(words(), sp.csr_matrix((random.random((n, 15)) < draw(st.floats(0, 0.2))).astype("f4"))),
        Neighbours(link("supplies"), sp.csr_matrix((joined | joined.T).astype(np.float32))),
    )
    labels = random.random(n) < draw(st.floats(0.05, 0.6))
    return featured(n, *relations), labels, random.permutation(np.arange(n) % 3).astype(np.int8)


@settings(max_examples=15, deadline=None)
@given(worlds(), st.integers(0, 2), st.randoms(use_true_random=False))
def test_labels_of_a_fold_change_nothing_that_its_own_models_see(
    world: tuple[Features, np.ndarray, Folds], fold: int, random: np.random.Generator
) -> None:
    features, labels, folds = world
    before = recorded(features, labels, folds)[fold]
    flipped = np.where(folds == fold, np.array([random.random() < 0.5 for _ in labels]), labels)
    after = recorded(features, flipped, folds)[fold]
    np.testing.assert_array_equal(after.rows, before.rows)
    np.testing.assert_array_equal(after.labels, before.labels)
    np.testing.assert_array_equal(after.label_features, before.label_features)
    assert set(after.scored) == set(np.flatnonzero(folds == fold).tolist())
    for company, moved in before.scored.items():
        np.testing.assert_array_equal(after.scored[company], moved)


@settings(max_examples=15, deadline=None)
@given(worlds(), st.data())
def test_flipping_one_label_moves_none_of_its_own_features_in_any_model(
    world: tuple[Features, np.ndarray, Folds], data: st.DataObject
) -> None:
    features, labels, folds = world
    company = data.draw(st.integers(0, len(labels) - 1))
    flipped = labels.copy()
    flipped[company] ^= True
    pairs = zip(recorded(features, labels, folds), recorded(features, flipped, folds), strict=True)
    for fold, (before, after) in enumerate(pairs):
        if fold == folds[company]:
            np.testing.assert_array_equal(after.scored[company], before.scored[company])
            assert company not in before.rows
        else:
            mine = before.rows == company
            assert mine.sum() == 1
            np.testing.assert_array_equal(after.label_features[mine], before.label_features[mine])
            assert before.labels[mine] != after.labels[mine]


@settings(max_examples=15, deadline=None)
@given(worlds(), st.data())
def test_no_label_of_its_own_fold_moves_a_held_out_score(
    world: tuple[Features, np.ndarray, Folds], data: st.DataObject
) -> None:
    """Whichever companies are scored, in whichever order: all that its fold's model gets of a company stays."""
    features, labels, folds = world
    companies = np.array(data.draw(st.permutations(range(len(labels))))[:25], np.int32)
    models = [tuple((Recorder(rows=np.zeros(fold, np.int32)),) for fold in range(3)) for _ in range(2)]
    flipped = labels.copy()
    fold = data.draw(st.integers(0, 2))
    flipped[folds == fold] ^= True
    for each, known in zip(models, (labels, flipped), strict=True):
        found = score_held_out(each, features, around_of(features, known, folds), folds, companies)
        assert found["recorder"].tolist() == folds[companies].tolist()
    (before,), (after,) = (each[fold] for each in models)
    assert set(before.scored) == set(companies[folds[companies] == fold].tolist())
    for company, moved in before.scored.items():
        np.testing.assert_array_equal(after.scored[company], moved)


def small() -> tuple[Features, np.ndarray, Folds]:
    n = 12
    labels = np.isin(np.arange(n), [0, 1, 2, 6, 7])
    return (
        featured(n, Groups(same("x"), np.zeros(n, np.int32), 1)),
        labels,
        (np.arange(n) % 3).astype("i1"),
    )


def test_labels_of_other_folds_do_change_what_the_models_see() -> None:
    features, labels, folds = small()
    before = recorded(features, labels, folds)[0]
    labels[4] = True
    after = recorded(features, labels, folds)[0]
    assert before.scored[0][0] != after.scored[0][0]
    third = after.rows == 2  # in fold 2, sees the clients of fold 1 alone, where company 4 is
    assert before.label_features[third][0, 0] != after.label_features[third][0, 0]


def test_training_features_come_from_the_third_folds_clients() -> None:
    features, labels, folds = small()
    moved = recorded(features, labels, folds)[0]
    for row, found in zip(moved.rows, moved.label_features, strict=True):
        visible = labels & (folds != 0) & (folds != folds[row])
        alone = around_of(features, visible, in_one_fold(12)).rows(np.array([row], np.int32))[0]
        np.testing.assert_allclose(found, alone, atol=1e-6)


def test_each_fold_trains_on_all_others_but_the_suppressed() -> None:
    features, labels, folds = small()
    for fold, model in enumerate(recorded(features, labels, folds, 3, 4)):
        expected = [i for i in range(12) if i % 3 != fold and i not in (3, 4)]
        assert model.rows.tolist() == expected
        assert model.labels.tolist() == [float(labels[i]) for i in expected]
        assert model.seed == 7 + fold
        assert sorted(model.scored) == [i for i in range(12) if i % 3 == fold]


def test_at_most_so_many_unlabelled_are_trained_on_and_every_client(monkeypatch: pytest.MonkeyPatch) -> None:
    features, labels, folds = small()
    monkeypatch.setattr(crossfit, "MOST_UNLABELLED", 2)
    for fold, (model, again) in enumerate(
        zip(recorded(features, labels, folds), recorded(features, labels, folds), strict=True)
    ):
        assert np.array_equal(model.rows, again.rows)
        assert (np.diff(model.rows) > 0).all()
        assert (model.labels == 0).sum() == 2
        assert model.rows[model.labels == 1].tolist() == np.flatnonzero(labels & (folds != fold)).tolist()


def test_a_company_is_scored_by_its_folds_model_from_the_clients_outside_the_fold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features, labels, folds = small()
    around = around_of(features, labels, folds)
    models = tuple((Recorder("a", np.zeros(size, np.int32)), Recorder("b")) for size in (3, 6, 12))
    monkeypatch.setattr(crossfit, "CHUNK", 2)
    companies = np.array([11, 0, 4, 3, 6, 9], np.int32)
    found = score_held_out(models, features, around, folds, companies)
    assert found["a"].tolist() == [12, 3, 6, 3, 3, 3]
    assert found["b"].tolist() == [0] * 6
    for fold, (model, _) in enumerate(models):
        assert set(model.scored) == {i for i in companies.tolist() if i % 3 == fold}
        for company, moved in model.scored.items():
            outside = around_of(features, labels & (folds != fold), in_one_fold(12))
            alone = outside.rows(np.array([company], np.int32))[0]
            np.testing.assert_allclose(moved, alone, atol=1e-6)


def test_chunks_do_not_change_what_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    features, labels, folds = small()
    around, everybody = around_of(features, labels, folds), np.arange(12, dtype=np.int32)

    def scored(companies: Ints) -> tuple[Floats, dict[int, Floats]]:
        models = tuple((Recorder(rows=np.zeros(size, np.int32)),) for size in (1, 2, 4))
        found = score_held_out(models, features, around, folds, companies)["recorder"]
        return found, {row: moved for (model,) in models for row, moved in model.scored.items()}

    whole, seen = scored(everybody)
    monkeypatch.setattr(crossfit, "CHUNK", 2)
    parts, seen_in_parts = scored(everybody)
    np.testing.assert_array_equal(parts, whole)
    assert set(seen) == set(range(12))
    for row, moved in seen.items():
        np.testing.assert_array_equal(seen_in_parts[row], moved)
    assert scored(everybody[:0])[0].shape == (0,)


def test_rankers_that_share_their_inputs_score_as_by_themselves() -> None:
    features, labels, folds = small()
    around, everybody = around_of(features, labels, folds), np.arange(len(labels), dtype=np.int32)
    setup = RankerSetup("xgboost", (0,), "cpu")
    makes = (lambda: linear(setup), lambda: tabular(setup), lambda: tabular_graph(setup))
    fit = cross_fit(lambda: [make() for make in makes], features, around, cohort_of(labels), folds, 7)
    all_around = around_of(features, labels, in_one_fold(len(labels)))
    found = score_others(fit.models, features, all_around, cohort_of(labels), fit.left_out)
    by_fold = score_held_out(fit.models, features, around, folds, everybody)
    for at, ranker in enumerate(fit.models[0]):
        others, inside = np.zeros(len(labels), np.float32), np.zeros(len(labels), np.float32)
        for f, rankers in enumerate(fit.models):
            whole = rankers[at].score(features, everybody, all_around.rows(everybody))
            others += np.where((fit.left_out >> f) & 1, whole / np.bitwise_count(fit.left_out), 0)
            own = rankers[at].score(features, everybody, around.rows(everybody, {f}))
            inside = np.where(folds == f, own, inside)
        np.testing.assert_allclose(found[ranker.name], np.where(labels, np.nan, others), rtol=1e-5)
        np.testing.assert_array_equal(by_fold[ranker.name], inside)


def test_everybody_else_is_scored_by_the_mean_of_the_models_they_were_left_out_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features, labels, _ = small()
    left_out = np.array([0b001, 0b010, 0b101, 0b111] * 3, np.int32)
    models = tuple((Recorder(rows=np.zeros(size, np.int32)),) for size in (3, 6, 12))
    around = around_of(features, labels, in_one_fold(12))
    monkeypatch.setattr(crossfit, "CHUNK", 5)
    found = score_others(models, features, around, cohort_of(labels), left_out)["recorder"]
    expected = np.where(labels, np.nan, [3, 6, 7.5, 7] * 3)
    np.testing.assert_allclose(found, expected)
    for fold, (model,) in enumerate(models):
        here = ((left_out >> fold) & 1 > 0) & ~labels
        assert set(model.scored) == set(np.flatnonzero(here).tolist())
        for company, moved in model.scored.items():
            alone = around.rows(np.array([company], np.int32))[0]
            np.testing.assert_array_equal(moved, alone)


def test_progress_goes_up_to_the_number_of_models() -> None:
    features, labels, folds = small()
    seen: list[tuple[float, float, str]] = []
    cross_fit(
        lambda: [Recorder("a"), Recorder("b")],
        features, around_of(features, labels, folds), cohort_of(labels), folds, 0,
        lambda done, total, note="": seen.append((done, total, note)),
    )  # fmt: skip
    assert [done for done, _, _ in seen] == list(range(7))
    assert seen[1][2] == "1 of 6"


@pytest.mark.parametrize(("k", "several"), [(2, 1), (3, 1), (4, 1), (5, 2), (7, 3), (10, 4)])
def test_all_but_clients_are_left_out_of_their_own_fold_and_of_others_where_folds_are_many(
    k: int, several: int
) -> None:
    n = 3_000
    labels = np.arange(n) % 10 == 0
    folds = np.random.default_rng(1).integers(k, size=n).astype(np.int8)
    left_out = leave_out(cohort_of(labels), keys(n), folds, 4)
    out = np.stack([(left_out >> fold) & 1 for fold in range(k)], axis=1)
    assert out.sum() == out[np.arange(n), folds].sum() + (several - 1) * (~labels).sum()
    assert (out.sum(1) == np.where(labels, 1, several)).all()
    if several > 1:  # the other folds are any of the others alike
        company, other = np.nonzero(out[~labels] - np.eye(k, dtype=int)[folds[~labels]])
        turned = (other - folds[~labels][company]) % k
        counts = np.bincount(turned, minlength=k)
        assert counts[0] == 0
        assert counts[1:].min() > 0.8 * (several - 1) * (~labels).sum() / (k - 1)


def test_who_is_left_out_trains_no_model_that_scores_it() -> None:
    n, k = 200, 5
    labels = np.arange(n) % 8 == 0
    folds = (np.arange(n) % k).astype(np.int8)
    features = featured(n, Groups(same("x"), np.zeros(n, np.int32), 1))
    around = around_of(features, labels, folds)
    fit = cross_fit(lambda: [Recorder()], features, around, cohort_of(labels), folds, 3)
    for fold, (model,) in enumerate(fit.models):
        here = (fit.left_out >> fold) & 1 > 0
        assert isinstance(model, Recorder)
        assert model.rows.tolist() == np.flatnonzero(~here).tolist()


def test_rejected_companies_are_negatives_of_every_model_but_that_of_their_own_fold() -> None:
    n, k = 200, 5
    labels = np.arange(n) % 8 == 0
    folds = (np.arange(n) % k).astype(np.int8)
    features = featured(n, Groups(same("x"), (np.arange(n) % 3).astype(np.int32), 3))
    away = np.array([1, 2, 3, 14, 31], np.int32)
    cohort = replace(cohort_of(labels, *away), rejected=away[1:])
    around = ClientsAround(features, CpuPropagator()).around(cohort, folds)
    fit = cross_fit(lambda: [Recorder()], features, around, cohort, folds, 3)
    for fold, (model,) in enumerate(fit.models):
        assert isinstance(model, Recorder)
        given = dict(zip(model.rows.tolist(), model.labels.tolist(), strict=True))
        assert {company for company, label in given.items() if label < 0} == {
            company for company in away[1:].tolist() if folds[company] != fold
        }
        assert away[0] not in given
        assert all(label == labels[company] for company, label in given.items() if label >= 0)
    scores = score_others(fit.models, features, around, cohort, fit.left_out)["recorder"]
    assert np.flatnonzero(np.isnan(scores)).tolist() == np.flatnonzero(cohort.decided()).tolist()


@settings(max_examples=15, deadline=None)
@given(worlds(), st.data())
def test_that_a_company_is_rejected_moves_none_of_its_own_features(
    world: tuple[Features, np.ndarray, Folds], data: st.DataObject
) -> None:
    features, labels, folds = world
    others = np.flatnonzero(~labels).astype(np.int32)
    company, rejected = int(data.draw(st.sampled_from(others.tolist()))), others[::3]
    with_it, without = np.union1d(rejected, [company]).astype(np.int32), np.setdiff1d(rejected, [company])
    own = int(folds[company])
    before, after = (
        ClientsAround(features, CpuPropagator())
        .around(replace(cohort_of(labels, *others), rejected=some), folds)
        .rows(np.array([company], np.int32), {own})
        for some in (without, with_it)
    )
    np.testing.assert_array_equal(before, after)


def test_one_more_company_changes_who_is_left_out_and_sampled_for_nobody_else() -> None:
    n = 300
    labels = np.arange(n) % 9 == 0
    folds = (np.arange(n) % 5).astype(np.int8)
    more = leave_out(cohort_of(np.append(labels, False)), keys(n + 1), np.append(folds, np.int8(2)), 0)
    np.testing.assert_array_equal(more[:n], leave_out(cohort_of(labels), keys(n), folds, 0))

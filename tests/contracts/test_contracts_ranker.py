"""What every ranker must do, whatever it learns by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_towns import FOLDS, TOWN, N, planted
from sklearn.metrics import roc_auc_score

from graphlead.core.arrays import Floats
from graphlead.core.contracts import Ranker, RankerSetup, TaskKind
from graphlead.core.errors import SettingsError
from graphlead.learn.classifiers import scikit_learn_class
from graphlead.learn.crossfit import CrossFit, cross_fit, score_held_out, score_others
from graphlead.learn.registry import (
    RANKERS,
    bases_of,
    check_classifier,
    check_rankers,
    device_of,
    for_list,
    load_models,
    rankers,
    row_wise,
    save_models,
    with_bases,
)

FOUR = ["pagerank", "tabular", "tabular_graph", "gnn"]
LOGISTIC = "sklearn.linear_model.LogisticRegression"
EVERY = [*((name, "xgboost") for name in RANKERS), ("tabular", LOGISTIC), ("tabular_graph", LOGISTIC)]


def trained(name: str, classifier: str, seed: int = 1) -> CrossFit:
    world = planted()
    setup = RankerSetup(classifier, world.label_features().encodings, "cpu")
    return cross_fit(
        lambda: rankers([name], setup), world.features, world.around(), world.cohort, world.folds, seed
    )


def held_out(fit: CrossFit) -> Floats:
    """The scores of every company, each by the models of its fold."""
    world, everybody = planted(), np.arange(N, dtype=np.int32)
    (scores,) = score_held_out(fit.models, world.features, world.around(), world.folds, everybody).values()
    return scores


@pytest.fixture(scope="module", params=EVERY, ids=lambda pair: f"{pair[0]}-{pair[1].rpartition('.')[2]}")
def named(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture(scope="module")
def fit(named: tuple[str, str]) -> CrossFit:
    return trained(*named)


def scores_of(ranker: Ranker, fold: int = 0) -> Floats:
    """The scores of the companies of a fold, which the ranker of the fold was not trained on."""
    world = planted()
    rows = np.flatnonzero(world.folds == fold).astype(np.int32)
    return ranker.score(world.features, rows, world.around().rows(rows, (fold,)))


def test_finds_the_planted_clients_out_of_fold(fit: CrossFit) -> None:
    cohort = planted().cohort
    scores = held_out(fit)
    assert scores.shape == (N,)
    assert roc_auc_score(cohort.labels(), scores) > 0.8


def test_scores_are_finite_though_attributes_are_missing(fit: CrossFit) -> None:
    assert np.isnan(planted().features.attributes.numeric).any()
    scores = held_out(fit)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.ptp(scores) > 0


def test_scores_companies_that_nothing_is_known_of(fit: CrossFit) -> None:
    world = planted()
    attributes = world.features.attributes
    blank = replace(attributes, numeric=np.full_like(attributes.numeric, np.nan))
    rows = np.arange(5, dtype=np.int32)
    nearby = world.around().rows(rows)
    scores = fit.models[0][0].score(replace(world.features, attributes=blank), rows, nearby)
    assert np.isfinite(scores).all()


def test_same_seed_same_scores(named: tuple[str, str], fit: CrossFit) -> None:
    np.testing.assert_array_equal(held_out(trained(*named)), held_out(fit))


def test_a_companys_score_does_not_depend_on_who_is_scored_with_it(fit: CrossFit) -> None:
    world, ranker = planted(), fit.models[0][0]
    rows = np.flatnonzero(world.folds == 0).astype(np.int32)
    nearby = world.around().rows(rows, (0,))
    some = ranker.score(world.features, rows[7:19], nearby[7:19])
    np.testing.assert_allclose(some, scores_of(ranker)[7:19], atol=1e-5)


def test_saved_and_loaded_ranker_scores_identically(
    named: tuple[str, str], fit: CrossFit, tmp_path: Path
) -> None:
    saved = fit.models[0][0]
    saved.save(tmp_path)
    (untrained,) = rankers([named[0]], RankerSetup(named[1], planted().label_features().encodings, "cpu"))
    np.testing.assert_array_equal(scores_of(untrained.load(tmp_path)), scores_of(saved))


def test_saved_models_score_the_register_as_in_training(
    named: tuple[str, str], fit: CrossFit, tmp_path: Path
) -> None:
    world = planted()
    save_models(fit.models, named[1], world.label_features().encodings, tmp_path)
    models = load_models(tmp_path, "cpu")
    assert [[ranker.name for ranker in fold] for fold in models] == [[named[0]]] * FOLDS
    arguments = (world.features, world.around(), world.cohort, fit.left_out)
    again, first = (score_others(each, *arguments)[named[0]] for each in (models, fit.models))
    np.testing.assert_array_equal(again, first)
    assert np.array_equal(np.flatnonzero(np.isnan(again)), world.cohort.clients)
    assert not list(tmp_path.rglob("*.pkl"))


def test_rankers_come_in_the_order_of_their_names() -> None:
    names = ["gnn", "pagerank", "tabular_graph", "tabular"]
    assert [ranker.name for ranker in rankers(names, RankerSetup("xgboost", (), "cpu"))] == names


@pytest.mark.parametrize("name", RANKERS)
def test_every_ranker_has_its_name_and_trains_on_a_small_register(name: str) -> None:
    (ranker,) = rankers([name], RankerSetup("xgboost", (), "cpu"))
    assert ranker.name == name
    ranker.check(planted().features)


@pytest.mark.parametrize(
    ("names", "kind", "problem"),
    [
        (["svm"], "pu", "there is no ranker 'svm'. The rankers are: pagerank, tabular"),
        (["sagee"], "pu", "there is no ranker 'sagee'. Did you mean 'sage'?"),
        (["gnn"], "survival", "gnn does not learn tasks of the kind survival"),
        (["sage"], "pu", "sage can only be compared"),
    ],
)
def test_rankers_that_a_run_cannot_have_are_refused(names: list[str], kind: TaskKind, problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check_rankers(names, kind)
    assert problem in str(refused.value)
    assert (refused.value.where, bool(refused.value.remedy)) == ("rankers", True)


@pytest.mark.parametrize(
    ("names", "clients", "expected"),
    [
        ([*FOUR, "sage"], 50, ["pagerank", "tabular_graph", "gnn"]),
        (FOUR, 49, FOUR),
        (["pagerank", "tabular", "sage"], 500, ["pagerank", "tabular"]),
        (["tabular", "gnn"], 500, ["gnn"]),
        (["tabular"], 500, ["tabular"]),
    ],
)
def test_trees_on_own_columns_make_the_list_among_few_clients_or_without_others(
    names: list[str], clients: int, expected: list[str]
) -> None:
    assert for_list(names, clients) == expected


@pytest.mark.parametrize("clients", [49, 50])
def test_what_a_ranker_is_built_on_makes_the_list_only_as_a_part_of_it(clients: int) -> None:
    assert for_list(["pagerank", "linear", "gnn"], clients) == ["pagerank", "gnn"]
    assert for_list(["pagerank", "linear", "sage"], clients) == ["pagerank", "linear"]


@pytest.mark.parametrize(
    ("names", "trained"),
    [
        (["gnn"], ["linear", "gnn"]),
        (["gnn", "linear"], ["linear", "gnn"]),
        (["linear", "pagerank", "gnn"], ["linear", "pagerank", "gnn"]),
        (["pagerank", "sage", "gnn", "tabular"], ["pagerank", "sage", "linear", "gnn", "tabular"]),
        (["tabular", "linear"], ["tabular", "linear"]),
    ],
)
def test_what_a_ranker_is_built_on_is_trained_before_it_and_once(
    names: list[str], trained: list[str]
) -> None:
    assert with_bases(names) == tuple(trained)
    assert with_bases(trained) == tuple(trained)


def test_bases_are_those_of_the_rankers_asked_for() -> None:
    assert bases_of(["pagerank", "gnn"]) == {"gnn": "linear"}
    assert bases_of(["pagerank", "linear", "tabular"]) == {}


def test_message_passing_is_compared_beside_rankers_that_rank_the_list() -> None:
    check_rankers(["gnn", "sage"], "pu")
    assert row_wise(["sage", "gnn", "tabular"]) == ["gnn", "tabular"]


def test_message_passing_is_refused_before_training_where_it_does_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, trained_on = planted(), []
    monkeypatch.setattr("graphlead.learn.rankers.sage.budget", lambda: 100_000)
    monkeypatch.setattr("graphlead.learn.rankers.gnn.DecoupledGnn.fit", lambda *_: trained_on.append(1))
    with pytest.raises(SettingsError, match=r"sage needs about .* GB for 600 companies.*gnn learns"):
        cross_fit(
            lambda: rankers(["gnn", "sage"], RankerSetup("xgboost", (), "cpu")),
            world.features, world.around(), world.cohort, world.folds, 1,
        )  # fmt: skip
    assert not trained_on


def test_messages_reach_a_company_from_its_group_and_its_neighbours(tmp_path: Path) -> None:
    """What changes at a company changes the scores of its town and of its neighbours, and of nobody else far away."""
    world, (ranker,) = planted(), trained("sage", "xgboost").models[0]
    numeric = world.features.attributes.numeric.copy()
    numeric[0, 0] = 8.0
    changed = replace(world.features, attributes=replace(world.features.attributes, numeric=numeric))
    rows = np.arange(N, dtype=np.int32)
    label_features = np.zeros((N, len(world.label_features().features)), np.float32)
    before, after = (ranker.score(each, rows, label_features) for each in (world.features, changed))
    town, linked = (
        world.features.relations[0].code == 0,
        world.features.relations[1].matrix[0].toarray()[0] > 0,
    )
    moved = ~np.isclose(before, after, atol=1e-6)
    assert moved[town | linked].all()
    assert not moved[TOWN * 11 :].any()


def test_device_is_the_one_asked_for() -> None:
    assert device_of("cpu") == "cpu"
    assert device_of("auto") in {"cpu", "cuda"}


@pytest.mark.parametrize("name", ["gnn", "sage"])
def test_an_untrained_network_says_so(tmp_path: Path, name: str) -> None:
    (ranker,) = rankers([name], RankerSetup("xgboost", (), "cpu"))
    with pytest.raises(RuntimeError, match="before it is trained"):
        scores_of(ranker)
    with pytest.raises(RuntimeError, match="before it is trained"):
        ranker.save(tmp_path)


@pytest.mark.parametrize(
    ("dotted", "problem"),
    [
        ("os.system", "not a scikit-learn classifier"),
        ("RandomForestClassifier", "not a scikit-learn classifier"),
        ("sklearnish.Forest", "not a scikit-learn classifier"),
        ("", "not a scikit-learn classifier"),
        ("sklearn.ensemble.NoSuchForest", "does not exist"),
        ("sklearn.nowhere.Forest", "does not exist"),
        ("sklearn.linear_model.LinearRegression", "gives no probabilities"),
    ],
)
def test_unfit_classifiers_are_refused_with_a_remedy(dotted: str, problem: str) -> None:
    for check in (scikit_learn_class, check_classifier):
        with pytest.raises(SettingsError, match=problem) as refused:
            check(dotted)
        assert refused.value.where == "classifier"
        assert "sklearn.ensemble.RandomForestClassifier" in refused.value.remedy


def test_fit_classifiers_are_found() -> None:
    assert scikit_learn_class(LOGISTIC).__name__ == "LogisticRegression"
    check_classifier("xgboost")
    check_classifier("sklearn.ensemble.RandomForestClassifier")

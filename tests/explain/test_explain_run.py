"""Evidence of a trained run: true to the ranking that made the scores."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from graphlead.core.arrays import NONE, Floats, Ints
from graphlead.core.clients import Cohort
from graphlead.core.errors import InputError
from graphlead.core.evidence import Evidence
from graphlead.core.features import Features
from graphlead.evaluate.blend import BLEND, equally
from graphlead.evaluate.choose import Choice
from graphlead.explain.reasons.attribution import Attribution
from graphlead.explain.reasons.inputs import Game, Reals
from graphlead.explain.reasons.themes import Themes
from graphlead.explain.ties.grouped import grouped
from graphlead.explain.ties.ties import tie_writer
from graphlead.learn.registry import load_models
from graphlead.pipeline.explain import (
    Rescorer,
    explain_companies,
    explain_company,
    log_odds,
    stakes_in,
    whitespace_ties,
)
from graphlead.pipeline.find import find_company
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import Scored
from graphlead.pipeline.standing import standing_of

ASKED = 100


@pytest.fixture(scope="module")
def scores(run_folder: Path) -> pd.DataFrame:
    return pd.read_parquet(run_folder / "scores.parquet")


@pytest.fixture(scope="module")
def companies(scored: Scored, scores: pd.DataFrame) -> Ints:
    wanted = pa.array(scores["company_id"][:ASKED].astype(str).tolist())
    return pc.index_in(wanted, value_set=scored.model_inputs.register.ids()).to_numpy().astype(np.int32)


@pytest.fixture(scope="module")
def evidence(scored: Scored, cohort: Cohort, companies: Ints) -> list[Evidence]:
    return explain_companies(scored, cohort, companies)


def rows_of(scored: Scored, companies: Ints) -> Features:
    """The features of these companies alone, in their order."""
    features = scored.model_inputs.features
    own = features.attributes
    attributes = replace(own, numeric=own.numeric[companies])
    return replace(
        features,
        keys=features.keys[companies],
        attributes=attributes,
        structure=features.structure[companies],
        relations=(),
        meaning=features.meant(companies),
    )


def label_features_of(scored: Scored, cohort: Cohort, companies: Ints, visible: Ints) -> Floats:
    """The label features of companies from the ``visible`` clients: all others are in a fold of their own, hidden."""
    folds = np.ones(cohort.n_companies, np.int8)
    folds[visible] = 0
    return scored.model_inputs.label_features.around(cohort, folds).rows(companies, (1,))


def rescored(scored: Scored, cohort: Cohort, companies: Ints, visible: Ints) -> Reals:
    """Log-odds of companies by the run's models, with label features from the ``visible`` clients."""
    models = load_models(scored.trained.model, "cpu")
    scorer = Rescorer(models, scored, standing_of(scored, cohort))
    left_out = pd.read_parquet(scored.trained.fitted)["left_out"].to_numpy(np.int32)
    label_features = label_features_of(scored, cohort, companies, visible)
    return scorer.log_odds(rows_of(scored, companies), label_features, left_out[companies])


def test_reasons_add_up_to_the_published_score(evidence: list[Evidence], scores: pd.DataFrame) -> None:
    for each, published in zip(evidence, scores["score"], strict=False):
        total = float(log_odds(np.array(each.typical))) + sum(moved.log_odds for moved in each.contributions)
        assert total == pytest.approx(float(log_odds(np.array(published))), abs=1e-9)


@pytest.mark.parametrize(
    "members", [("pagerank",), ("tabular_graph",), ("linear",), ("pagerank", "tabular_graph", "linear")]
)
def test_inputs_as_they_are_give_the_published_score(
    scored: Scored, cohort: Cohort, companies: Ints, members: tuple[str, ...]
) -> None:
    """Whatever the run chose, a blend by ranks included."""
    choice = Choice(BLEND if len(members) > 1 else members[0], equally(members), "")
    candidates = np.flatnonzero(cohort.candidates()).astype(np.int32)
    chosen = replace(scored.judgement, choice=choice)
    raw = chosen.final(scored.scores, candidates)
    found = rescored(replace(scored, judgement=chosen), cohort, companies, cohort.clients)
    published = log_odds(scored.expected.scores(raw, raw[np.searchsorted(candidates, companies)]))
    np.testing.assert_allclose(found, published, atol=1e-6)


def test_a_company_that_no_model_knows_is_scored_by_all_of_them(
    scored: Scored, cohort: Cohort, companies: Ints
) -> None:
    models = load_models(scored.trained.model, "cpu")
    choice = Choice("tabular_graph", {"tabular_graph": 1.0}, "")
    judgement = replace(scored.judgement, choice=choice)
    judged = replace(scored, judgement=judgement)
    scorer = Rescorer(models, judged, standing_of(judged, cohort, companies))
    rows, label_features = (
        rows_of(scored, companies),
        label_features_of(scored, cohort, companies, cohort.clients),
    )
    everybody = np.arange(len(companies), dtype=np.int32)
    raw = [
        ranker.score(rows, everybody, label_features)
        for fold in models
        for ranker in fold
        if ranker.name == choice.name
    ]
    found = scorer.log_odds(rows, label_features, np.full(len(companies), (1 << len(models)) - 1, np.int32))
    ranked = scored.scores["tabular_graph"][companies]
    expected = log_odds(scored.expected.scores(ranked, np.mean(raw, axis=0)))
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_taking_the_named_reasons_away_costs_more_than_others(
    scored: Scored, cohort: Cohort, companies: Ints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three strongest reasons against three drawn at random, on the same companies."""
    played: list[tuple[Game, Attribution]] = []

    def watched(game: Game, themes: Themes, attribution: Attribution, *rest: object) -> list[str]:
        played.append((game, attribution))
        return [""] * len(companies)

    monkeypatch.setattr("graphlead.explain.explain.counterfactuals", watched)
    explain_companies(scored, cohort, companies)
    game, attribution = played[0]
    everybody = np.arange(len(companies), dtype=np.int32)
    draw = np.random.default_rng(0)
    named, others = np.ones((2, len(companies), game.n_themes), bool)
    strongest = np.argsort(-attribution.contributions, axis=1)
    for i, order in enumerate(strongest):
        named[i, order[:3]] = False
        others[i, draw.choice(order[3:], 3, replace=False)] = False
    cost, other_cost = (attribution.score - game.log_odds(everybody, kept) for kept in (named, others))
    assert cost.mean() > 2 * abs(other_cost.mean())
    assert (cost > other_cost).mean() > 0.9


def test_taking_the_named_clients_away_costs_more_than_others(
    scored: Scored, cohort: Cohort, companies: Ints, evidence: list[Evidence]
) -> None:
    """Label features without the clients that the ties name, against label features without as many at random."""
    clients = cohort.clients
    draw = np.random.default_rng(0)
    tied = [i for i, each in enumerate(evidence) if each.introduction][:12]
    assert len(tied) > 5
    lost = []
    for i in tied:
        named = [tie.client for tie in evidence[i].ties]
        others = draw.choice(np.setdiff1d(clients, named), len(named), replace=False)
        before, without, control = (
            rescored(scored, cohort, companies[[i]], np.setdiff1d(clients, gone).astype(np.int32))[0]
            for gone in (clients[:0], named, others)
        )
        lost.append((before - without, before - control))
    named_cost, other_cost = np.mean(lost, axis=0)
    assert named_cost > max(3 * abs(other_cost), 0)


def test_counterfactual_ranks_are_lower_than_the_published_ones(
    evidence: list[Evidence], scores: pd.DataFrame
) -> None:
    counterfactuals = [
        (rank, each.counterfactual)
        for rank, each in zip(scores["rank"], evidence, strict=False)
        if not pd.isna(rank)
    ]
    ranks = [
        (rank, *map(int, found.groups()))
        for rank, sentence in counterfactuals
        if (found := re.search(r"rank ([\d,]+)\w\w instead of ([\d,]+)\w\w\.$", sentence.replace(",", "")))
    ]
    assert len(ranks) > len(counterfactuals) / 2
    assert all(late > early for _, late, early in ranks)
    assert all(
        abs(early - rank) <= 2 for rank, _, early in ranks
    )  # equal scores share the best of their ranks


def test_the_same_seed_gives_the_same_evidence(
    scored: Scored, cohort: Cohort, companies: Ints, evidence: list[Evidence]
) -> None:
    again = explain_companies(scored, cohort, companies[:5])
    assert [each.ties for each in again] == [each.ties for each in evidence[:5]]
    assert again == explain_companies(scored, cohort, companies[:5])


def test_no_companies_have_no_evidence(scored: Scored, cohort: Cohort) -> None:
    assert explain_companies(scored, cohort, np.zeros(0, np.int32)) == []


def test_one_company_is_explained_by_its_id_or_name(
    finished: FinishedRun, scored: Scored, cohort: Cohort, scores: pd.DataFrame
) -> None:
    register = scored.model_inputs.register
    by_id = explain_company(finished, str(scores["company_id"][0]))
    assert by_id.rank == (None if pd.isna(scores["rank"][0]) else 1)
    assert by_id.leads == scores["rank"].max()
    assert by_id.score == scores["score"][0]
    names = pd.Series(register.read("name").column(0).to_pylist())
    ids = pd.Series(register.ids().to_pylist())
    once = names[
        ~names.str.lower().duplicated(keep=False) & names.notna() & ids.isin(scores["company_id"])
    ].index[0]
    assert find_company(register, cohort, names[once].upper()) == once
    by_name = explain_company(finished, names[once])
    assert (by_name.company_id, by_name.name) == (ids[once], names[once])
    assert by_name.evidence.company == once


def test_a_company_that_cannot_be_explained_is_refused_with_the_reason(
    scored: Scored, cohort: Cohort
) -> None:
    register = scored.model_inputs.register
    ids, names = register.ids(), register.read("name").column(0)
    with pytest.raises(InputError, match=r"already a client(?: since \d{4}-\d\d-\d\d)?: it has no score"):
        find_company(register, cohort, ids[int(cohort.clients[0])].as_py())
    with pytest.raises(InputError, match="never to propose"):
        find_company(register, cohort, ids[int(cohort.suppressed[0])].as_py())
    known = ids[5].as_py()
    with pytest.raises(InputError, match=rf"no company with the id or name '{known}x'.*Did you mean {known}"):
        find_company(register, cohort, f"{known}x")
    typo = names[7].as_py() + "e"
    with pytest.raises(InputError, match=r"Did you mean .*" + ids[7].as_py()):
        find_company(register, cohort, typo)
    with pytest.raises(InputError, match="Give an id of the register's id column"):
        find_company(register, cohort, "§§§§§§§§§§§§§§§§§§§§§§§§")


def test_a_name_that_several_have_asks_for_an_id(scored: Scored, cohort: Cohort) -> None:
    register = scored.model_inputs.register
    names = pd.Series(register.read("name").column(0).to_pylist())
    twice = names[names.notna() & names.duplicated()].iloc[0]
    with pytest.raises(InputError, match=r"\d companies have the name .* Give the id of one: "):
        find_company(register, cohort, twice)


def test_whitespace_companies_have_the_path_to_the_client_they_name(
    run_folder: Path, scored: Scored, cohort: Cohort
) -> None:
    table = pd.read_csv(run_folder / "whitespace.csv", dtype=str)
    register, graph = scored.model_inputs.register, scored.model_inputs.graph
    ids = register.ids()
    companies = pc.index_in(pa.array(table["company_id"].tolist()), value_set=ids).to_numpy().astype(np.int32)
    ties = whitespace_ties(register, graph, cohort, companies)
    assert (ties.client != NONE).any()
    sentences = ties.sentence.to_pylist()
    for i, (company, row) in enumerate(zip(companies, table.itertuples(), strict=True)):
        client = int(ties.client[i])
        if str(row.ownership_path).startswith("no ownership link known; shares "):
            assert client == NONE
            continue
        assert graph.ownership.group[company] in graph.ownership.group[cohort.clients]
        if client != NONE:
            assert graph.ownership.group[client] == graph.ownership.group[company]
            assert (row.client_id, row.steps) == (ids[client].as_py(), str(ties.steps[i]))
            assert row.ownership_path == sentences[i]


def test_the_ties_of_all_companies_are_those_of_each(
    run_folder: Path, scored: Scored, cohort: Cohort
) -> None:
    register, graph = scored.model_inputs.register, scored.model_inputs.graph
    with_client = np.isin(graph.ownership.group, graph.ownership.group[cohort.clients])
    companies = np.flatnonzero(with_client & cohort.candidates()).astype(np.int32)
    ties = whitespace_ties(register, graph, cohort, companies)
    paths = dict(grouped(graph, cohort, companies))
    writer = tie_writer(register, graph, list(paths.values()), stakes_in(register, graph))
    assert len(paths) > 20
    for i, sentence in enumerate(ties.sentence.to_pylist()):
        path = paths.get(i)
        found = (ties.client[i], ties.steps[i], sentence)
        assert found == ((path.client, path.steps, writer.sentence(path)) if path else (NONE, NONE, None))

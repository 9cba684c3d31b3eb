"""Outcomes come back: won leads are clients, lost ones no leads, rejected ones true negatives, and the notes say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from tiny import command

import graphlead
from graphlead.core.errors import InputError
from graphlead.pipeline.explain import explain_company
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result

N, SECTORS = 480, 8
QUICK: dict[str, Any] = {"rankers": ("pagerank", "tabular_graph"), "folds": 3, "quiet": True, "top": 60}
CALLED, WON, LOST = 24, 10, 6
"""Companies of the shunned sector that are rejected, and others of the good one that are won and lost."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Companies in eight sectors: those of the first two buy alike, and a third of them are clients."""
    folder, draw = tmp_path_factory.mktemp("outcomes"), np.random.default_rng(3)
    sector = np.arange(N) % SECTORS
    buys = np.where(sector < 2, 0.33, 0.01)
    companies = pd.DataFrame({
        "company_id": [f"C{i:03}" for i in range(N)],
        "name": [f"{word} {i}" for i, word in enumerate(draw.choice(["Alder", "Birch", "Cedar", "Elm"], N))],
        "sector": [f"sector {i}" for i in sector],
        "city": draw.choice(["Ulm", "Bonn", "Kiel", "Trier"], N),
        "size": draw.integers(1, 500, N),
    })  # fmt: skip
    companies.to_csv(folder / "companies.csv", index=False)
    clients = companies.loc[draw.random(N) < buys, ["company_id"]]
    clients.assign(since="2025-03-01").to_csv(folder / "clients.csv", index=False)
    return {name: folder / f"{name}.csv" for name in ("companies", "clients")}


@pytest.fixture(scope="module")
def before(inputs: dict[str, Path]) -> Result:
    return graphlead.discover(**inputs, out=inputs["companies"].parent / "before", **QUICK)


@pytest.fixture(scope="module")
def called(inputs: dict[str, Path], before: Result) -> pd.DataFrame:
    """leads.csv of the earlier run, with a column filled in: its first leads of sector 1 did not fit."""
    leads = pd.read_csv(before.folder / "leads.csv", dtype=str)
    of = {name: leads.index[leads["sector"] == name] for name in ("sector 0", "sector 1")}
    leads["outcome"] = pd.Series(dtype="string")
    leads.loc[of["sector 1"][:CALLED], "outcome"] = "not a fit"
    leads.loc[of["sector 0"][:WON], "outcome"] = "won"
    leads.loc[of["sector 0"][WON : WON + LOST], "outcome"] = "lost - price"
    leads.loc[of["sector 0"][WON + LOST : WON + LOST + 2], "outcome"] = "call back"
    leads.to_csv(inputs["companies"].parent / "called.csv", index=False, encoding="utf-8-sig")
    return leads


@pytest.fixture(scope="module")
def after(inputs: dict[str, Path], called: pd.DataFrame) -> Result:
    folder = inputs["companies"].parent
    return graphlead.discover(**inputs, outcomes=folder / "called.csv", out=folder / "after", **QUICK)


def ids(called: pd.DataFrame, outcome: str) -> set[str]:
    return set(called.loc[called["outcome"] == outcome, "company_id"])


def test_companies_with_the_trait_of_the_rejected_fall(
    inputs: dict[str, Path], before: Result, after: Result, called: pd.DataFrame
) -> None:
    """The rest of sector 1 is below that of sector 0, further than if the same companies were only lost."""
    folder = inputs["companies"].parent
    lost = called.assign(outcome=called["outcome"].replace("not a fit", "lost"))
    lost.to_csv(folder / "lost.csv", index=False)
    given = {**inputs, **QUICK, "top": 5}
    control = graphlead.discover(**given, outcomes=folder / "lost.csv", out=folder / "lost")
    register = FinishedRun(after.folder).register.read("company_id", "sector").to_pandas()
    sector, left = register.set_index("company_id")["sector"], set(after.scores["company_id"])

    def sector_1_last(result: Result) -> float:
        of = result.scores["company_id"].map(sector)
        table = result.scores[result.scores["company_id"].isin(left) & of.isin(["sector 0", "sector 1"])]
        return float(roc_auc_score(table["company_id"].map(sector) == "sector 1", table["rank_all"]))

    assert sector_1_last(before) < 0.5 < sector_1_last(after)
    assert sector_1_last(after) > sector_1_last(control) + 0.1


def test_who_was_called_is_no_lead(after: Result, called: pd.DataFrame) -> None:
    away = ids(called, "not a fit") | ids(called, "won") | ids(called, "lost - price")
    assert len(away) == CALLED + WON + LOST
    assert not away & set(after.scores["company_id"])
    assert ids(called, "call back") <= set(after.scores["company_id"])


def test_won_ones_are_clients(before: Result, after: Result, called: pd.DataFrame) -> None:
    earlier, now = FinishedRun(before.folder), FinishedRun(after.folder)
    known = [set(run.register.ids().take(run.cohort.clients).to_pylist()) for run in (earlier, now)]
    assert known[1] - known[0] == ids(called, "won")
    assert now.profile.n_clients == earlier.profile.n_clients + WON
    with pytest.raises(InputError, match="is already a client"):
        explain_company(now, min(ids(called, "won")))


@pytest.mark.parametrize(("outcome", "text"), [("not a fit", "was rejected"), ("lost - price", "was lost")])
def test_why_a_company_has_no_score_is_explained(
    after: Result, called: pd.DataFrame, outcome: str, text: str
) -> None:
    with pytest.raises(InputError, match=f"{text} when it was called: it has no score.*--outcomes"):
        explain_company(FinishedRun(after.folder), min(ids(called, outcome)))


def test_the_notes_say_what_changed(after: Result, called: pd.DataFrame) -> None:
    facts = after.summary["outcomes"]
    expected = {
        "column": "outcome", "lines": 60, "won": WON, "lost": LOST, "rejected": CALLED, "new_clients": WON,
        "already_clients": 0, "lost_companies": LOST, "rejected_companies": CALLED,
        "other_words": {"call back": 2}, "unmatched": 0, "review": 0,
    }  # fmt: skip
    assert {name: facts[name] for name in expected} == expected
    assert facts["of_first"]["first"] == 60
    assert 0 < facts["of_first"]["lost"] <= LOST
    assert facts["of_first"]["rejected"] <= CALLED
    metrics = json.loads((after.folder / "metrics.json").read_text("utf-8"))
    assert metrics["outcomes"] == facts
    page = (after.folder / "report.html").read_text("utf-8")
    [note] = [note for note in metrics["notes"] if note.startswith("By the outcomes (column outcome)")]
    assert note in page
    assert f"{LOST} lost, {CALLED} rejected when they were called" in page.replace(" and ", ", ")


def test_each_line_is_reported_like_one_of_the_client_list(after: Result, called: pd.DataFrame) -> None:
    table = pd.read_csv(after.folder / "outcomes.csv", dtype=str, encoding="utf-8-sig")
    assert table["company_id"].tolist() == called["company_id"].tolist()
    assert set(table["outcome"]) == {"matched"}
    results = {"not a fit": "rejected", "won": "won", "lost - price": "lost"}
    assert table["result"].tolist() == called["outcome"].map(results).fillna("open").tolist()


def test_held_out_clients_are_ranked_against_those_that_said_no(after: Result, called: pd.DataFrame) -> None:
    run = FinishedRun(after.folder)
    fitted = pd.read_parquet(run.folder.fitted).set_index("company_id")
    said_no = list(ids(called, "not a fit") | ids(called, "lost - price"))
    assert (fitted.loc[said_no, "weight"] == 1).all()
    assert np.isfinite(fitted.loc[said_no, ["tabular_graph"]].to_numpy(float)).all()


def test_shuffled_lines_give_the_same_bytes(inputs: dict[str, Path], after: Result) -> None:
    folder = inputs["companies"].parent
    rows = pd.read_csv(folder / "called.csv", dtype=str)
    rows.sample(frac=1, random_state=0).to_csv(folder / "shuffled.csv", index=False)
    again = graphlead.discover(**inputs, outcomes=folder / "shuffled.csv", out=folder / "again", **QUICK)
    for name in ("scores.parquet", "leads.csv", "metrics.json"):
        assert (again.folder / name).read_bytes() == (after.folder / name).read_bytes()


def test_a_report_made_again_is_the_same(after: Result) -> None:
    page = (after.folder / "report.html").read_bytes()
    assert command("report", "--run", after.folder, "--quiet") == 0
    assert (after.folder / "report.html").read_bytes() == page


def test_outcomes_hold_when_a_newer_register_is_scored(
    inputs: dict[str, Path], after: Result, called: pd.DataFrame
) -> None:
    out = inputs["companies"].parent / "scored"
    assert (
        command("score", "--run", after.folder, "--companies", inputs["companies"], "--out", out, "-q") == 0
    )
    scores = pd.read_parquet(out / "scores.parquet")
    assert (
        not called["company_id"][called["outcome"].isin(["won", "not a fit", "lost - price"])]
        .isin(scores["company_id"])
        .any()
    )
    facts = json.loads((out / "metrics.json").read_text("utf-8"))["outcomes"]
    assert (facts["new_clients"], facts["rejected_companies"]) == (WON, CALLED)
    assert (facts["of_first"], facts["held_out"]) == (None, None)
    assert (out / "outcomes.csv").exists()


def test_without_outcomes_the_folder_has_none(before: Result) -> None:
    assert not (before.folder / "outcomes.csv").exists()
    assert "outcomes" not in before.summary
    assert FinishedRun(before.folder).outcomes is None

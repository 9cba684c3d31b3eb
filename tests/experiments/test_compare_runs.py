"""Two runs of a verb compared: who came onto the list, who left it, who moved, and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import planted_sales as planted
import pytest
from tiny import command, tiny_run

import graphlead
from graphlead.api import OpenSales
from graphlead.common.console import Console
from graphlead.core.errors import SettingsError
from graphlead.experiments.compare.discovery import DiscoverySide
from graphlead.experiments.compare.moved import changes_of
from graphlead.experiments.compare.sales import SalesSide
from graphlead.experiments.compare.why import why_of
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.pipeline.sales.score import Newer, score_cases


@pytest.fixture(scope="module")
def later(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run scored again on other open leads: some changed, some gone, some new."""
    folder = tmp_path_factory.mktemp("later")
    table = planted.leads()[1]
    scored = FinishedSales(converted).scored
    listed = scored["id"].head(int(FinishedSales(converted).metrics["listed"])).tolist()
    assert len(listed) >= 4
    table.loc[table["lead_id"].isin(listed[:2]), "lead_source"] = "Cold Call"
    table.loc[table["lead_id"].isin(listed[:2]), "employees"] = 1
    table = table[~table["lead_id"].isin(listed[2:4])]
    new = table[:2].assign(lead_id=["N1", "N2"], lead_source="Referral", employees=499)
    pd.concat([table, new]).to_csv(folder / "open.csv", index=False)
    score_cases(converted, Newer(open=folder / "open.csv"), folder / "out", Console(quiet=True))
    return folder / "out"


def moved_of(old: Path, new: Path) -> pd.DataFrame:
    found = graphlead.compare(old, new, quiet=True).moved
    assert found is not None
    return found.set_index("id")


def test_the_same_run_is_quiet_and_nobody_moves(converted: Path) -> None:
    found = graphlead.compare(converted, converted, quiet=True)
    assert not found.alarm
    assert found.moved is not None
    assert len(found.moved) == 0
    assert list(found.moved) == ["id", "change", "old_rank", "new_rank", "why"]
    assert [each["column"] for each in found.scores] == ["probability"]
    assert "outcome of the known cases" in {each["column"] for each in found.drift}


def test_leads_that_changed_vanished_and_came_are_named_with_the_reason(converted: Path, later: Path) -> None:
    moved = moved_of(converted, later)
    before = FinishedSales(converted).scored
    listed = before["id"].tolist()
    for each in listed[:2]:
        assert moved.loc[each, "change"] == "left"
        assert "lead_source" in moved.loc[each, "why"] or "employees" in moved.loc[each, "why"]
        assert "-> Cold Call" in moved.loc[each, "why"] or "-> 1" in moved.loc[each, "why"]
    for each in listed[2:4]:
        assert moved.loc[each, ["change", "why"]].tolist() == ["left", "not in the tables any more"]
        assert pd.isna(moved.loc[each, "new_rank"])
    for each in ("N1", "N2"):
        assert moved.loc[each, ["change", "why"]].tolist() == ["entered", "new in the tables"]
        assert pd.isna(moved.loc[each, "old_rank"])
    ranks = before.set_index("id")["rank"]
    assert moved.loc[listed[0], "old_rank"] == ranks[listed[0]]


def test_a_lead_whose_outcome_is_known_by_now_is_stated(converted: Path) -> None:
    side = SalesSide(FinishedSales(converted))
    known, _ = planted.leads()
    won, lost = (known.loc[known["stage"] == stage, "lead_id"].iloc[0] for stage in ("Won", "Lost"))
    assert side.fates([won, lost, "nobody"]) == {
        won: "known by now: converted",
        lost: "known by now: did not convert",
    }


def test_moves_count_from_half_the_place_a_twentieth_and_the_first_quarter() -> None:
    ids = [f"I{i:03}" for i in range(100)]
    old = pd.DataFrame({"id": ids, "score": 0.5, "rank": range(1, 101), "listed": False})
    new = old.assign(rank=old["rank"].to_numpy())
    places = {"I003": 10, "I008": 3, "I011": 20, "I019": 41, "I039": 18, "I029": 70}
    new["rank"] = [places.get(each, rank) for each, rank in zip(new["id"], new["rank"], strict=True)]

    class Fixed:
        def __init__(self, scored: pd.DataFrame) -> None:
            self.scored = scored

    found = changes_of(Fixed(old), Fixed(new)).set_index("id")["change"].to_dict()  # type: ignore[arg-type]
    assert found == {"I003": "down", "I008": "up", "I019": "down", "I039": "up"}


def test_what_became_of_the_leads_is_held_against_their_probability(converted: Path, later: Path) -> None:
    _, opened = planted.leads()
    outcomes = opened[["lead_id"]].assign(result=np.where(np.arange(planted.OPEN) % 2, "Won", "Lost"))
    found = graphlead.compare(converted, later, outcomes=outcomes, quiet=True).calibration
    run = graphlead.open_run(converted)
    assert isinstance(run, OpenSales)
    assert found is not None
    assert (found["n"], found["happened"]) == (planted.OPEN, planted.OPEN // 2)
    assert found["expected"] == pytest.approx(run.scored["probability"].sum(), abs=1e-9)


@pytest.fixture(scope="module")
def discovered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run on a register, and the same models on a later register: a company grew, one is gone."""
    folder = tmp_path_factory.mktemp("discovered")
    old = tiny_run(folder)
    leads = pd.read_csv(old / "leads.csv", dtype=str)["company_id"].tolist()
    table = pd.read_csv(folder / "companies.csv", dtype=str)
    table.loc[table["company_id"] == leads[0], "size"] = "9999"
    table = table[table["company_id"] != leads[1]]
    table.to_csv(folder / "later.csv", index=False)
    code = command(
        "score", "--run", old, "--companies", folder / "later.csv", "--out", folder / "new", "--quiet"
    )
    assert code == 0
    return old, folder / "new"


def test_companies_that_are_gone_and_that_grew_are_named(discovered: tuple[Path, Path]) -> None:
    old, new = (DiscoverySide(FinishedRun(path)) for path in discovered)
    leads = old.scored.loc[old.scored["listed"], "id"].tolist()
    moved = moved_of(*discovered)
    assert moved.loc[leads[1], ["change", "why"]].tolist() == ["left", "not in the register any more"]
    changes = pd.DataFrame({"id": [leads[0]], "change": ["up"]})
    why = why_of(changes, old, new).iloc[0]
    assert "9,999" in why
    assert why.startswith("size ")


def test_clients_and_suppressed_companies_have_a_fate(discovered: tuple[Path, Path]) -> None:
    run = FinishedRun(discovered[0])
    ids = run.whole_register.ids().to_pylist()
    client, suppressed = ids[run.cohort.clients[0]], ids[run.cohort.suppressed[0]]
    assert DiscoverySide(run).fates([client, suppressed, "nobody"]) == {
        client: "a client",
        suppressed: "on the list of companies never to propose",
    }


def test_outcomes_of_companies_are_found_in_the_register(discovered: tuple[Path, Path]) -> None:
    old, new = discovered
    scores = FinishedRun(old).scores
    outcomes = pd.DataFrame({"company_id": scores["company_id"].head(20), "outcome": ["won", "lost"] * 10})
    found = graphlead.compare(old, new, outcomes=outcomes, quiet=True).calibration
    assert found is not None
    assert (found["n"], found["happened"]) == (20, 10)
    assert found["expected"] == pytest.approx(scores["score"].head(20).sum(), abs=1e-6)
    with pytest.raises(SettingsError, match="--outcome does not go with runs on a register"):
        graphlead.compare(old, new, outcomes=outcomes, outcome="outcome", quiet=True)


def test_runs_of_different_verbs_are_refused(
    converted: Path, discovered: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("compare", discovered[0], converted, "--out", tmp_path / "out") == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert "graphlead run" in line
    assert "graphlead convert" in line
    assert "Give two runs of the same verb." in line


def test_runs_that_have_no_list_and_columns_that_are_not_there_are_refused(
    converted: Path, tmp_path: Path
) -> None:
    leads = pd.DataFrame({"lead_id": [f"L{each}" for each in range(40)], "city": ["A", "B"] * 20})
    graphlead.assign_experiment(leads, out=tmp_path / "dealt")
    with pytest.raises(
        SettingsError, match=r"runs of `graphlead \w+` are not compared\. Give runs of run, convert, "
    ):
        graphlead.compare(tmp_path / "dealt", tmp_path / "dealt", quiet=True)
    with pytest.raises(
        SettingsError, match=r"there is no column 'lead_sorce'\. Did you mean 'lead_source'\?"
    ):
        graphlead.compare(converted, converted, exclude=("lead_sorce",), quiet=True)
    with pytest.raises(SettingsError, match="seed is -1"):
        graphlead.compare(converted, converted, seed=-1, quiet=True)


def test_a_comparison_of_runs_is_made_again_only_when_a_run_changes(
    converted: Path, later: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(later, copy)
    graphlead.compare(converted, copy, out=tmp_path / "got", quiet=True)
    graphlead.compare(converted, copy, out=tmp_path / "got", quiet=True)
    stages = json.loads((tmp_path / "got" / "manifest.json").read_text())["stages"]
    assert [each["reused"] for each in stages] == [True, True]

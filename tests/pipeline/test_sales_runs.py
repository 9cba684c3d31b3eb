"""Finished runs of the sales verbs: scored again, explained, interrupted and run again."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import planted_sales as planted
import pytest

from graphlead.common.console import Console
from graphlead.common.files import read_json
from graphlead.core.cases import Kind, Meaning
from graphlead.core.errors import InputError, RunFolderError, SettingsError
from graphlead.core.sales import SalesSettings
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.sales import deliver
from graphlead.pipeline.sales.explain import explain_case
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.pipeline.sales.predict import predict
from graphlead.pipeline.sales.read import read_tables
from graphlead.pipeline.sales.report import report_sales
from graphlead.pipeline.sales.score import Newer, score_cases
from graphlead.pipeline.sales.surroundings import surroundings
from graphlead.report.html.figures import percent
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import open_run
from graphlead.runs.sales_stages import SALES_STAGES

QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def churned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a churn run on orders, which lie beside it."""
    folder = tmp_path_factory.mktemp("churn")
    planted.orders().to_csv(folder / "orders.csv", index=False)
    day = date(2026, 5, 1)
    events = (folder / "orders.csv",)
    predict(SalesSettings(verb="churn", events=events, as_of=day, out=folder / "out"), QUIET)
    return folder / "out"


def test_the_same_open_cases_get_the_same_scores_again(converted: Path, tmp_path: Path) -> None:
    opened = converted.parent / "open.csv"
    score_cases(converted, Newer(open=opened), tmp_path / "again", QUIET)
    before, after = FinishedSales(converted), FinishedSales(tmp_path / "again")
    assert after.scored.equals(before.scored)
    assert after.metrics == before.metrics
    made = before.folder.call_list("convert", before.day).read_bytes()
    assert after.folder.call_list("convert", after.day).read_bytes() == made
    assert set(after.manifest["files"]) == {*before.manifest["files"], after.folder.drift.name}
    drift = read_json(after.folder.drift)
    assert drift["alarm"] is False
    assert {each["column"] for each in drift["drift"]} == {each.name for each in after.trained.cases.columns}
    assert "graphlead_drift_alarm{" in after.folder.textfile.read_text("utf-8")


def test_cases_that_changed_since_training_are_named_in_the_notes(converted: Path, tmp_path: Path) -> None:
    before = FinishedSales(converted)
    number = next(each.name for each in before.trained.cases.columns if each.kind is Kind.NUMBER)
    opened = pd.read_csv(converted.parent / "open.csv")
    opened[number] = opened[number] * 3 + 1000
    opened.to_csv(tmp_path / "open.csv", index=False)
    found = score_cases(converted, Newer(open=tmp_path / "open.csv"), tmp_path / "again", QUIET)
    notes = FinishedSales(tmp_path / "again").metrics["notes"]
    assert any(note.startswith(f"Since the models were trained: {number}") for note in notes)
    assert "Since the models were trained" in found.text
    assert f'column="{number}"}} 1.0' in RunFolder(tmp_path / "again").textfile.read_text("utf-8")


def test_a_scored_run_needs_the_earlier_one_no_more(converted: Path, tmp_path: Path) -> None:
    copy, opened = tmp_path / "copy", converted.parent / "open.csv"
    shutil.copytree(converted, copy)
    score_cases(copy, Newer(open=opened), tmp_path / "again", QUIET)
    shutil.rmtree(copy)
    score_cases(tmp_path / "again", Newer(open=opened), tmp_path / "third", QUIET)
    assert FinishedSales(tmp_path / "third").scored.equals(FinishedSales(converted).scored)


def test_customers_of_the_same_day_get_the_same_scores_again(churned: Path, tmp_path: Path) -> None:
    newer = Newer(events=(churned.parent / "orders.csv",), as_of="2026-05-01")
    score_cases(churned, newer, tmp_path / "again", QUIET)
    assert FinishedSales(tmp_path / "again").scored.equals(FinishedSales(churned).scored)
    assert FinishedSales(tmp_path / "again").settings.as_of == date(2026, 5, 1)


def test_the_register_of_the_earlier_run_says_the_same_of_the_same_cases(
    converted: Path, tmp_path: Path
) -> None:
    finished = FinishedSales(converted)
    companies = planted.write_register(tmp_path)
    settings = SalesSettings(**{**vars(finished.settings), "companies": companies, "out": tmp_path / "out"})
    found = []
    for folder, earlier in ((tmp_path / "out", None), (tmp_path / "again", RunFolder(tmp_path / "out"))):
        with open_run(folder, {}, settings.to_json(), SALES_STAGES) as run:
            found.append(surroundings(run, finished.usable, settings, QUIET, earlier))
            run.publish(run.manifest(device="cpu", verb="convert"))
        companies.unlink(missing_ok=True)
    first, again = found
    assert first is not None
    assert again is not None
    assert first.matched == 1
    assert again.features.equals(first.features)
    assert (again.group == first.group).all()


def test_a_table_without_a_column_that_was_learned_from_is_refused(converted: Path, tmp_path: Path) -> None:
    planted.leads()[1].drop(columns=["lead_source"]).to_csv(tmp_path / "open.csv", index=False)
    with pytest.raises(InputError, match=r"no column lead_source, which the run learned from"):
        score_cases(converted, Newer(open=tmp_path / "open.csv"), tmp_path / "out", QUIET)


def test_a_late_column_may_be_absent(converted: Path, tmp_path: Path) -> None:
    planted.leads()[1].drop(columns=["close_value"]).to_csv(tmp_path / "open.csv", index=False)
    score_cases(converted, Newer(open=tmp_path / "open.csv"), tmp_path / "out", QUIET)
    assert len(FinishedSales(tmp_path / "out").scored) == planted.OPEN


@pytest.mark.parametrize("newer", [Newer(), Newer(events=(Path("orders.csv"),))])
def test_what_does_not_fit_the_run_is_refused(converted: Path, tmp_path: Path, newer: Newer) -> None:
    with pytest.raises(SettingsError, match=r"learned from a table of leads\. Give --open"):
        score_cases(converted, newer, tmp_path / "out", QUIET)


def test_as_many_tables_of_events_as_were_learned_from(churned: Path, tmp_path: Path) -> None:
    twice = (churned.parent / "orders.csv",) * 2
    with pytest.raises(SettingsError, match=r"learned from 1 tables of events: orders\.csv"):
        score_cases(churned, Newer(events=twice), tmp_path / "out", QUIET)


def test_the_run_itself_is_not_written_over(converted: Path) -> None:
    with pytest.raises(SettingsError, match="would replace an input"):
        score_cases(converted, Newer(open=converted.parent / "open.csv"), converted, QUIET)


def test_a_run_of_another_verb_is_refused_both_ways(converted: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="folder of a `graphlead convert`"):
        FinishedRun(converted)
    manifest = {"graphlead": "0", "finished": "2026-01-01", "files": {}, "settings": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(RunFolderError, match="folder of a `graphlead run`"):
        FinishedSales(tmp_path)


def test_an_open_case_is_explained_as_it_was_scored(converted: Path) -> None:
    run = FinishedSales(converted)
    first = run.scored.iloc[0]
    found = explain_case(run, first["id"])
    assert (found.rank, found.outcome) == (1, None)
    assert found.probability == pytest.approx(first["probability"])
    assert found.action == first["recommended_action"]
    assert found.reasons == tuple(filter(None, first[["reason_1", "reason_2", "reason_3"]]))
    assert found.contributions[0][:2] == ("lead_source", "Referral")
    assert found.contributions[0][2] > 0.5


def test_a_known_case_is_explained_by_models_that_did_not_learn_from_it(converted: Path) -> None:
    run = FinishedSales(converted)
    found = explain_case(run, "L000")
    stage = planted.leads()[0]["stage"].iloc[0]
    assert (found.outcome, found.rank, found.heldout) == (stage == "Won", None, True)
    assert found.probability in run.trained.fitted.heldout.chosen


def test_the_open_row_of_a_customer_is_explained(churned: Path) -> None:
    run = FinishedSales(churned)
    last = run.scored.iloc[-1]
    assert explain_case(run, last["id"]).rank == len(run.scored)
    assert explain_case(run, last["id"]).probability == pytest.approx(last["probability"])


def test_an_unknown_case_is_refused_with_the_nearest_id(converted: Path) -> None:
    with pytest.raises(InputError, match=r"no case with the id 'L9000'\. Did you mean 'L\d+'\?"):
        explain_case(FinishedSales(converted), "L9000")


def test_the_report_is_written_once_more(converted: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(converted, copy)
    (copy / "report.html").write_text("", "utf-8")
    assert report_sales(copy, QUIET) == copy / "report.html"
    assert (copy / "report.html").read_bytes() == (converted / "report.html").read_bytes()


def test_interrupted_the_last_results_stay_and_the_same_command_goes_on(
    converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    shutil.copytree(converted, out)
    given = FinishedSales(converted).settings
    settings = SalesSettings(**{**vars(given), "out": out, "threshold": 0.5})
    before = contents(out)
    with monkeypatch.context() as broken:
        broken.setattr(deliver, "write_sales_report", interrupted)
        with pytest.raises(KeyboardInterrupt):
            predict(settings, QUIET)
    assert contents(out) == before
    predict(settings, QUIET)
    stages = {stage["stage"]: stage["reused"] for stage in FinishedSales(out).manifest["stages"]}
    assert [name for name, reused in stages.items() if not reused] == ["report"]
    assert contents(out).keys() == before.keys()
    assert not list((out / ".work").glob("*.part"))


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".work" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_meaning_and_an_action_of_the_configuration_count(converted: Path) -> None:
    run = FinishedSales(converted)
    column = run.found.cases.column(Meaning.USAGE)
    assert column is not None
    assert column.name == "employees"
    facts = planted.leads()[1].set_index("lead_id").loc[run.scored["id"]]
    mine = (facts["lead_source"] == "Web") & (facts["employees"] >= 250)
    assert mine.any()
    assert (
        (run.scored["recommended_action"] == "Call the plant manager").to_numpy() == mine.to_numpy()
    ).all()


def test_what_the_configuration_says_of_the_deals_columns_reaches_their_reader(tmp_path: Path) -> None:
    few = planted.leads()[0][["lead_id", "lead_source"]]
    came = pd.date_range("2025-01-01", periods=len(few))
    few.assign(created_date=came).to_csv(tmp_path / "leads.csv", index=False)
    won = pd.DataFrame(
        {"lead_id": few["lead_id"], "loaded": "2026-12-01", "day_a": came + pd.Timedelta(days=20)}
    )
    won[::3].to_csv(tmp_path / "deals.csv", index=False)
    written = 'leads = "leads.csv"\ndeals = "deals.csv"\nwithin = 30\n[columns.deals]\nday_a = "date"\n'
    (tmp_path / "sales.toml").write_text(written, "utf-8")
    found = read_tables(SalesSettings.load("convert", tmp_path / "sales.toml", {"out": tmp_path / "out"}))
    assert ("deals: day_a", "date", "set by you") in found.plan
    assert found.cases.outcome.max() == 1


def test_the_late_column_is_left_out_and_the_rest_finds_the_planted_effect(converted: Path) -> None:
    run = FinishedSales(converted)
    assert [late["column"] for late in run.metrics["leaks"] if late["verdict"] == "left out"] == [
        "close_value"
    ]
    assert "close_value" not in {column.source for column in run.trained.cases.columns}
    source = planted.leads()[1].set_index("lead_id")["lead_source"].loc[run.scored["id"]].to_numpy()
    probability = run.scored["probability"].to_numpy()
    assert probability[source == "Referral"].mean() > probability[source == "Cold Call"].mean() + 0.3


def test_hostile_ids_are_neutralised_in_the_list_and_escaped_on_the_page(
    converted: Path, tmp_path: Path
) -> None:
    opened = planted.leads()[1].iloc[:3].assign(lead_source="Referral", employees=499)
    opened["lead_id"] = ["=HYPERLINK(1)", "<script>alert(1)</script>", "L1"]
    opened.to_csv(tmp_path / "open.csv", index=False)
    score_cases(converted, Newer(open=tmp_path / "open.csv"), tmp_path / "out", QUIET)
    run = FinishedSales(tmp_path / "out")
    assert set(run.scored["id"]) == set(opened["lead_id"])
    listed = pd.read_csv(run.folder.call_list("convert", run.day), encoding="utf-8-sig")
    assert "'=HYPERLINK(1)" in set(listed["lead_id"])
    assert "<script>alert(1)" not in run.folder.report.read_text("utf-8")


def test_where_no_case_reaches_the_threshold_the_list_has_its_header(converted: Path, tmp_path: Path) -> None:
    opened = planted.leads()[1].assign(lead_source="Cold Call", employees=2)
    opened.to_csv(tmp_path / "open.csv", index=False)
    result = score_cases(converted, Newer(open=tmp_path / "open.csv"), tmp_path / "out", QUIET)
    run = FinishedSales(tmp_path / "out")
    listed = pd.read_csv(run.folder.call_list("convert", run.day), encoding="utf-8-sig")
    assert len(listed) == 0
    assert {"lead_id", "conversion_probability_pct", "recommended_action"} <= set(listed)
    (sentence,) = [line for line in result.text.splitlines() if line.startswith("No lead reaches 70")]
    assert percent(run.scored["probability"].max()) in sentence
    assert "gives a tenth" in sentence

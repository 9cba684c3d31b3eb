"""The sales verbs on the command line: what they print, and in which line and with which code they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import planted_sales as planted
import pytest
from tiny import command


@pytest.fixture
def leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """The known leads; the working folder, which is empty, is for what is made of them."""
    monkeypatch.chdir(tmp_path)
    return planted.leads()[0]


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line in which a command is refused."""
    assert command(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = [line for line in printed.err.splitlines() if line.startswith("error: ")]
    return line


def convert(capsys: pytest.CaptureFixture[str], table: pd.DataFrame, *arguments: object) -> str:
    table.to_csv("leads.csv", index=False)
    return refused(capsys, "convert", "--leads", "leads.csv", "--out", "out", *arguments)


def test_no_outcome_column(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--outcome" in convert(capsys, leads.drop(columns=["stage", "close_value"]))


def test_several_outcome_columns(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    line = convert(capsys, leads.assign(status=leads["stage"].to_numpy()[::-1]))
    assert "stage or status?" in line
    assert "Say --outcome COLUMN" in line


def test_no_number_to_multiply(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    planted.orders().assign(note="by hand").to_csv("orders.csv", index=False)
    Path("sales.toml").write_text('[columns]\nnote = "amount"\n', "utf-8")
    given = ("--events", "orders.csv", "--config", "sales.toml", "--out", "out")
    line = refused(capsys, "churn", *given)
    assert "orders.csv, column note: there is no number to multiply" in line
    assert "purchases are then counted" in line


@pytest.mark.parametrize(
    ("written", "part"),
    [
        (
            '[columns.deals]\nlead_id = "id"\n',
            "[columns.deals]: there is no second table, which 'deals' would be",
        ),
        ("[columns.deals]\nlead_id = 3\n", "columns is"),
    ],
)
def test_columns_of_a_table_that_is_not_there(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], written: str, part: str
) -> None:
    Path("sales.toml").write_text(written, "utf-8")
    assert part in convert(capsys, leads, "--config", "sales.toml")


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ('signd = "date"', "column 'signd'. Did you mean 'signed'?"),
        ('signed = "dat"', "use 'dat'. Did you mean 'date'?"),
        (
            '[columns.deal]\nsigned = "date"',
            "[columns.deal]: there is no table 'deal'. Did you mean 'deals'?",
        ),
    ],
)
def test_what_is_wrong_with_the_columns_of_deals(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], written: str, part: str
) -> None:
    Path("sales.toml").write_text(f"[columns.deals]\n{written}\n", "utf-8")
    leads[["lead_id"]].assign(signed="2025-03-01").to_csv("deals.csv", index=False)
    table = leads.assign(created_date=pd.date_range("2024-12-01", periods=len(leads)))
    assert part in convert(capsys, table, "--deals", "deals.csv", "--config", "sales.toml")


@pytest.mark.parametrize("kept", [[], ["close_value"]])
def test_cases_that_are_all_alike(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], kept: list[str]
) -> None:
    line = convert(capsys, leads[["lead_id", "stage", *kept]])
    assert "leads.csv: the known cases are all alike" in line
    assert "--keep COLUMN" in line


def test_customers_of_one_account_are_all_alike(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    planted.orders().assign(customer_id="C1")[::25].to_csv("orders.csv", index=False)
    line = refused(capsys, "churn", "--events", "orders.csv", "--out", "out", "--within", "10")
    assert "orders.csv: the known cases are all alike" in line


def test_one_outcome_only(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    assert "leads.csv" in convert(capsys, leads.assign(stage="Won"))


def test_fewer_than_five_of_an_outcome(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    stage = ["Won"] * 3 + ["Lost"] * (len(leads) - 3)
    assert "3" in convert(capsys, leads.assign(stage=stage))


def test_ids_twice(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    ids = ["L000", *leads["lead_id"][:-1]]
    assert "the id 'L000' comes 2 times" in convert(capsys, leads.assign(lead_id=ids), "--id", "lead_id")


@pytest.mark.parametrize("option", ["--outcome", "--keep", "--exclude"])
def test_an_unknown_column_with_the_nearest_name(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    line = convert(capsys, leads, option, "employes")
    assert "'employes'" in line
    assert "'employees'" in line


def test_a_wrong_action_is_refused_before_anything_is_trained(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("sales.toml").write_text('[[action]]\ndo = "Call"\nwhen = { employes = ">= 250" }\n', "utf-8")
    assert "employees" in convert(capsys, leads, "--config", "sales.toml")
    assert not list(Path("out/.work").glob("model*"))


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (("--threshold", "1.2"), "--threshold: threshold is 1.2"),
        (("--as-of", "May"), "--as-of: as_of is May"),
        (("--open", "none.csv"), "none.csv: the file cannot be read"),
        (("--run", "none"), "none: this is not the folder of a run"),
    ],
)
def test_a_wrong_option(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], part: str
) -> None:
    assert part in convert(capsys, leads, *given)


def test_a_day_before_the_history_that_is_needed(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    planted.orders().to_csv("orders.csv", index=False)
    line = refused(capsys, "churn", "--events", "orders.csv", "--out", "out", "--as-of", "2025-02-01")
    assert "orders" in line or "--as-of" in line
    assert "2025-" in line


def test_no_active_customer(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    planted.orders().to_csv("orders.csv", index=False)
    line = refused(capsys, "churn", "--events", "orders.csv", "--out", "out", "--as-of", "2030-01-01")
    assert "none bought in the 180 days before 2030-01-01" in line


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (
            ("score", "--companies", "x.csv", "--out", "o"),
            "--companies does not go with the run of a `graphlead conv",
        ),
        (("score", "--out", "o"), "the run learned from a table of leads. Give --open"),
        (("score", "--open", "none.csv", "--out", "o"), "none.csv: the file cannot be read"),
        (("explain", "L9000"), "there is no case with the id 'L9000'. Did you mean"),
        (("explain", "L000", "--cypher"), "--cypher does not go with the run of a `graphlead convert`"),
        (("query", "hubs"), "this is the folder of a `graphlead convert`"),
        (("profile",), "this is the folder of a `graphlead convert`"),
    ],
)
def test_what_does_not_go_with_a_sales_run(
    converted: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], part: str
) -> None:
    assert part in refused(capsys, *arguments, "--run", converted)


def test_evaluate_shows_the_models_side_by_side(converted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("evaluate", "--run", converted) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:6] == ["model", "AUC", "from", "to", "AP", "accuracy"]
    assert "  Naive Bayes" in "\n".join(lines)
    metrics = json.loads((converted / "metrics.json").read_text("utf-8"))
    assert any(line.startswith("Known only afterwards: close_value: left out: ") for line in lines)
    assert command("evaluate", "--run", converted, "--json") == 0
    assert json.loads(capsys.readouterr().out) == metrics


def test_explain_states_the_place_the_reasons_and_the_columns(
    converted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = pd.read_parquet(converted / "leads_scored.parquet").iloc[0]
    assert command("explain", first["id"], "--run", converted, "-q", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["contributions"][0]["column"] == "lead_source"
    assert command("explain", first["id"], "--run", converted) == 0
    text = capsys.readouterr().out
    assert f"{first['id']} (open): {found['probability']:.1%} to convert, rank 1 of {planted.OPEN}." in text
    assert "  lead_source: Referral: raises them to " in text


def test_score_is_quiet_and_gives_one_object(
    converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("score", "--run", converted, "--open", converted.parent / "open.csv", "--out", tmp_path / "out")
    assert command(*given, "-q") == 0
    assert capsys.readouterr() == ("", "")
    assert command(*given, "-q", "--json") == 0
    printed, err = capsys.readouterr()
    assert err == ""
    assert (json.loads(printed)["open"], json.loads(printed)["verb"]) == (planted.OPEN, "convert")


def test_report_is_written_again(converted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("report", "--run", converted, "-q", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(converted / "report.html")}

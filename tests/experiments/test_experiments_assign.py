"""``experiment assign`` from end to end, on lists as they come."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny import command

import graphlead
from graphlead.core.errors import InputError, SettingsError


@pytest.fixture
def leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """A list of 200 leads; the working folder, which is empty, is for what is made of it."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    return pd.DataFrame({
        "lead_id": [f"L{i:03}" for i in range(200)],
        "region": rng.choice(["north", "south", "west"], 200, p=[0.6, 0.3, 0.1]),
        "arm": ["left", "right"] * 100,
        "phone": ["+49 30 1", "'x"] * 100,
        "conversion_probability_pct": rng.uniform(5, 25, 200).round(1),
    })  # fmt: skip


def refused(capsys: pytest.CaptureFixture[str], table: pd.DataFrame, *arguments: object) -> str:
    table.to_csv("list.csv", index=False)
    assert command("experiment", "assign", "list.csv", "--out", "out", *arguments) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    return line


def test_a_list_is_dealt_by_the_command(leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    leads.to_csv("list.csv", index=False)
    given = (
        "experiment",
        "assign",
        "list.csv",
        "--out",
        "out",
        "--holdout",
        "0.25",
        "--by",
        "region",
        "--explore",
        "0.1",
    )
    assert command(*given, "--seed", "3", "-q") == 0
    assert capsys.readouterr() == ("", "")
    table = pd.read_csv("out/assignment.csv", dtype=str, keep_default_na=False)
    assert list(table) == [
        "id",
        "arm",
        "lead_id",
        "region",
        "arm (input)",
        "phone",
        "conversion_probability_pct",
    ]
    assert table["id"].tolist() == leads["lead_id"].tolist()
    assert table["phone"][:2].tolist() == ["'+49 30 1", "'x"]
    shares = pd.crosstab(table["region"], table["arm"])
    sizes = shares.sum(axis=1)
    assert (abs(shares["holdout"] - 0.25 * sizes) < 1).all()
    assert (abs(shares["explore"] - 0.1 * sizes) < 1).all()
    assert set(Path("out").iterdir()) >= {
        Path("out", name)
        for name in ("report.html", "metrics.json", "manifest.json", "noise.txt", "experiment.json")
    }
    content = json.loads(Path("out/experiment.json").read_text("utf-8"))
    assert json.loads(Path("out/metrics.json").read_text("utf-8"))["verb"] == "experiment"
    assert content["arms"][0] == {"arm": "treat", "n": 130, "share": 0.65}
    (smallest,) = content["power"]["smallest"]
    assert smallest["base_rate"] == pytest.approx(leads["conversion_probability_pct"].mean() / 100, abs=1e-9)
    assert 0.1 < smallest["lift"] < 0.3
    assert [row["n"] for row in content["strata"]] == sorted(sizes, reverse=True)


def test_the_outcome_is_one_object_and_the_report_is_written_again(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    leads.to_csv("list.csv", index=False)
    assert command("experiment", "assign", "list.csv", "--out", "out", "-q", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["rows"], sorted(printed["files"])) == (200, ["figures", "report", "the list"])
    Path("out/report.html").unlink()
    assert command("report", "--run", "out", "-q") == 0
    assert "160 are to be treated and 40 (20%) are left alone" in Path("out/report.html").read_text("utf-8")
    assert command("evaluate", "--run", "out") == 2
    assert "this is the folder of a `graphlead experiment`" in capsys.readouterr().err


def test_the_same_arms_whatever_the_order_and_others_by_another_seed(leads: pd.DataFrame) -> None:
    first = graphlead.assign_experiment(leads, by="region", seed=1)
    again = graphlead.assign_experiment(leads.sample(frac=1, random_state=0), by=["region"], seed=1)
    other = graphlead.assign_experiment(leads, by="region", seed=2)
    arms = [each.assignment.set_index("id")["arm"].sort_index() for each in (first, again, other)]
    assert arms[0].equals(arms[1])
    assert not arms[0].equals(arms[2])
    assert first.content["power"] == first.power


def test_the_list_of_a_finished_run_is_taken_as_it_is(converted: Path, tmp_path: Path) -> None:
    (listed,) = converted.glob("high_priority_leads_*.csv")
    frame = pd.read_csv(listed, dtype=str, keep_default_na=False)
    result = graphlead.assign_experiment(listed, holdout=0.5, out=tmp_path / "out")
    assert result.folder == tmp_path / "out"
    table = result.assignment
    assert table["id"].tolist() == frame["lead_id"].tolist()
    assert result.power["base_column"] == "conversion_probability_pct"
    opened = graphlead.open_run(tmp_path / "out")
    assert opened.assignment.equals(table)  # type: ignore[union-attr]


def test_a_drop_is_looked_for_where_the_list_is_of_customers_at_risk() -> None:
    table = pd.DataFrame({"customerID": range(400), "churn_probability_pct": 60.0})
    power = graphlead.assign_experiment(table).power
    assert (power["direction"], power["base_column"]) == ("down", "churn_probability_pct")
    assert 0.1 < power["smallest"][0]["lift"] < 0.25


def test_without_a_column_of_ids_the_row_is_the_id() -> None:
    result = graphlead.assign_experiment(pd.DataFrame({"colour": ["red", "blue"] * 20}))
    assert result.assignment["id"].tolist() == [str(i) for i in range(1, 41)]
    assert "the number of the row is the id" in result.content["notes"][0]
    assert [each["base_rate"] for each in result.power["smallest"]] == [0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (("--holdout", "0"), "--holdout: holdout is 0"),
        (("--holdout", "1"), "above 0 and below 1"),
        (("--holdout", "0.6", "--explore", "0.4"), "leave nobody to treat"),
        (("--by", "regoin"), "there is no column 'regoin'. Did you mean 'region'?"),
        (("--id", "leadid"), "there is no column 'leadid'. Did you mean 'lead_id'?"),
    ],
)
def test_a_wrong_option(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], part: str
) -> None:
    assert part in refused(capsys, leads, *given)
    assert not Path("out/assignment.csv").exists()


def test_ids_that_come_twice_and_too_few_rows(
    leads: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = leads.assign(lead_id=["L001", *leads["lead_id"][1:]])
    assert "list.csv, column lead_id: the id 'L001' comes 2 times, in rows 1, 2" in refused(capsys, twice)
    assert "there are 9 cases with an id; at least 10 are needed" in refused(capsys, leads[:9])
    with pytest.raises(InputError, match="comes 2 times"):
        graphlead.assign_experiment(twice)
    with pytest.raises(SettingsError, match="holdout is 2"):
        graphlead.assign_experiment(leads, holdout=2)

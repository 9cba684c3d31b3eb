"""Two tables compared, from the command line and from Python."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny import command

import graphlead
from graphlead.api import OpenComparison
from graphlead.core.errors import InputError, SettingsError

ROWS = 1000


def people(seed: int, first: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "lead_id": [f"L{first + i:05}" for i in range(ROWS)],
            "age": draw.integers(20, 70, ROWS),
            "contact": draw.choice(["cellular", "telephone", "fax"], ROWS, p=[0.7, 0.2, 0.1]),
            "visits": np.where(draw.random(ROWS) < 0.8, 0, draw.integers(1, 30, ROWS)),
            "budget": draw.choice(["yes", "no"], ROWS),
            "remark": [f"called about offer {draw.integers(1e6)} and asked to wait" for _ in range(ROWS)],
            "created": (pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 200, ROWS), "D")),
            "probability": draw.beta(2, 5, ROWS),
        }
    )


def alarms(found: OpenComparison) -> set[str]:
    return {each["column"] for each in [*found.drift, *found.scores] if each["alarm"]}


def texts(found: OpenComparison) -> dict[str, str]:
    return {each["column"]: each["text"] for each in [*found.drift, *found.scores]}


def test_samples_of_one_source_are_quiet_and_every_column_is_accounted_for() -> None:
    found = graphlead.compare(people(0), people(1, ROWS), quiet=True)
    assert not found.alarm
    assert alarms(found) == set()
    assert [each["column"] for each in found.drift] == list(people(0))[:-1]
    assert [each["column"] for each in found.scores] == ["probability"]
    assert texts(found)["lead_id"] == "lead_id: not compared (ids of the rows)"
    assert "only whether it is filled" in texts(found)["remark"]
    assert found.moved is None
    assert found.calibration is None


def test_planted_changes_alone_are_named() -> None:
    new = people(1)
    new["age"] += 12
    new.loc[new.index[:200], "budget"] = None
    new.loc[new.index[:300], "contact"] = "chat"
    new["probability"] += 0.2
    new["created"] += pd.Timedelta("60D")
    found = graphlead.compare(people(0), new.drop(columns="visits").assign(channel=1), quiet=True)
    assert found.alarm
    assert alarms(found) == {"age", "budget", "contact", "probability", "visits", "channel"}
    assert "higher in the middle" in texts(found)["age"]
    assert texts(found)["budget"].startswith("budget: missing 0 % -> 20 %")
    assert "new: chat (30 %)" in texts(found)["contact"]
    assert "dates that move on are no alarm" in texts(found)["created"]
    assert texts(found)["visits"] == "visits: gone; the new table has no such column"


def test_a_table_is_the_same_as_csv_gzip_and_parquet(tmp_path: Path) -> None:
    table = people(0)
    table.to_csv(tmp_path / "old.csv", index=False)
    table.rename(columns={"contact": "Contact "}).to_parquet(tmp_path / "new.parquet", index=False)
    with gzip.open(tmp_path / "new.csv.gz", "wt") as file:
        table.to_csv(file, index=False)
    for name in ("new.parquet", "new.csv.gz"):
        found = graphlead.compare(tmp_path / "old.csv", tmp_path / name, quiet=True)
        assert {each["psi"] for each in [*found.drift, *found.scores]} == {0.0, None}


def test_numbers_that_were_flags_are_compared_as_numbers() -> None:
    old = pd.DataFrame({"calls": [0, 1] * 500})
    found = graphlead.compare(old, pd.DataFrame({"calls": [0, 1, 2, 5] * 250}), quiet=True)
    assert found.alarm
    assert "missing" not in texts(found)["calls"]


def test_predictions_of_a_table_are_judged_by_what_happened() -> None:
    old = people(0)
    happened = np.random.default_rng(9).random(ROWS) < old["probability"]
    outcomes = pd.DataFrame({"lead_id": old["lead_id"], "stage": np.where(happened, "Won", "Lost")})
    outcomes.loc[outcomes.index[-10:], "stage"] = "Open"
    outcomes.loc[outcomes.index[0], "lead_id"] = "unknown"
    found = graphlead.compare(old, people(1), outcomes=outcomes, quiet=True).calibration
    assert found is not None
    kept = slice(1, -10)
    probability = old["probability"].to_numpy()[kept]
    assert (found["n"], found["unknown"]) == (ROWS - 11, 1)
    assert found["happened"] == happened[kept].sum()
    assert found["expected"] == pytest.approx(probability.sum(), abs=1e-9)
    assert found["as_expected"]
    tenths = np.array_split(np.argsort(probability, kind="stable"), 10)
    truth = happened.to_numpy()[kept]
    gaps = [len(at) * abs(probability[at].mean() - truth[at].mean()) for at in tenths]
    assert found["ece"] == pytest.approx(sum(gaps) / len(probability), abs=1e-9)
    assert all(each["low"] <= each["happened"] <= each["high"] for each in found["bins"])


def test_the_command_writes_its_folder_and_prints_the_alarms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    people(0).to_csv("old.csv", index=False)
    people(1).assign(age=lambda t: t["age"] + 15).to_csv("new.csv", index=False)
    assert command("compare", "old.csv", "new.csv", "--exclude", "remark", "--out", "got") == 0
    printed = capsys.readouterr().out
    assert "Alarm: 1 column of 7 raises it." in printed
    assert "age: " in printed
    names = {path.name for path in Path("got").iterdir()}
    assert {"compare.json", "metrics.json", "manifest.json", "noise.txt", "report.html"} <= names
    found = json.loads(Path("got/compare.json").read_text())
    assert found["alarm"] is True
    assert {"column", "psi", "js", "alarm", "text"} <= set(found["drift"][0])
    assert json.loads(Path("got/metrics.json").read_text())["alarms"] == ["age"]
    report = Path("got/report.html").read_bytes()
    Path("got/report.html").unlink()
    assert command("report", "--run", "got", "--quiet") == 0
    assert Path("got/report.html").read_bytes() == report
    opened = graphlead.open_run("got")
    assert isinstance(opened, OpenComparison)
    assert opened.alarm
    assert command("compare", "old.csv", "new.csv", "--exclude", "remark", "--out", "again", "--json") == 0
    assert json.loads(capsys.readouterr().out)["drift"] == found["drift"]


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    table = people(0)
    other = pd.DataFrame({"price": [1, 2], "shop": ["a", "b"]})
    with pytest.raises(InputError, match="no column in common"):
        graphlead.compare(table, other, quiet=True)
    with pytest.raises(InputError, match="no rows"):
        graphlead.compare(table, table[:0], quiet=True)
    with pytest.raises(SettingsError, match=r"no column 'agee'\. Did you mean 'age'"):
        graphlead.compare(table, table, exclude=("agee",), quiet=True)
    with pytest.raises(SettingsError, match="there is no column 'idd'"):
        graphlead.compare(table, table, id="idd", quiet=True)
    outcomes = pd.DataFrame({"lead_id": ["x", "y"], "stage": ["Won", "Lost"]})
    with pytest.raises(InputError, match="no decided outcome is of a case that was predicted"):
        graphlead.compare(table, table, outcomes=outcomes, quiet=True)
    with pytest.raises(InputError, match="no column holds the probabilities"):
        graphlead.compare(table.drop(columns="probability"), table, outcomes=outcomes, quiet=True)
    with pytest.raises(InputError, match=r"12 is no probability from 0 to 1"):
        graphlead.compare(table.assign(probability=12.0), table, outcomes=outcomes, quiet=True)


def test_a_run_and_a_table_and_no_run_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people(0).to_csv(tmp_path / "old.csv", index=False)
    (tmp_path / "folder").mkdir()
    refused = [
        (("compare", tmp_path / "old.csv", tmp_path / "folder"), "is a folder and"),
        (("compare", tmp_path / "folder", tmp_path / "folder"), "this is not the folder of a run"),
        (("compare", tmp_path / "old.csv", tmp_path / "gone.csv"), "gone.csv"),
        (("compare", tmp_path / "old.csv"), "Give NEW"),
    ]
    for arguments, message in refused:
        assert command(*arguments, "--out", tmp_path / "out") == 2
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
        assert message in line

"""`graphlead segment` on the command line: its files, later customers, and in which line it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import planted_segments as planted
import pytest
from tiny import command

import graphlead
from graphlead.api import OpenSegments
from graphlead.ingest.cases import wide
from graphlead.profile.customers import clusters


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The working folder is empty, and few samples are enough to see the files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clusters, "DRAWS", 3)
    monkeypatch.setattr(clusters, "STARTS", 2)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on orders, in a folder beside them."""
    folder = tmp_path_factory.mktemp("segments")
    planted.orders().to_csv(folder / "orders.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "DRAWS", 3)
        patch.setattr(clusters, "STARTS", 2)
        events = ("--events", folder / "orders.csv", "--as-of", planted.AS_OF)
        assert command("segment", *events, "--noise", "vote", "--out", folder / "run", "-q") == 0
    return folder / "run"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line in which the verb is refused."""
    assert command("segment", *arguments) == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    return line


def test_orders_give_every_file(found: Path) -> None:
    table = pd.read_parquet(found / "segments.parquet")
    assert list(table) == ["customer", "segment", "recency", "frequency", "monetary", "value_class", "x", "y"]
    assert set(table["customer"]) == set(planted.orders()["customer_id"])
    assert table["monetary"].sum() == pytest.approx(planted.orders()["amount"].sum())
    content = json.loads((found / "segments.json").read_text("utf-8"))
    assert {each["segment"] for each in content["segments"]} == set(table["segment"])
    assert all(each["offer"] and each["size"] for each in content["segments"])
    assert [bool(axis["name"]) for axis in content["axes"]] == [True, True]
    metrics = json.loads((found / "metrics.json").read_text("utf-8"))
    assert metrics["segments"] == table["segment"].nunique()
    assert [each["segments"] for each in metrics["candidates"]] == list(range(2, 13))
    noise = pd.read_parquet(found / "noise.parquet")
    assert list(noise) == ["id", "distance", "clusters", "lof", "hcleaner", "votes", "set_aside"]
    assert noise["set_aside"].sum() == 16 == metrics["noise"]["set_aside"]
    assert noise.loc[noise["set_aside"], "votes"].min() > noise.loc[~noise["set_aside"], "votes"].max()
    assert noise["id"].tolist() == table["customer"].tolist()
    assert "columns were understood" in (found / "noise.txt").read_text("utf-8")
    assert "<title>" in (found / "report.html").read_text("utf-8")


def test_later_customers_get_the_segments_without_a_new_fit(found: Path) -> None:
    planted.orders(seed=8, first=300).to_csv("new.csv", index=False)
    given = ("--run", found, "--events", "new.csv", "--as-of", planted.AS_OF, "--out", "again", "-q")
    assert command("segment", *given) == 0
    old, new = (pd.read_parquet(Path(each) / "segments.parquet") for each in (found, "again"))
    assert set(new["segment"]) <= set(old["segment"])
    model = "model/clusters.json"
    assert (Path("again") / model).read_bytes() == (found / model).read_bytes()


def test_the_same_customers_and_few_of_them_get_their_own_segments_again(found: Path) -> None:
    orders = planted.orders()
    orders[orders["customer_id"].str.endswith("3")].to_csv("few.csv", index=False)
    given = ("--run", found, "--events", "few.csv", "--as-of", planted.AS_OF, "--out", "again", "-q")
    assert command("segment", *given) == 0
    old, new = (pd.read_parquet(Path(each) / "segments.parquet") for each in (found, "again"))
    both = new.merge(old, on="customer")
    assert len(both) == len(new) == 16
    assert (both["segment_x"] == both["segment_y"]).all()
    assert pd.read_parquet("again/noise.parquet")["votes"].isna().all()


def test_the_report_is_written_once_more(found: Path) -> None:
    before = (found / "report.html").read_bytes()
    (found / "report.html").write_text("gone", "utf-8")
    assert command("report", "--run", found, "-q") == 0
    assert (found / "report.html").read_bytes() == before


def test_a_survey_has_segments_named_by_their_traits_and_offers_of_ones_own() -> None:
    planted.survey().to_csv("survey.csv", index=False)
    assert command("segment", "--customers", "survey.csv", "--out", "run", "-q") == 0
    names = {each["segment"] for each in json.loads(Path("run/segments.json").read_text("utf-8"))["segments"]}
    table = pd.read_parquet("run/segments.parquet")
    kind = table["customer"].str[1:].astype(int) % 3
    assert (table.groupby("segment")["customer"].count() > 0).all()
    assert table.groupby(kind)["segment"].nunique().max() * 3 >= table["segment"].nunique()
    assert all(any(word in name for word in ("age", "income", "car", "contract")) for name in names)
    own = sorted(names)[0]
    Path("own.toml").write_text(f'customers = "survey.csv"\n[offers]\n"{own}" = "Dinner"\n', "utf-8")
    assert command("segment", "--config", "own.toml", "--out", "run", "-q") == 0
    segments = json.loads(Path("run/segments.json").read_text("utf-8"))["segments"]
    assert [each["offer"] for each in segments if each["segment"] == own] == ["Dinner"]


@pytest.mark.parametrize("name", ["wide.csv", "wide.parquet"])
def test_a_table_with_a_column_for_each_item_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "MOST_COLUMNS", 20)
    items = pd.DataFrame((np.random.default_rng(1).random((60, 30)) < 0.2).astype(int)).add_prefix("item_")
    items.insert(0, "customer_id", [f"K{i}" for i in range(60)])
    getattr(items, f"to_{name.partition('.')[2]}")(name, index=False)
    assert command("segment", "--customers", name, "--out", "run", "-q") == 0
    assert set(pd.read_parquet("run/noise.parquet")["id"]) == set(items["customer_id"])
    assert command("segment", "--run", "run", "--customers", name, "--out", "again", "-q") == 0
    tables = [pd.read_parquet(f"{folder}/segments.parquet") for folder in ("run", "again")]
    assert tables[0].equals(tables[1])


def test_a_wide_table_has_ids_once_and_numbers_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wide, "MOST_COLUMNS", 20)
    items = pd.DataFrame(np.eye(25, dtype=int)).add_prefix("item_")
    items.assign(customer_id=["K1", "K1", *range(23)]).to_csv("twice.csv", index=False)
    given = ("--customers", "twice.csv", "--id", "customer_id", "--out", "run")
    assert "column customer_id: the id 'K1' comes several times." in refused(capsys, *given)
    items.assign(remark="none").to_csv("words.csv", index=False)
    assert "the column remark has no numbers" in refused(capsys, "--customers", "words.csv", "--out", "run")


def test_neither_or_both_tables_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--events: events is missing. Give --events or --customers" in refused(capsys, "--out", "run")
    planted.survey().to_csv("survey.csv", index=False)
    both = ("--events", "survey.csv", "--customers", "survey.csv", "--out", "run")
    assert "two ways to describe customers. Give one." in refused(capsys, *both)


def test_few_customers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    planted.survey(19).to_csv("survey.csv", index=False)
    line = refused(capsys, "--customers", "survey.csv", "--out", "run")
    assert "survey.csv: there are 19 customers; segments need at least 20." in line


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (("--exclude", "incom"), "there is no column 'incom'. Did you mean 'income'?"),
        (("--id", "custmer_id"), "there is no column 'custmer_id'. Did you mean 'customer_id'?"),
        (("--noise", "all"), "--noise: noise is all. It has to be one of none, distance"),
        (("--as-of", "May"), "--as-of: as_of is May"),
        (("--run", "none"), "none: this is not the folder of a run"),
    ],
)
def test_a_wrong_option(capsys: pytest.CaptureFixture[str], given: tuple[str, ...], part: str) -> None:
    planted.survey().to_csv("survey.csv", index=False)
    assert part in refused(capsys, "--customers", "survey.csv", "--out", "run", *given)


def test_a_run_on_another_table_or_of_another_verb_and_a_damaged_one_are_refused(
    found: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    planted.survey().to_csv("survey.csv", index=False)
    line = refused(capsys, "--run", found, "--customers", "survey.csv", "--out", "other")
    assert "the segments of this run were found in --events. Give --events." in line
    copy = _copied(found, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"verb": "churn"}), "utf-8")
    line = refused(capsys, "--run", copy, "--customers", "survey.csv", "--out", "other")
    assert "this is the folder of a `graphlead churn`." in line
    copy = _copied(found, tmp_path / "damaged")
    (copy / "model/clusters.json").write_text("{}", "utf-8")
    orders = ("--events", found.parent / "orders.csv", "--as-of", planted.AS_OF)
    line = refused(capsys, "--run", copy, *orders, "--out", "other")
    assert "clusters.json: this part of the run is damaged" in line


def test_other_commands_on_the_run_say_what_it_is(found: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("evaluate", "--run", found) == 2
    assert "this is the folder of a `graphlead segment`." in capsys.readouterr().err


def test_from_python(found: Path) -> None:
    opened = graphlead.open_run(found)
    assert isinstance(opened, OpenSegments)
    assert {each["segment"] for each in opened.profiles} == set(opened.segments["segment"])
    result = graphlead.segment(customers=planted.survey(), quiet=True)
    assert len(result.segments) == len(result.noise) == 90
    assert result.metrics["verb"] == "segment"
    again = result.assign(planted.survey().iloc[:5])
    both = again.segments.merge(result.segments, on="customer")
    assert (both["segment_x"] == both["segment_y"]).all()


def _copied(run: Path, to: Path) -> Path:
    shutil.copytree(run, to)
    return to

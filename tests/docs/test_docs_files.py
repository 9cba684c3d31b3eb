"""The page of files and columns has everything that the commands write."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import graphlead
from graphlead.common.files import read_json
from graphlead.evaluate.cases.survival import survival_table
from graphlead.experiments.compare.compare import MOVED
from graphlead.recommenders.lists import COLUMNS as RECOMMENDED
from graphlead.report.sales.lists import Scored, customers_scored
from graphlead.runs.layout import RunFolder
from graphlead.runs.publication import entries_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "pages" / "reference"
OF_THE_REGISTER = r"input_|\w+_title$"


@pytest.fixture(scope="module")
def page() -> str:
    return (PAGES / "files.md").read_text(encoding="utf-8")


def missing(names: list[str], page: str) -> list[str]:
    """The names that are not in the page as code."""
    code = set(re.findall(r"`([^`]+)`", page))
    return [name for name in names if name not in code and f"{name}/" not in code]


def header(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return list(pq.read_schema(path).names)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def test_every_file_of_a_run_is_there(page: str) -> None:
    run = RunFolder(Path("run"))
    names = {path.name for path in entries_of(run)} | {run.store_file.name}
    names |= {
        run.call_list(verb, date(2026, 5, 1)).name.replace("2026-05-01", "DATE")
        for verb in ("convert", "churn")
    }
    assert not missing(sorted(names), page)
    assert missing(["nothing.csv"], page)


@pytest.mark.parametrize(
    "name",
    [
        "leads.csv",
        "whitespace.csv",
        "duplicates.csv",
        "scores.parquet",
        "clients.csv",
        "review.csv",
        "outcomes.csv",
    ],
)
def test_every_column_of_a_run_is_there(name: str, page: str, toured: tuple[Path, list[str]]) -> None:
    """But for those of the register and of the client list, which are the user's own."""
    folder, _ = toured
    inputs = ["demo/world/companies.csv", "demo/world/clients.csv"]
    inputs += ["called.csv"] if name == "outcomes.csv" else []
    own = {column for each in inputs for column in header(folder / each)} - {"company_id"}
    columns = [each for each in header(folder / "demo/run" / name) if not re.match(OF_THE_REGISTER, each)]
    assert not missing([each for each in columns if each not in own], page)


def test_the_folder_of_a_run_has_nothing_else(page: str, toured: tuple[Path, list[str]]) -> None:
    folder, _ = toured
    assert not missing([path.name for path in (folder / "demo/run").iterdir()], page)


def test_every_figure_of_a_run_is_there(toured: tuple[Path, list[str]]) -> None:
    page = (PAGES / "metrics.md").read_text(encoding="utf-8")
    metrics = read_json(toured[0] / "demo/run/metrics.json")
    figures = {re.sub(r"@.*", "@CUT", row["metric"]) for row in metrics["metrics"]}
    assert not missing([*metrics, *sorted(figures)], page)


def test_columns_of_leads_are_there(page: str, converted: Path) -> None:
    """The list's own are as in the export, and then those of the action."""
    assert not missing(header(RunFolder(converted).leads_scored), page)
    (listed,) = converted.glob("high_priority_leads_*.csv")
    assert not missing(header(listed)[-5:], page)


def test_figures_of_leads_are_there(converted: Path) -> None:
    page = (PAGES / "metrics.md").read_text(encoding="utf-8")
    metrics = read_json(RunFolder(converted).metrics)
    figures = [
        name for name in metrics["models"][0] if name not in ("model", "accuracy_low", "accuracy_high")
    ]
    assert not missing([*figures, *metrics["heldout"], "thresholds", "calibration", "graph", "leaks"], page)


def test_columns_of_customers_are_there(page: str) -> None:
    scored = Scored(
        ids=np.array(["a"], object), probability=np.ones(1), advice=np.array([""], object),
        reasons=np.full((1, 3), "", object), company_ids=np.array(["1"], object),
    )  # fmt: skip
    lasting = survival_table(np.array([1.0, 2.0]), np.array([True, False]), {})
    assert not missing([*customers_scored(scored), *lasting, *RECOMMENDED, *MOVED.names], page)


def test_columns_of_segments_are_there(page: str) -> None:
    drawn = np.random.default_rng(0)
    survey = pd.DataFrame(
        drawn.normal(size=(60, 3)) + 8 * drawn.integers(3, size=(60, 1)), columns=list("abc")
    )
    found = graphlead.segment(customers=survey.assign(id=[f"c{i}" for i in range(60)]), quiet=True)
    assert not missing([*found.segments, *found.noise, *found.profiles[0]], page)


def test_columns_of_experiments_are_there(page: str) -> None:
    cases = pd.DataFrame({"id": [f"c{i}" for i in range(40)], "size": range(40)})
    dealt = graphlead.assign_experiment(cases)
    assert not missing([name for name in dealt.assignment if name != "size"], page)

"""A run that is neutral by region, and its sheet of assumptions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.core.errors import SettingsError
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result

DATA = Path(__file__).parents[2] / "data"
FILES = {name: DATA / f"{name}.csv" for name in ("companies", "links", "clients")}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return graphlead.discover(
        **FILES, out=tmp_path_factory.mktemp("neutral") / "out", folds=3, quiet=True,
        rankers=("pagerank", "tabular"), neutral="region", exclude=("region",),
    )  # fmt: skip


def with_region(result: Result) -> pd.DataFrame:
    """The scores of all candidates, best first, with their region."""
    table = FinishedRun(result.folder).whole_register.read("company_id", "region").to_pandas()
    return pd.read_parquet(result.folder / "scores.parquet").merge(table, on="company_id")


def test_every_region_has_its_share_of_the_list(result: Result) -> None:
    scores = with_region(result)
    leads = scores[scores["rank"].notna()].fillna({"region": "(missing)"})
    assert leads["rank"].tolist() == list(range(1, len(leads) + 1))
    assert scores["rank_all"].tolist() == list(range(1, len(scores) + 1))
    share = leads["region"].value_counts(normalize=True)
    for first in (100, 300):
        listed = leads["region"].head(first).value_counts().reindex(share.index, fill_value=0)
        assert (listed - share * first).abs().max() < 2
    assert leads["score"].head(100).min() < leads["score"].nlargest(100).min()


def test_within_a_region_the_order_is_that_of_the_scores(result: Result) -> None:
    for _, rows in with_region(result).groupby("region"):
        assert (np.diff(rows["score"]) <= 1e-12).all()


def test_notes_report_and_evidence_say_so(result: Result) -> None:
    assert [note for note in result.summary["notes"] if note.startswith("The list is neutral by region")]
    report = (result.folder / "report.html").read_text("utf-8")
    assert "What the list rests on" in report
    assert "This list is neutral by region" in report
    assert {each.counterfactual for each in result.evidence} == {""}


def test_the_sheet_gives_the_hits_that_the_report_opens_with(result: Result) -> None:
    report = (result.folder / "report.html").read_text("utf-8")
    metrics = json.loads((result.folder / "metrics.json").read_text("utf-8"))
    [expected] = [hits["point"] for hits in metrics["expected_hits"] if hits["first"] == 100]
    row = re.search(r'<th scope="row">100</th>(.*?)</tr>', report.partition('id="assumptions"')[2])
    assert row is not None
    cells = re.findall(r">([\d,]+)<", row[1])
    assert cells[len(cells) // 2] == f"{expected:,.0f}"


@pytest.mark.parametrize(
    ("column", "message"),
    [("regoin", "there is no column 'regoin'.*Did you mean 'region'"), ("name", "name does not group")],
)
def test_a_column_that_cannot_be_neutral_is_refused(tmp_path: Path, column: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        graphlead.discover(**FILES, out=tmp_path / "out", quiet=True, neutral=column)

"""Which column holds the outcome, and which of its values mean yes and no."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small_leads import leads, written

from graphlead.core.errors import InputError
from graphlead.ingest.cases.outcomes import decided, is_candidate
from graphlead.ingest.cases.tables import read_cases
from graphlead.ingest.cases.understood import Table, TableOptions
from graphlead.ingest.cases.uses import Use


@pytest.mark.parametrize(
    "name", ["Converted", "deal_stage", "Opportunity Result", "y", "Purchase", "IsWon", "StageName"]
)
def test_outcomes_of_leads(name: str) -> None:
    assert is_candidate(name, "leads")


@pytest.mark.parametrize("name", ["Churn", "churned", "Attrition_Flag", "Exited", "Customer Status"])
def test_outcomes_of_customers(name: str) -> None:
    assert is_candidate(name, "customers")


@pytest.mark.parametrize(
    "name", ["poutcome", "default", "Lead Origin", "marital_status", "previous_result_count"]
)
def test_other_columns_are_no_outcomes(name: str) -> None:
    assert not is_candidate(name, "leads")


@pytest.mark.parametrize(
    ("value", "table", "meaning"),
    [
        ("Yes", "leads", True), ("1", "leads", True), ("1.0", "leads", True), ("TRUE", "customers", True),
        ("Closed Won", "leads", True), ("closed-lost", "leads", False), ("Lost", "leads", False),
        ("Lost", "customers", True), ("Active", "customers", False), ("Engaging", "leads", None),
        ("Attrited Customer", "customers", True), ("Loss", "leads", False), ("0", "customers", False),
    ],
)  # fmt: skip
def test_what_values_mean(value: str, table: Table, meaning: bool | None) -> None:
    assert decided(value, table) is meaning


def test_no_outcome_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column with an outcome .* Say --outcome COLUMN"):
        read_cases(written(tmp_path, leads().drop(columns="deal_stage")))


def test_several_outcome_columns(tmp_path: Path) -> None:
    table = leads().assign(status=lambda t: t.deal_stage.sample(frac=1, random_state=0).to_numpy())
    with pytest.raises(InputError, match=r"deal_stage or status\? Say --outcome COLUMN"):
        read_cases(written(tmp_path, table))
    read = read_cases(tmp_path / "leads.csv", options=TableOptions(outcome="status"))
    assert list(read.cases.outcome == 1) == list(table.status == "Won")


def test_of_two_that_agree_in_every_row_the_first_counts(tmp_path: Path) -> None:
    table = leads().assign(converted=lambda t: t.deal_stage == "Won")
    read = read_cases(written(tmp_path, table))
    assert read.understood.name_of(Use.OUTCOME) == "deal_stage"


def outcomes(positive: int, negative: int) -> pd.DataFrame:
    table = leads(positive + negative)
    return table.assign(deal_stage=["Won"] * positive + ["Lost"] * negative)


@pytest.mark.parametrize(("positive", "negative"), [(60, 0), (0, 60)])
def test_one_outcome_only(tmp_path: Path, positive: int, negative: int) -> None:
    with pytest.raises(InputError, match="there is one outcome only"):
        read_cases(written(tmp_path, outcomes(positive, negative)))


def test_few_of_the_rarer_outcome(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only 4 of the 60 known cases have the rarer outcome; at least 5"):
        read_cases(written(tmp_path, outcomes(4, 56)))
    warned = read_cases(written(tmp_path, outcomes(55, 5), "few.csv"))
    assert any("Only 5 of the 60 known cases" in note for note in warned.notes)
    assert read_cases(written(tmp_path, outcomes(20, 40), "enough.csv")).notes == ()

"""The tables of a sales run: order, columns, what is missing, and the list to work from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind, Meaning
from graphlead.core.errors import CarrierError
from graphlead.report.sales.lists import Scored, call_list, customers_scored, leads_scored, missing_of

CHANCES = np.array([0.2, 0.9, 0.5, 0.9])


def scored(**changed: Any) -> Scored:
    reasons = np.full((4, 3), "", object)
    reasons[:, 0] = [f"because {i}" for i in range(4)]
    return Scored(**{
        "ids": np.array(["a", "b", "c", "d"], object), "probability": CHANCES,
        "advice": np.array(["Call", "", "Visit", "Call"], object), "reasons": reasons,
    } | changed)  # fmt: skip


def test_leads_stand_by_probability_and_equals_in_their_order() -> None:
    table = leads_scored(scored(missing=np.array(["budget", "", "", ""], object)))
    assert list(table) == ["id", "probability", "rank", "recommended_action", "reason_1", "reason_2", "reason_3",
                           "missing"]  # fmt: skip
    assert table["id"].tolist() == ["b", "d", "c", "a"]
    assert table["rank"].tolist() == [1, 2, 3, 4]
    assert table["missing"].tolist() == ["", "", "", "budget"]
    assert table["reason_1"].tolist() == ["because 1", "because 3", "because 2", "because 0"]


def test_the_company_stands_beside_the_id_where_a_register_was_given() -> None:
    assert list(leads_scored(scored(company_ids=np.array(["C1", None, "C2", "C3"], object))))[:2] == [
        "id",
        "company_id",
    ]


def test_value_at_risk_is_probability_times_value() -> None:
    table = customers_scored(scored(value=np.array([1000.0, 10.0, np.nan, 100.0]), hazard=np.arange(4.0)))
    assert table["value_at_risk"].tolist()[:2] == [9.0, 90.0]
    assert np.isnan(table["value_at_risk"][2])
    assert table["hazard"].tolist() == [1, 3, 2, 0]
    assert table["median_time"].isna().all()
    assert "recommended_intervention" in table


def test_the_list_keeps_the_columns_as_written_in_the_order_of_the_policy() -> None:
    facts = pd.DataFrame(
        {"Prospect ID": list("abcd"), "Close Value": ["1,200", "", "7", "0"], "reason_1": "mine"}
    )
    table = call_list("convert", scored(), facts, np.array([1, 3]))
    assert list(table) == ["Prospect ID", "Close Value", "reason_1 (input)", "conversion_probability_pct",
                           "recommended_action", "reason_1", "reason_2", "reason_3"]  # fmt: skip
    assert table["Prospect ID"].tolist() == ["b", "d"]
    assert table["Close Value"].tolist() == ["", "0"]
    assert table["conversion_probability_pct"].tolist() == [90.0, 90.0]
    assert table["reason_1 (input)"].tolist() == ["mine", "mine"]


def test_an_empty_list_keeps_its_header() -> None:
    table = call_list("churn", scored(), pd.DataFrame({"id": list("abcd")}), np.zeros(0, np.int64))
    assert len(table) == 0
    assert list(table)[:3] == ["id", "churn_probability_pct", "recommended_intervention"]


def test_missing_names_the_important_columns_without_a_value() -> None:
    columns = (
        CaseColumn(name="b", kind=Kind.FLAG, source="Budget?", meaning=Meaning.BUDGET),
        CaseColumn(name="s", kind=Kind.TEXT, source="Size"),
        CaseColumn(name="x", kind=Kind.NUMBER, source="Whatever"),
        CaseColumn(name="t", kind=Kind.NUMBER, source="Tenure", plain=True),
    )
    cases = Cases(
        ids=np.array(["a", "b"], object), columns=columns, outcome=np.full(2, OPEN, np.int8),
        features=pd.DataFrame({"b": [np.nan, 1.0], "s": ["", None], "x": [np.nan] * 2, "t": [np.nan, 3.0]}),
        day=np.full(2, "NaT", "datetime64[D]"), group=np.arange(2), facts=pd.DataFrame({"id": ["a", "b"]}),
    )  # fmt: skip
    assert missing_of(cases).tolist() == ["Budget?, Tenure", ""]
    assert missing_of(cases, {"Size"}).tolist() == ["Budget?, Size, Tenure", "Size"]


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(CarrierError, match="value of 4"):
        scored(value=np.zeros(3))
    with pytest.raises(CarrierError, match="three reasons"):
        scored(reasons=np.full((4, 2), "", object))

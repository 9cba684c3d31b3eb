"""Reasons of cases: planted effects are named with the shares of known cases, in every row that has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind, Meaning
from graphlead.explain.cases.reasons import REASONS, reasons
from graphlead.explain.cases.shares import number, shares_of

NAN = float("nan")


def as_cases(columns: list[CaseColumn], features: dict[str, Any], outcome: np.ndarray) -> Cases:
    n = len(outcome)
    ids = np.array([f"L{i}" for i in range(n)], object)
    return Cases(
        ids=ids,
        features=pd.DataFrame(features),
        columns=tuple(columns),
        outcome=outcome.astype(np.int8),
        day=np.full(n, "NaT", "datetime64[D]"),
        group=np.arange(n),
        facts=pd.DataFrame({"id": ids}),
    )


SOURCE = CaseColumn(name="Lead Source", kind=Kind.CATEGORY, source="Lead Source", meaning=Meaning.SOURCE)
TENURE = CaseColumn(name="tenure_months", kind=Kind.NUMBER, source="tenure_months")
BUDGET = CaseColumn(name="budget", kind=Kind.FLAG, source="budget")
COLUMNS = [SOURCE, TENURE, BUDGET]


def known() -> Cases:
    """100 cases of each of two sources, of which 30 and 10 converted, 25 of them in the first fifth of the tenure."""
    source = np.repeat(["Referral", "Cold call"], 100).astype(object)
    outcome = np.concatenate([np.arange(100) < 30, np.arange(100) < 10])
    order = np.lexsort((np.arange(200), ~outcome))
    tenure = np.zeros(200)
    first = np.concatenate([order[:25], order[40:55]])
    tenure[first] = np.arange(40) % 6 + 1
    tenure[np.setdiff1d(np.arange(200), first)] = np.linspace(7, 60, 160)
    budget = np.where(np.arange(200) % 2, 1.0, NAN)
    return as_cases(COLUMNS, {"Lead Source": source, "tenure_months": tenure, "budget": budget}, outcome)


def opened(source: str | None, tenure: float, budget: float) -> Cases:
    features = {"Lead Source": np.array([source], object), "tenure_months": [tenure], "budget": [budget]}
    return as_cases(COLUMNS, features, np.array([OPEN]))


def told(row: Cases, added: dict[str, float]) -> list[str]:
    return list(reasons(known(), row, pd.DataFrame([added]), "converted")[0])


def test_the_strongest_come_first_with_what_known_cases_like_them_did() -> None:
    row = opened("Referral", 3, 1)
    assert told(row, {"tenure_months": 0.9, "Lead Source": 1.1, "budget": 0.01}) == [
        "Lead Source: Referral (30 % of these converted, 1.5 times the average)",
        "tenure_months: 3 (62 % of those up to 6 converted, 3.1 times the average)",
        "",
    ]


def test_reasons_against_come_last_and_are_marked() -> None:
    found = told(opened("Cold call", 60, NAN), {"Lead Source": -0.2, "tenure_months": -0.8, "budget": 1.5})
    assert found[0].startswith("budget: not filled in")
    assert found[1].startswith("against: tenure_months: 60 (")
    assert " of those over " in found[1]
    assert found[2] == "against: Lead Source: Cold call (10 % of these converted, 0.5 times the average)"


def test_an_unlikely_case_gets_its_strongest_reasons_whichever_way_they_point() -> None:
    columns = [CaseColumn(name=name, kind=Kind.NUMBER, source=name) for name in "abcd"]
    features = {name: np.ones(30) for name in "abcd"}
    cases = as_cases(columns, features, np.arange(30) % 2)
    added = pd.DataFrame({"a": [0.1] * 30, "b": [0.2] * 30, "c": [-1.0] * 30, "d": [0.3] * 30})
    found = reasons(cases, cases, added, "left")
    assert [text[:10] for text in found[0]] == ["d: 1", "b: 1", "against: c"]
    likely = reasons(cases, cases, added.assign(c=-0.3), "left")
    assert [text[:10] for text in likely[0]] == ["d: 1", "b: 1", "a: 1"]


def test_a_value_that_no_known_case_has_is_named_alone() -> None:
    assert told(opened("Fair", 3, 1), {"Lead Source": 0.4})[0] == "Lead Source: Fair"
    assert told(opened(None, 3, 1), {"Lead Source": 0.4})[0] == "Lead Source: not filled in"


def test_shares_that_say_the_opposite_of_the_model_are_left_out() -> None:
    assert told(opened("Cold call", 3, 1), {"Lead Source": 0.4})[0] == "Lead Source: Cold call"
    assert told(opened("Referral", 3, 1), {"Lead Source": -0.4})[0] == "against: Lead Source: Referral"


def test_steps_too_small_to_matter_are_no_reasons() -> None:
    assert told(opened("Referral", 3, 1), {"Lead Source": 0.04, "tenure_months": -0.04}) == ["", "", ""]


def test_of_several_features_of_one_column_the_one_that_tells_is_named() -> None:
    rng = np.random.default_rng(0)
    outcome = rng.random(400) < 0.3
    columns = [
        CaseColumn(name="orders in the last 30 days", kind=Kind.NUMBER, source="the purchases"),
        CaseColumn(name="orders so far", kind=Kind.NUMBER, source="the purchases"),
        CaseColumn(name="orders so far (log)", kind=Kind.NUMBER, source="the purchases", plain=True),
    ]
    late = np.where(outcome, 0.0, rng.integers(0, 5, 400))
    features = {columns[0].name: late, columns[1].name: rng.random(400), columns[2].name: -late}
    cases = as_cases(columns, features, outcome)
    added = pd.DataFrame({"the purchases": np.where(late == 0, 1.0, -1.0)})
    found = reasons(cases, cases, added, "left")[:, 0]
    assert all(text.startswith("orders in the last 30 days: 0 (") for text in found[late == 0])
    assert all(
        text.startswith("against: orders in the last 30 days: 4 (none of ") for text in found[late == 4]
    )


def test_gaps_longer_than_most_are_later_than_usual() -> None:
    column = CaseColumn(name="gaps", kind=Kind.NUMBER, source="gaps", meaning=Meaning.LATENESS)
    cases = as_cases([column], {"gaps": [0.9, 0.2, NAN]}, np.array([1, 0, 0]))
    found = reasons(cases, cases, pd.DataFrame({"gaps": [1.0, 1.0, 1.0]}), "left")[:, 0]
    assert list(found) == ["gaps: 90 %, later than usual", "gaps: 20 %", "gaps: not filled in"]


def test_bands_hold_about_a_fifth_each_and_say_where_they_end() -> None:
    shares = shares_of(TENURE, known())
    assert [shares.band(place) for place in (0, 1, 4, 5)] == [
        "up to 6",
        "over 6, up to 20",
        "over 46.7",
        "",
    ]
    assert np.isnan(shares.rate[-1]) and shares.support[-1] == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.25, "0.25"), (12345.6, "12,346"), (-0.0, "0"), (1e-7, "1e-07"), (99.96, "100")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_cases_without_columns_have_no_reasons() -> None:
    found = reasons(known(), known(), pd.DataFrame(index=range(200)), "left")
    assert found.shape == (200, REASONS) and (found == "").all()

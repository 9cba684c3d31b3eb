"""Columns known only afterwards: planted ones are found and named, honest ones stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from graphlead.common.deal import keys_of
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind
from graphlead.core.errors import SettingsError
from graphlead.core.late import LEFT_OUT, SUSPECTED, Late
from graphlead.profile.late.alone import alone, folds_of
from graphlead.profile.late.duration import tells_duration
from graphlead.profile.late.find import find_late, hidden_from_survival, left_out

N, OPENED = 1_000, 300
_DRAW = np.random.default_rng(0)
ODDS = _DRAW.normal(size=N + OPENED)
WON = _DRAW.random(N + OPENED) < 1 / (1 + np.exp(1 - 1.2 * ODDS))
REGION = _DRAW.choice(["N", "S", None], N + OPENED)
IS_OPEN = np.arange(N + OPENED) >= N


@pytest.fixture
def draw() -> np.random.Generator:
    """Random numbers that are the same in whatever order the tests run."""
    return np.random.default_rng(1)


def cases(duration: Any = None, **columns: Any) -> Cases:
    """Cases with an honest number, size, an honest category, region, and these columns."""
    features = pd.DataFrame({"size": ODDS, "region": REGION, **columns})
    texts = {name for name in features if pd.api.types.is_string_dtype(features[name].dropna())}
    features = features.astype({name: object if name in texts else float for name in features})
    features = features.where(features.notna(), None) if texts else features
    features = features.astype({name: float for name in features if name not in texts})
    ids = np.array([f"c{i}" for i in range(N + OPENED)], object)
    return Cases(
        ids=ids,
        features=features,
        columns=tuple(
            CaseColumn(name=name, kind=Kind.CATEGORY if name in texts else Kind.NUMBER, source=name)
            for name in map(str, features)
        ),
        outcome=np.where(IS_OPEN, OPEN, WON).astype(np.int8),
        day=np.full(len(ids), "NaT", "datetime64[D]"),
        group=keys_of(pa.array(ids)).view(np.int64),
        facts=features.assign(account="x"),
        duration=duration,
    )


def auc_of(few: Cases) -> float:
    """The cross-fitted AUC of a logistic regression with a column a level and one for what is missing."""
    x = pd.get_dummies(few.features, dummy_na=True, dtype=float)
    numbers = [column.name for column in few.columns if column.kind is Kind.NUMBER]
    x = x.assign(**{f"{name} missing": x[name].isna().astype(float) for name in numbers}).fillna(0.0)
    x = (x - x.mean()) / (x.std() + 1e-9)
    p = cross_val_predict(LogisticRegression(C=0.3), x, few.outcome, cv=3, method="predict_proba")
    return float(roc_auc_score(few.outcome, p[:, 1]))


def by_column(found: tuple[Late, ...]) -> dict[str, Late]:
    return {late.column: late for late in found}


def test_honest_columns_are_not_named(draw: np.random.Generator) -> None:
    assert find_late(cases(visits=draw.poisson(3, N + OPENED)), auc_of) == ()


def test_a_column_that_is_empty_in_the_open_cases_is_left_out(draw: np.random.Generator) -> None:
    called = np.where(IS_OPEN, np.nan, draw.normal(size=N + OPENED) + 2 * WON)
    (late,) = find_late(cases(minutes=called), auc_of)
    assert (late.column, late.verdict) == ("minutes", LEFT_OUT)
    assert late.why == "filled in 100% of the known cases and in 0% of the open ones"
    assert (late.filled_known, late.filled_open) == (1.0, 0.0)
    assert late.auc_with is not None
    assert late.auc_without is not None
    assert late.auc_with > late.auc_without + 0.05
    assert late.auc_alone > 0.85


def test_few_empty_cells_of_open_cases_are_chance(draw: np.random.Generator) -> None:
    rare = np.where(draw.random(N + OPENED) < 0.01, 1.0, np.nan)
    rare[IS_OPEN] = np.nan
    assert find_late(cases(rare=rare), auc_of) == ()
    (absent,) = find_late(cases(rare=rare), auc_of, absent=["rare"])
    assert (absent.verdict, absent.why) == (LEFT_OUT, "the open cases have no such column")


def test_open_rows_without_any_value_say_nothing() -> None:
    whole = cases()
    whole.features.loc[IS_OPEN] = None
    assert find_late(whole, auc_of) == ()


def test_a_column_filled_for_one_outcome_only_is_left_out(draw: np.random.Generator) -> None:
    reason = np.where(WON | (draw.random(N + OPENED) < 0.6), None, "price")
    (late,) = find_late(cases(grund=reason), auc_of)
    assert late.verdict == LEFT_OUT
    assert "of the positive cases and in" in late.why


def test_a_column_that_decides_the_outcome_alone_is_left_out() -> None:
    code = np.where(WON, "A", "B").astype(object)
    code[::20] = "C"
    (late,) = find_late(cases(code=code), auc_of)
    assert late.verdict == LEFT_OUT
    assert late.why.startswith("it almost decides the outcome alone (AUC 0.9")


def test_suspected_columns_are_left_out_by_what_they_gain_together(draw: np.random.Generator) -> None:
    hint = draw.normal(size=N + OPENED) + 0.5 * WON
    found = by_column(
        find_late(
            cases(duration=None, last_activity=hint + draw.normal(size=len(hint)) / 2, lead_quality=hint,
                  rating=draw.normal(size=len(hint))),
            auc_of,
        )
    )  # fmt: skip
    assert set(found) == {"last_activity", "lead_quality", "rating"}
    assert found["last_activity"].verdict == found["lead_quality"].verdict == SUSPECTED
    strong = [draw.normal(size=len(hint)) + gap * WON for gap in (2.2, 1.8)]
    whole = cases(last_activity=strong[0], lead_quality=strong[1])
    found = by_column(find_late(whole, auc_of))
    assert {late.verdict for late in found.values()} == {LEFT_OUT}
    assert "more than any honest column" in found["lead_quality"].why
    kept = by_column(find_late(whole, auc_of, keep=["lead_quality"]))
    assert kept["lead_quality"].verdict == SUSPECTED
    assert kept["lead_quality"].why.endswith("kept as asked")
    assert kept["last_activity"].verdict == LEFT_OUT
    assert left_out(found.values()) == {"last_activity", "lead_quality"}


def test_values_that_speak_of_a_contact_are_suspected(draw: np.random.Generator) -> None:
    said = draw.choice(["Email Opened", "SMS Sent", "Ringing", "other"], N + OPENED)
    (late,) = find_late(cases(verlauf=said), auc_of)
    assert late.verdict == SUSPECTED
    assert late.why.startswith("its values speak of contacts (")


def test_a_column_to_keep_has_to_exist() -> None:
    with pytest.raises(SettingsError, match=r"--keep: there is no column 'acount'. Did you mean 'account'"):
        find_late(cases(), auc_of, keep=["acount"])


def test_a_product_with_the_duration_is_hidden_from_survival_models_alone(draw: np.random.Generator) -> None:
    tenure = draw.integers(1, 72, N + OPENED).astype(float)
    price = draw.uniform(20, 120, N + OPENED)
    total = tenure * price * draw.uniform(0.95, 1.05, N + OPENED)
    whole = cases(duration=tenure, tenure=tenure, price=price, total=total, weeks=tenure * 4.3 + 1)
    assert tells_duration(whole) == {"total": "price", "weeks": ""}
    found = by_column(find_late(whole, auc_of))
    assert found["total"].why == "tells the duration (with price)"
    assert {late.verdict for late in found.values()} == {SUSPECTED}
    assert left_out(found.values()) == frozenset()
    assert hidden_from_survival(found.values()) == {"total", "weeks"}


def test_chance_alone_has_an_auc_of_a_half(draw: np.random.Generator) -> None:
    known = cases().rows(~IS_OPEN)
    codes = pd.Series(draw.integers(0, 400, N).astype(str), dtype=object)
    auc = alone(codes, Kind.CATEGORY, known.outcome, folds_of(known))
    assert auc < 0.56
    shape = pd.Series(
        np.where(known.outcome == 1, 0.0, draw.choice([-1.0, 1.0], N)) + draw.normal(size=N) / 9
    )
    assert alone(shape, Kind.NUMBER, known.outcome, folds_of(known)) > 0.99

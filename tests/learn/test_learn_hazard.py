"""Hazards of cases against planted truth and against lifelines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lifelines.utils import concordance_index
from planted_cases import as_cases

from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Cases, Kind
from graphlead.learn.cases import hazard
from graphlead.learn.cases.hazard import Hazard, fit_hazard


def lasting(n: int, seed: int) -> tuple[Cases, Reals, Flags]:
    """Cases that end at the rate exp(x) / 10 and monthly ones three times as often, seen for up to 20 units of time."""
    draw = np.random.default_rng(seed)
    x, monthly = draw.normal(size=n), draw.random(n) < 0.4
    risk = x + np.log(3) * monthly
    end, seen = draw.exponential(10 / np.exp(risk)), draw.uniform(1, 20, n)
    ended = end <= seen
    features = {
        "x": (Kind.NUMBER, x),
        "contract": (Kind.CATEGORY, np.where(monthly, "monthly", "annual").astype(object)),
    }
    return as_cases(features, ended, duration=np.minimum(end, seen)), risk, ended


def test_hazards_find_the_planted_order_and_its_strength(tmp_path: Path) -> None:
    cases, risk, ended = lasting(1200, 0)
    fitted, held = fit_hazard(cases, 0)
    duration = np.asarray(cases.duration)
    best = concordance_index(duration, -risk, ended)
    assert concordance_index(duration, -held, ended) > best - 0.03
    rows, true, _ = lasting(500, 1)
    found = fitted.log_ratio(rows)
    assert np.polyfit(true, found, 1)[0] == pytest.approx(1, abs=0.2)
    fitted.save(tmp_path)
    again = Hazard.load(tmp_path)
    assert np.allclose(again.log_ratio(rows), found)
    assert np.allclose(again.median_time(found), fitted.median_time(found), equal_nan=True)


def test_of_very_many_cases_some_are_drawn_whole_groups_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    cases, risk, ended = lasting(1200, 0)
    cases = replace(cases, group=np.arange(1200) // 3)
    monkeypatch.setattr(hazard, "MOST", 400)
    fitted, held = fit_hazard(cases, 0)
    drawn = ~np.isnan(held)
    assert drawn.sum() == 400
    whole = np.bincount(cases.group, drawn)
    assert np.isin(whole, (0, 3)).sum() >= len(whole) - 1
    duration = np.asarray(cases.duration)
    best = concordance_index(duration[drawn], -risk[drawn], ended[drawn])
    assert concordance_index(duration[drawn], -held[drawn], ended[drawn]) > best - 0.05
    assert np.isfinite(fitted.log_ratio(cases)).all()


def test_the_median_time_is_the_planted_one_or_unknown() -> None:
    cases, _, _ = lasting(2500, 0)
    fitted, _ = fit_hazard(cases, 0)
    rows, risk, _ = lasting(800, 1)
    median = fitted.median_time(fitted.log_ratio(rows))
    truth = np.log(2) * 10 / np.exp(risk)
    there = ~np.isnan(median)
    assert np.median(np.abs(median[there] / truth[there] - 1)) < 0.25
    assert truth[~there].min() > 10


def test_columns_that_cox_regression_cannot_part_are_survived() -> None:
    """Two columns that are the same but for rounding, and one that tells who ended."""
    cases, _, ended = lasting(200, 2)
    x = cases.features["x"].to_numpy()
    features = {
        "x": (Kind.NUMBER, x),
        "same": (Kind.NUMBER, x * (1 + 1e-9)),
        "told": (Kind.NUMBER, ended * 1e6),
    }
    _, held = fit_hazard(as_cases(features, ended, duration=cases.duration), 0)
    assert np.isfinite(held).all()

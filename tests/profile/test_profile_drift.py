"""How far columns moved: the figures against others', no alarm on samples of one source, planted changes named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, entropy

from graphlead.core.drift import Bins, Drift, Form, Pair
from graphlead.profile.drift.bins import MISSING, OTHERS, UNSEEN, bins_of
from graphlead.profile.drift.build import drift_of
from graphlead.profile.drift.measure import expected, is_alarm, js, limit, psi


def pair(old: Any, new: Any, form: Form = Form.NUMBER) -> Pair:
    kind = object if form is Form.CATEGORY else None
    return Pair(name="x", form=form, old=pd.Series(old, dtype=kind), new=pd.Series(new, dtype=kind))


def only(old: Any, new: Any, form: Form = Form.NUMBER) -> Drift:
    (found,) = drift_of([pair(old, new, form)])
    return found


def test_psi_and_js_are_those_of_other_formulas() -> None:
    old, new = np.array([10.0, 30, 60, 5]), np.array([25.0, 25, 40, 1])
    bins = Bins(labels=("a", "b", "c", "d"), old=old, new=new)
    p, q = old / old.sum(), new / new.sum()
    assert psi(bins) == pytest.approx(entropy(p, q) + entropy(q, p), abs=1e-12)
    assert js(bins) == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-12)


def test_an_empty_bin_counts_as_half_a_row_and_one_empty_in_both_for_nothing() -> None:
    bins = Bins(labels=("a", "b", "c"), old=np.array([100.0, 0, 0]), new=np.array([40.0, 10, 0]))
    by_hand = (0.8 - 1.0) * np.log(0.8 / 1.0) + (0.2 - 0.005) * np.log(0.2 / 0.005)
    assert psi(bins) == pytest.approx(by_hand, abs=1e-12)
    assert expected(bins) == pytest.approx(1 / 100 + 1 / 50, abs=1e-15)


def test_the_psi_of_samples_is_that_of_the_theory() -> None:
    draw = np.random.default_rng(0)
    shares = np.full(8, 1 / 8)
    found = []
    for _ in range(2000):
        old, new = draw.multinomial(400, shares), draw.multinomial(900, shares)
        found.append(psi(Bins(labels=("",) * 8, old=old.astype(float), new=new.astype(float))))
    example = Bins(labels=("",) * 8, old=np.full(8, 50.0), new=np.full(8, 112.5))
    assert np.mean(found) == pytest.approx(expected(example), rel=0.05)
    assert limit(example, 10) == pytest.approx(chi2.isf(0.0002, 7) * (1 / 400 + 1 / 900), abs=1e-12)
    assert np.mean(np.array(found) > limit(example, 1)) <= 0.006


def test_equal_columns_are_as_before() -> None:
    values = np.random.default_rng(0).normal(size=300)
    found = only(values, values)
    assert (found.psi, found.js, found.alarm, found.text) == (0.0, 0.0, False, "x: as before")


@pytest.mark.parametrize("n", [200, 1000])
def test_samples_of_one_source_raise_no_alarm(n: int) -> None:
    draw = np.random.default_rng(n)
    weights = 1 / np.arange(1, 301)
    levels = np.array([f"L{i}" for i in range(300)], object)
    columns: list[Pair] = []
    for _ in range(40):
        numbers = [np.where(draw.random(n) < 0.7, 0, draw.gamma(1, 50, n)) for _ in range(2)]
        texts = [draw.choice(levels, n, p=weights / weights.sum()) for _ in range(2)]
        columns += [pair(*numbers), pair(*texts, form=Form.CATEGORY)]
    assert [each.text for each in drift_of(columns) if each.alarm] == []


def test_a_shift_is_named_with_its_size() -> None:
    draw = np.random.default_rng(1)
    old = draw.integers(20, 60, 2000).astype(float)
    found = only(old, old + 6)
    assert found.alarm
    assert found.text == f"x: 6 higher in the middle ({np.median(old):.0f} -> {np.median(old) + 6:.0f})"


def test_small_sure_changes_are_stated_without_an_alarm() -> None:
    old = ["a"] * 10_000 + ["b"] * 10_000
    found = only(old, ["a"] * 10_800 + ["b"] * 9_200, Form.CATEGORY)
    assert not found.alarm
    assert found.text == "x: a little: b 50 % -> 46 %; a 50 % -> 54 %"


def test_a_level_that_grows_and_a_new_one_are_named() -> None:
    old = ["cellular"] * 940 + ["telephone"] * 60
    found = only(old, ["cellular"] * 600 + ["telephone"] * 300 + ["fax"] * 100, Form.CATEGORY)
    assert found.alarm
    assert found.text == "x: telephone 6 % -> 30 %; new: fax (10 %)"


def test_missing_values_are_a_bin_of_their_own() -> None:
    values = np.random.default_rng(2).normal(size=1000)
    found = only(values, np.where(np.arange(1000) < 300, np.nan, values))
    assert found.alarm
    assert found.text == "x: missing 0 % -> 30 %"
    assert found.bins[-1] == (MISSING, 0.0, 0.3)


def test_a_value_that_fills_bins_alone_stands_by_itself() -> None:
    old = np.r_[np.zeros(700), np.arange(1, 301)]
    bins = bins_of(pair(old, np.r_[np.zeros(400), np.arange(1, 601)]))
    assert bins.labels[0] == "0"
    assert bins.old[0], bins.new[0] == (700, 400)
    assert bins.old.sum() == bins.new.sum() == 1000
    assert only(old, np.r_[np.zeros(400), np.arange(1, 301), np.arange(1, 301)]).alarm


def test_a_constant_that_varies_now_is_seen() -> None:
    assert only(np.full(500, 5.0), np.r_[np.full(400, 5.0), np.full(100, 6.0)]).alarm


def test_many_rare_levels_are_no_drift_unless_they_are_all_others() -> None:
    draw = np.random.default_rng(3)
    old, same = (draw.integers(0, 3000, 4000).astype(str) for _ in range(2))
    assert not is_alarm(bins_of(pair(old, same, Form.CATEGORY)), 1)
    others = (draw.integers(0, 3000, 4000) + 2000).astype(str)
    assert bins_of(pair(old, others, Form.CATEGORY)).labels == (OTHERS, UNSEEN)
    found = only(old, others, Form.CATEGORY)
    assert found.alarm
    assert UNSEEN in found.text


def test_the_same_rows_once_more_are_no_drift_however_rare_their_levels() -> None:
    draw = np.random.default_rng(3)
    old = draw.integers(0, 3000, 4000).astype(str)
    assert only(old, old, Form.CATEGORY).text == "x: as before"
    newer = np.r_[old[200:], draw.integers(0, 3000, 300).astype(str)]
    assert not only(old, newer, Form.CATEGORY).alarm


def test_dates_that_move_on_are_stated_and_those_that_bunch_are_an_alarm() -> None:
    draw = np.random.default_rng(4)
    days = draw.integers(20_000, 20_365, 3000).astype(float)
    moved = only(days, days + 31, Form.DATE)
    assert not moved.alarm
    assert "the latest 31 days later" in moved.text
    bunched = np.where(np.arange(3000) < 1500, days, 20_360)
    found = only(days, bunched, Form.DATE)
    assert found.alarm
    assert "spread over time in another way" in found.text
    assert only(days, draw.integers(20_000, 20_365, 3000).astype(float), Form.DATE).text == "x: as before"


def test_of_texts_only_their_presence_is_compared() -> None:
    old, new = pd.Series([True] * 900 + [False] * 100), pd.Series([True] * 500 + [False] * 500)
    (found,) = drift_of([Pair(name="note", form=Form.FILLED, old=old, new=new)])
    assert found.alarm
    assert found.text == "note: filled 90 % -> 50 % (only whether it is filled is compared)"


def test_gone_and_new_columns_raise_an_alarm_and_ids_do_not() -> None:
    pairs = [Pair(name="a", form=Form.GONE), Pair(name="b", form=Form.NEW),
             Pair(name="c", form=Form.NOTHING, why="ids of the rows")]  # fmt: skip
    found = drift_of(pairs)
    assert [each.alarm for each in found] == [True, True, False]
    assert [each.text for each in found] == [
        "a: gone; the new table has no such column",
        "b: new; the old table has no such column",
        "c: not compared (ids of the rows)",
    ]
    assert {each.psi for each in found} == {None}


def test_tables_of_a_few_rows_and_empty_columns_are_compared() -> None:
    assert not only([1.0, 2.0], [2.0, 3.0]).alarm
    assert only([np.nan] * 50, np.arange(50.0)).alarm
    assert only(["a"] * 50, [None] * 50, Form.CATEGORY).alarm

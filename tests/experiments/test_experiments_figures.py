"""Differences and power against independent computations and simulations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from graphlead.experiments.figures.differences import difference, holm, interval_of, newcombe, sample_of
from graphlead.experiments.figures.power import cases_needed, smallest_lift


def ones(hits: int, n: int) -> np.ndarray:
    return np.r_[np.ones(hits), np.zeros(n - hits)]


def test_rates_have_the_unpooled_interval_and_the_pooled_test() -> None:
    a, b = ones(180, 1000), ones(120, 900)
    found = difference(sample_of(a), sample_of(b))
    error = math.sqrt(a.var(ddof=1) / 1000 + b.var(ddof=1) / 900)
    z = stats.norm.ppf(0.975)
    assert found.lift == pytest.approx(0.18 - 120 / 900, abs=1e-12)
    assert (found.low, found.high) == pytest.approx(
        (found.lift - z * error, found.lift + z * error), abs=1e-12
    )
    chi = stats.chi2_contingency([[180, 820], [120, 780]], correction=False)
    assert found.p_value == pytest.approx(chi.pvalue, rel=1e-9)


def test_few_cases_have_the_exact_test_and_newcombes_interval() -> None:
    found = difference(sample_of(ones(4, 60)), sample_of(ones(0, 50)))
    assert found.p_value == pytest.approx(stats.fisher_exact([[4, 56], [0, 50]]).pvalue, rel=1e-12)
    assert (found.low, found.high) == newcombe(sample_of(ones(4, 60)), sample_of(ones(0, 50)))


def test_the_interval_is_that_of_newcombes_paper() -> None:
    """Table II (a) of the paper: 56 of 70 against 48 of 80."""
    assert newcombe(sample_of(ones(56, 70)), sample_of(ones(48, 80))) == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )


def test_numbers_are_compared_by_welch() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.gamma(1, 3, 40), rng.gamma(2, 1, 90)
    found, theirs = difference(sample_of(a), sample_of(b)), stats.ttest_ind(a, b, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_empty_cells_do_not_count_and_one_case_shows_nothing() -> None:
    sample = sample_of(np.array([1.0, np.nan, 0.0, 1.0]))
    assert (sample.n, sample.mean, sample.binary) == (3, pytest.approx(2 / 3), True)
    assert math.isnan(difference(sample_of(np.array([1.0])), sample).p_value)
    assert math.isnan(sample_of(np.array([np.nan])).mean)
    alike = difference(sample_of(np.full(9, 2.5)), sample_of(np.full(9, 2.5)))
    assert (alike.lift, alike.p_value) == (0.0, 1.0)


def test_the_interval_of_a_rate_is_wilsons() -> None:
    expected = stats.binomtest(7, 40).proportion_ci(0.95, method="wilson")
    assert interval_of(sample_of(ones(7, 40))) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_several_comparisons_are_raised_as_holm_does() -> None:
    assert holm([0.01, 0.04, 0.03, math.nan]) == pytest.approx([0.03, 0.06, 0.06, math.nan], nan_ok=True)


@pytest.mark.parametrize("rate", [0.004, 0.05, 0.5])
def test_arms_that_do_not_differ_are_called_different_in_five_of_a_hundred(rate: float) -> None:
    rng = np.random.default_rng(7)
    hits = rng.binomial(2000, rate, (1000, 2))
    found = [difference(sample_of(ones(a, 2000)), sample_of(ones(b, 2000))).p_value for a, b in hits]
    share = float((np.array(found) < 0.05).mean())
    assert share <= 0.065
    assert share >= 0.035 or rate < 0.01  # the exact test of rare outcomes errs to the safe side


@pytest.mark.parametrize(("base", "treated", "control"), [(0.05, 4000, 1000), (0.2, 900, 900)])
def test_the_smallest_lift_is_shown_in_four_of_five_experiments(
    base: float, treated: int, control: int
) -> None:
    lift = smallest_lift(base, treated, control)
    assert lift is not None
    rng = np.random.default_rng(3)
    a, b = rng.binomial(treated, base + lift, 4000), rng.binomial(control, base, 4000)
    pooled = (a + b) / (treated + control)
    z = (a / treated - b / control) / np.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / control))
    assert (np.abs(z) > stats.norm.ppf(0.975)).mean() == pytest.approx(0.8, abs=0.025)


def test_cases_needed_are_those_at_which_the_lift_is_the_smallest() -> None:
    whole = cases_needed(0.1, 0.02, 0.25)
    assert whole is not None
    reached = smallest_lift(0.1, round(0.75 * whole), round(0.25 * whole))
    assert reached == pytest.approx(0.02, rel=2e-3)
    # Equal groups: the textbook's formula with the pooled variance under no lift.
    p, q, m = 0.1, 0.15, 0.125
    textbook = (1.959964 * math.sqrt(2 * m * (1 - m)) + 0.841621 * math.sqrt(p * (1 - p) + q * (1 - q))) ** 2
    assert cases_needed(0.1, 0.05, 0.5) == pytest.approx(2 * textbook / 0.05**2, abs=1)


def test_what_cannot_be_shown_is_none() -> None:
    assert smallest_lift(0.9, 20, 5) is None
    assert smallest_lift(0.02, 50, 10, sign=-1) is None
    assert cases_needed(0.95, 0.1, 0.2) is None
    drop = smallest_lift(0.3, 4000, 1000, sign=-1)
    assert drop is not None
    assert 0 < drop < 0.3

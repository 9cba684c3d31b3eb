from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.core.arrays import Floats
from graphlead.core.errors import CarrierError
from graphlead.evaluate.prior import estimate_common_prior, estimate_prior


def mixture(prior: float, distance: float, seed: int = 0) -> tuple[Floats, Floats]:
    """400 positives and 20,000 unlabelled, exactly ``prior`` of them positives ``distance`` further up."""
    rng = np.random.default_rng(seed)
    unlabelled = rng.normal(size=20_000)
    unlabelled[: round(prior * 20_000)] += distance
    return (rng.normal(size=400) + distance).astype(np.float32), unlabelled.astype(np.float32)


@pytest.mark.parametrize("distance", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("prior", [0.002, 0.01, 0.05, 0.2, 0.5])
def test_interval_covers_the_planted_prior(prior: float, distance: float) -> None:
    low, point, high = estimate_prior(*mixture(prior, distance), seed=0)
    assert low <= prior <= high
    assert low <= point <= high


@pytest.mark.parametrize("prior", [0.01, 0.05, 0.2, 0.5])
def test_point_is_close_where_positives_stand_apart(prior: float) -> None:
    _, point, _ = estimate_prior(*mixture(prior, 4.0), seed=0)
    assert prior / 1.6 < point < prior * 1.6


@pytest.mark.parametrize("prior", [0.01, 0.05, 0.2, 0.5])
def test_high_still_bounds_where_positives_overlap_with_negatives(prior: float) -> None:
    low, _, high = estimate_prior(*mixture(prior, 1.0), seed=0)
    assert low <= prior <= high
    assert high > 5 * low


@pytest.mark.parametrize("prior", [0.1, 0.2, 0.5])
def test_a_common_prior_is_nearer_the_planted_one_than_the_usual_estimate(prior: float) -> None:
    drawn = [mixture(prior, 2.0, seed) for seed in range(3)]
    common = np.log([estimate_common_prior(*scores, seed=0) / prior for scores in drawn])
    usual = np.log([estimate_prior(*scores, seed=0)[1] / prior for scores in drawn])
    assert np.abs(common).max() < np.log(1.4)
    assert np.abs(common).mean() < np.abs(usual).mean()


def test_a_common_prior_lies_within_the_usual_bounds_and_above_the_usual_point() -> None:
    scores = mixture(0.05, 1.0)
    low, point, high = estimate_prior(*scores, seed=0)
    assert low < point < estimate_common_prior(*scores, seed=0) < high


def test_a_common_prior_needs_two_scores_of_each_kind() -> None:
    with pytest.raises(CarrierError, match="two scores of each kind"):
        estimate_common_prior(np.zeros(1, np.float32), np.zeros(5, np.float32), seed=0)


def test_only_the_order_of_the_scores_counts() -> None:
    positive, unlabelled = (scores.astype(np.float64) for scores in mixture(0.05, 2.0))
    plain = estimate_prior(positive, unlabelled, seed=0)
    assert estimate_prior(np.exp(positive), np.exp(unlabelled), seed=0) == plain


def test_the_same_seed_gives_the_same_interval_with_ties() -> None:
    positive, unlabelled = (np.round(scores) for scores in mixture(0.05, 2.0))
    assert estimate_prior(positive, unlabelled, 1) == estimate_prior(positive, unlabelled, 1)


def test_uninformative_scores_leave_everything_open() -> None:
    low, _, high = estimate_prior(np.zeros(200, np.float32), np.zeros(5000, np.float32), seed=0)
    assert high == pytest.approx(0.9)
    assert low > 0


@settings(max_examples=40)
@given(n_pos=st.integers(2, 40), n=st.integers(2, 200), shift=st.floats(-5, 50), seed=st.integers(0, 99))
def test_interval_is_ordered_and_inside(n_pos: int, n: int, shift: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive = (rng.normal(size=n_pos) + shift).astype(np.float32)
    low, point, high = estimate_prior(positive, rng.normal(size=n).astype(np.float32), seed)
    assert 0 < low <= point <= high <= 0.9


def test_one_score_is_not_enough() -> None:
    with pytest.raises(CarrierError, match="at least two"):
        estimate_prior(np.zeros(1, np.float32), np.zeros(5, np.float32), 0)

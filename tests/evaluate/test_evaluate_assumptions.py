"""Random draws against planted biases, the precision under each prior, and whom a list follows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from graphlead.core.assumptions import Assumptions
from graphlead.core.clients import Cohort
from graphlead.core.errors import CarrierError
from graphlead.core.expected import Hits
from graphlead.evaluate.assumptions import draw_of, followings_of, hits_by_prior, p_of_draw, priors_around

N = 2000
DAY = np.datetime64("2024-01-01")


def cohort(rows: np.ndarray, won: np.ndarray | None = None) -> Cohort:
    days = np.full(len(rows), "NaT", "datetime64[D]") if won is None else won
    return Cohort(n_companies=N, clients=rows.astype(np.int32), suppressed=np.zeros(0, np.int32), won=days)


def regions(codes: np.ndarray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([f"R{code}" for code in codes])])


def test_a_random_draw_is_seldom_called_biased() -> None:
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 8, N)
    found = [
        draw_of(
            "region", regions(codes), cohort(np.sort(draw.choice(N, 100, replace=False))), seed
        ).p_register
        for seed in range(60)
    ]
    assert 0 <= np.mean(np.array(found) < 0.1) < 0.25
    assert 0.35 < np.mean(found) < 0.65


def test_a_draw_from_one_region_is_none_at_random() -> None:
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 8, N)
    weight = np.where(codes == 3, 4.0, 1.0)
    rows = np.sort(draw.choice(N, 100, replace=False, p=weight / weight.sum()))
    found = draw_of("region", regions(codes), cohort(rows), seed=0)
    assert found.p_register == 0.001
    assert found.p_recent is None


def test_clients_that_moved_to_another_region_lately_are_noticed() -> None:
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 4, N)
    early = np.flatnonzero(codes < 2)[:40]
    late = np.flatnonzero(codes >= 2)[:40]
    rows = np.sort(np.r_[early, late])
    moved = np.where(np.isin(rows, late), DAY + 900, DAY) + np.arange(80) % 30
    mixed = DAY + draw.permutation(80) * 10
    assert draw_of("region", regions(codes), cohort(rows, moved), 0).p_recent == 0.001
    unmoved = draw_of("region", regions(codes), cohort(rows, mixed), 0).p_recent
    assert unmoved is not None
    assert unmoved > 0.05
    undated = mixed.copy()
    undated[10:] = np.datetime64("NaT")
    assert draw_of("region", regions(codes), cohort(rows, undated), 0).p_recent is None


def test_the_chance_of_a_draw_is_exact_where_it_can_be_counted() -> None:
    # Four of four from the half of eight: 2 of the 70 draws are as far from 2 and 2.
    assert p_of_draw(np.array([4, 0]), np.array([4, 4]), 0) == pytest.approx(2 / 70, abs=0.012)
    assert p_of_draw(np.array([2, 2]), np.array([4, 4]), 0) == 1


def test_numbers_and_missing_values_are_compared_in_bands() -> None:
    size = np.exp(np.random.default_rng(0).normal(3, 1, N))
    large = np.sort(np.argsort(-size)[:60])
    values = pa.chunked_array([pa.array(np.where(np.arange(N) % 10 == 0, np.nan, size), from_pandas=True)])
    assert draw_of("employees", values, cohort(large), 0).p_register == 0.001


def test_whom_the_list_follows_is_named_with_all_three_shares() -> None:
    codes = np.r_[np.zeros(80), np.ones(20), np.ones(900), np.zeros(100)].astype(int)
    clients = regions(np.r_[np.zeros(30), np.ones(10)].astype(int))
    [first, second] = followings_of("region", regions(codes), clients, np.ones(len(codes), bool))
    assert (first.top, first.value) == (100, "R0")
    assert (first.on_list, first.of_clients, first.of_register) == (0.8, 0.75, 180 / 1100)
    assert second.top == 500
    assert 0 < first.explained == second.explained < 1


def test_only_leads_are_on_the_list() -> None:
    codes = np.r_[np.zeros(50), np.ones(150)].astype(int)
    leads = codes == 1
    [only] = {each.value for each in followings_of("region", regions(codes), regions(codes[:5]), leads)}
    assert only == "R1"


def test_the_hits_expected_move_with_the_prior_and_never_past_everybody() -> None:
    hits = [
        Hits(first=first, months=24, low=point / 2, point=point, high=point * 2)
        for first, point in ((25, 6.0), (100, 14.0))
    ]
    found = hits_by_prior(hits, 0.04, (0.02, 0.04, 0.4))
    assert found == {25: pytest.approx((3, 6, 25)), 100: pytest.approx((7, 14, 100))}
    assert hits_by_prior((), 0.04, (0.04,)) == {}


def test_priors_lie_between_the_low_and_the_high() -> None:
    assert priors_around((0.01, 0.04, 0.16)) == pytest.approx((0.01, 0.02, 0.04, 0.08, 0.16))
    assert priors_around((0.02, 0.02, 0.02)) == (0.02,)


def test_a_figure_for_every_prior() -> None:
    with pytest.raises(CarrierError, match="a figure for every prior"):
        Assumptions(draws=(), followings=(), priors=(0.1, 0.2), found={100: (3.0,)})

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import keys

from graphlead.core.arrays import Ints
from graphlead.core.clients import Cohort
from graphlead.core.errors import CarrierError, SettingsError
from graphlead.evaluate.splits import group_folds, random_folds, time_holdout

NOBODY = np.array([], np.int32)


def cohort(n: int, clients: list[int], won: list[str] | None = None) -> Cohort:
    days = np.array(won or ["NaT"] * len(clients), "datetime64[D]")
    return Cohort(n_companies=n, clients=np.array(clients, np.int32), suppressed=NOBODY, won=days)


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 300), k=st.integers(2, 10), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_random_folds_are_even_for_clients_and_for_everybody(n: int, k: int, share: float, seed: int) -> None:
    clients = list(range(int(share * n)))
    fold = random_folds(cohort(n, clients), keys(n), k, seed)
    assert fold.shape == (n,)
    assert fold.dtype == np.int8
    held_out = np.bincount(fold[clients], minlength=k)
    assert held_out.max() - held_out.min() <= 1
    # By lot, a fold of the others is seldom four deviations larger than the mean.
    assert np.bincount(fold, minlength=k).max() <= n / k + 4 * np.sqrt(n / k) + 1 + len(clients)


def test_random_folds_follow_the_seed() -> None:
    some = cohort(1000, list(range(0, 1000, 7)))
    assert (random_folds(some, keys(1000), 5, 3) == random_folds(some, keys(1000), 5, 3)).all()
    assert (random_folds(some, keys(1000), 5, 3) != random_folds(some, keys(1000), 5, 4)).any()


@pytest.mark.parametrize("seed", range(5))
def test_one_more_company_leaves_the_folds_of_all_others_as_they_are(seed: int) -> None:
    """Somewhere in the middle, so that the positions of the others change."""
    n, clients = 400, list(range(0, 400, 7))
    more = np.insert(keys(n), 150, keys(n + 1)[n])
    later = [client + (client >= 150) for client in clients]
    group = smallest_members(np.arange(n) // 3)
    regrouped = np.insert(group + (group >= 150), 150, 150).astype(np.int32)
    before = (
        random_folds(cohort(n, clients), keys(n), 5, seed),
        group_folds(cohort(n, clients), keys(n), group, 5, seed),
    )
    after = (
        random_folds(cohort(n + 1, later), more, 5, seed),
        group_folds(cohort(n + 1, later), more, regrouped, 5, seed),
    )
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(np.delete(new, 150), old)


def test_one_more_client_moves_hardly_any_other() -> None:
    n, clients = 400, list(range(0, 400, 7))
    before, after = (
        random_folds(cohort(n, some), keys(n), 5, 0) for some in (clients, sorted([*clients, 200]))
    )
    assert np.delete(before != after, 200).sum() <= 5


@settings(max_examples=50, deadline=None)
@given(n=st.integers(2, 300), groups=st.integers(1, 300), k=st.integers(2, 6), seed=st.integers(0, 99))
def test_groups_stay_whole_and_clients_balanced(n: int, groups: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = smallest_members(rng.integers(groups, size=n))
    clients = np.flatnonzero(rng.random(n) < 0.3).astype(np.int32)
    some = cohort(n, clients.tolist())
    fold = group_folds(some, keys(n), group, k, seed)
    assert (fold == fold[group]).all()
    assert fold.min() >= 0
    assert fold.max() < k
    held_out = np.bincount(fold[clients], minlength=k)
    largest = np.bincount(group[clients], minlength=1).max()
    assert held_out.max() - held_out.min() <= max(largest, 1)
    assert (fold == group_folds(some, keys(n), group, k, seed)).all()


def smallest_members(label: np.ndarray) -> Ints:
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int32)


def test_single_clients_level_the_folds_that_large_groups_filled() -> None:
    # A group of six clients fills one fold; nine clients alone make the other two 5 and 4.
    group = np.array([0] * 6 + list(range(6, 15)), np.int32)
    fold = group_folds(cohort(15, list(range(15))), keys(15), group, 3, seed=0)
    assert sorted(np.bincount(fold, minlength=3).tolist()) == [4, 5, 6]


def test_groups_of_another_register_are_refused() -> None:
    with pytest.raises(CarrierError, match="3 companies"):
        group_folds(cohort(3, [0]), keys(3), np.array([0, 1], np.int32), 2, 0)


@pytest.mark.parametrize("k", [0, 1, 128])
def test_impossible_number_of_folds_is_refused(k: int) -> None:
    with pytest.raises(SettingsError, match="folds"):
        random_folds(cohort(5, [0]), keys(5), k, 0)


def days(count: int) -> list[str]:
    return [str(day) for day in np.datetime64("2024-01-01") + np.arange(count)]


def test_time_holdout_keeps_the_clients_won_last() -> None:
    won = days(40)[::-1]
    found = time_holdout(cohort(100, list(range(40)), won))
    assert found is not None
    cut, held_out = found
    assert cut == np.datetime64("2024-01-30")
    assert held_out.tolist() == list(range(10))
    assert held_out.dtype == np.int32


def test_time_holdout_never_takes_more_than_half() -> None:
    # Only two days: 30 clients on the second would be three quarters, so nothing fits.
    won = ["2024-01-01"] * 10 + ["2024-01-02"] * 30
    assert time_holdout(cohort(100, list(range(40)), won)) is None


def test_clients_without_a_date_are_not_held_out() -> None:
    won = days(40) + ["NaT"] * 40
    found = time_holdout(cohort(100, list(range(80)), won))
    assert found is not None
    assert found[1].tolist() == list(range(30, 40))


@pytest.mark.parametrize("won", [days(39) + ["NaT"] * 41, days(36), ["2024-01-01"] * 80, ["NaT"] * 80, []])
def test_time_holdout_needs_dates_and_clients(won: list[str]) -> None:
    assert time_holdout(cohort(100, list(range(len(won))), won)) is None

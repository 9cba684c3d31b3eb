"""Effective shares against dense algebra, against bounds that hold for every split, and on planted cases."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stakes_by_hand import Stake, facts, pairs, random_stakes, stakes

from graphlead.core.graph import Ownership
from graphlead.graph.ownership import cycles, effective
from graphlead.graph.ownership.pairs import MOST_OWNERS, SMALLEST
from graphlead.graph.ownership.stakes import Ledger, ledger

Matrix = npt.NDArray[np.float64]


def dense(book: Ledger, shares: npt.NDArray[np.float64], n: int) -> Matrix:
    inside = book.owner < n
    a = np.zeros((n, n))
    a[book.owner[inside], book.owned[inside]] = shares[inside]
    return a


def solved(a: Matrix) -> Matrix:
    """A(I-A)^-1 with each owner's own returns counted once; nothing on the diagonal."""
    g = np.linalg.inv(np.eye(len(a)) - (1 - 1e-12) * a)
    s = (a @ g) / np.diag(g)[:, None]
    return s * (1 - np.eye(len(a)))


def matrix(found: Ownership, values: npt.NDArray[np.float32]) -> Matrix:
    n = len(found.group)
    s = np.zeros((n, n))
    s[found.effective.source, found.effective.target] = values
    return s


def test_shares_multiply_along_a_chain_and_add_over_chains() -> None:
    found = facts(4, Stake(0, 1, 0.5), Stake(1, 3, 0.4), Stake(0, 2, 0.6), Stake(2, 3, 0.5), Stake(0, 3, 0.1))
    assert pairs(found)[0, 3] == (0.6, 0.6)
    assert pairs(found)[1, 3] == (0.4, 0.4)


def test_off_cycles_it_is_a_times_the_inverse_of_one_minus_a() -> None:
    # 1 and 2 own parts of each other, 0 stands outside: (0.6 + 0.2 * 0.3) / (1 - 0.25 * 0.2) of company 1.
    rows = [Stake(0, 1, 0.6), Stake(0, 2, 0.3), Stake(1, 2, 0.25), Stake(2, 1, 0.2)]
    a = np.array([[0, 0.6, 0.3], [0, 0, 0.25], [0, 0.2, 0]])
    textbook = a @ np.linalg.inv(np.eye(3) - a)
    found = pairs(facts(3, *rows))
    assert found[0, 1] == (pytest.approx(textbook[0, 1], abs=1e-5),) * 2
    assert found[0, 2] == (pytest.approx(textbook[0, 2], abs=1e-5),) * 2
    assert textbook[0, 1] == pytest.approx(0.66 / 0.95)


def test_an_owner_on_a_cycle_is_not_counted_again_on_every_turn() -> None:
    found = facts(3, Stake(0, 1, 0.9), Stake(1, 0, 0.9), Stake(0, 2, 0.5))
    assert pairs(found) == {(0, 1): (0.9, 0.9), (1, 0): (0.9, 0.9), (0, 2): (0.5, 0.5), (1, 2): (0.45, 0.45)}


def test_companies_that_own_each_other_entirely() -> None:
    found = facts(3, Stake(0, 1, 1.0), Stake(1, 0, 1.0), Stake(1, 2, 0.4))
    assert pairs(found) == {(0, 1): (1, 1), (1, 0): (1, 1), (0, 2): (0.4, 0.4), (1, 2): (0.4, 0.4)}


def test_an_unknown_share_is_whatever_the_others_leave_over() -> None:
    found = facts(4, Stake(0, 2, 0.3), Stake(1, 2), Stake(2, 3, 0.5))
    assert pairs(found) == {
        (0, 2): (0.3, 0.3),
        (1, 2): (0.0, 0.7),
        (2, 3): (0.5, 0.5),
        (0, 3): (0.15, 0.15),
        (1, 3): (0.0, 0.35),
    }


def test_one_part_is_not_given_away_twice() -> None:
    # Company 0 owns half of 1 and half of 2; whatever 1 and 2 own of 3, no more than half of it can be 0's.
    found = facts(4, Stake(0, 1, 0.5), Stake(0, 2, 0.5), Stake(1, 3), Stake(2, 3))
    assert pairs(found)[0, 3] == (0.0, 0.5)


def test_an_unknown_circle_lets_the_outside_owner_have_it_all_or_what_is_sure() -> None:
    found = facts(3, Stake(0, 1, 0.1), Stake(1, 2, 1.0), Stake(2, 1))
    assert pairs(found) == {(0, 1): (0.1, 1.0), (0, 2): (0.1, 1.0), (1, 2): (1.0, 1.0), (2, 1): (0.0, 0.9)}


def test_shares_above_a_hundred_per_cent_are_scaled_down() -> None:
    found = facts(4, Stake(0, 3, 0.9), Stake(1, 3, 0.6), Stake(2, 3))
    assert pairs(found) == {(0, 3): (0.6, 0.6), (1, 3): (0.4, 0.4)}


def test_holders_take_their_part_but_are_no_owners_in_the_pairs() -> None:
    found = facts(2, Stake(2, 1, 0.8), Stake(0, 1), n_holders=1)
    assert pairs(found) == {(0, 1): (0.0, 0.2)}


def test_dust_is_left_out() -> None:
    found = facts(4, Stake(0, 1, 0.01), Stake(1, 2, 0.005), Stake(2, 3, 0.5))
    assert set(pairs(found)) == {(0, 1), (1, 2), (2, 3), (1, 3)}
    assert SMALLEST > 0.01 * 0.005


def test_a_company_keeps_its_largest_owners() -> None:
    many = MOST_OWNERS + 50
    rows = [Stake(i, many, (1 + i) / 1e5) for i in range(many)]
    kept = {owner for owner, _ in pairs(facts(many + 1, *rows))}
    assert kept == set(range(50, many))


def test_a_fan_of_a_hundred_thousand_is_a_hundred_thousand_pairs() -> None:
    n = 100_001
    fan = [Stake(0, i, 1.0) for i in range(1, n)]
    assert len(facts(n, *fan).effective) == n - 1


@given(random_stakes(8, 2, acyclic=True, unknown=False))
def test_known_shares_without_cycles_are_the_textbook_formula(rows: list[Stake]) -> None:
    n = 8
    book = ledger(stakes(*rows), n)
    found = facts(n, *rows, n_holders=2)
    a = dense(book, book.low, n)
    textbook = a @ np.linalg.inv(np.eye(n) - a)
    assert np.allclose(matrix(found, found.effective_low), textbook, atol=n * SMALLEST)
    assert np.allclose(found.effective_low, found.effective_high, atol=1e-6)


@given(random_stakes(6, 1))
def test_lower_bounds_are_the_dense_solution_at_the_lower_bounds(rows: list[Stake]) -> None:
    n = 6
    book = ledger(stakes(*rows), n)
    found = facts(n, *rows, n_holders=1)
    expected = solved(dense(book, book.low, n))
    assert np.allclose(matrix(found, found.effective_low), expected, atol=1e-3)


@given(random_stakes(6, 1, bands=True), st.integers(0, 2**32 - 1))
def test_bounds_hold_for_every_way_to_split_the_unknown(rows: list[Stake], seed: int) -> None:
    n = 6
    book = ledger(stakes(*rows), n)
    found = facts(n, *rows, n_holders=1)
    assert ((found.effective_low >= 0) & (found.effective_high <= 1)).all()
    assert (found.effective_low <= found.effective_high).all()
    rng = np.random.default_rng(seed)
    wish = rng.random(len(book)) ** rng.choice([0.05, 1, 20]) * (book.high - book.low)
    asked = np.bincount(book.owned, wish, n)
    granted = wish * np.minimum(1.0, book.slack / np.maximum(asked, 1e-12))[book.owned]
    possible = solved(dense(book, book.low + granted, n))
    assert (matrix(found, found.effective_high) >= possible - 1e-3).all()
    assert (matrix(found, found.effective_low) <= possible + 1e-3).all()


@given(random_stakes(4, 0, unknown=True))
def test_upper_bounds_of_unknown_shares_are_reached_by_some_split(rows: list[Stake]) -> None:
    """Without cycles: give each company's uncertain part to one owner, in every combination."""
    n = 4
    forward = [row for row in rows if row.owner < row.owned]
    book = ledger(stakes(*forward), n)
    found = facts(n, *forward)
    choices: list[list[int]] = [[int(r) for r in np.flatnonzero((book.owned == j) & (book.high > book.low))] or [-1]
                                for j in range(n)]  # fmt: skip
    best = np.zeros((n, n))
    for chosen in np.array(np.meshgrid(*choices)).reshape(n, -1).T:
        shares = book.low.copy()
        given = chosen[chosen >= 0]
        shares[given] = book.high[given]
        best = np.maximum(best, solved(dense(book, shares, n)))
    assert np.allclose(matrix(found, found.effective_high), best, atol=1e-3)


@given(random_stakes(6, 1, bands=True))
def test_iteration_alone_agrees_with_the_dense_solution(rows: list[Stake]) -> None:
    """What serves circles too large for a dense inverse."""
    known = facts(6, *rows, n_holders=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cycles, "DENSE", 1)
        iterated = facts(6, *rows, n_holders=1)
    assert (matrix(iterated, iterated.effective_low) <= matrix(known, known.effective_low) + 1e-3).all()
    assert (matrix(iterated, iterated.effective_high) >= matrix(known, known.effective_high) - 1e-3).all()


@given(random_stakes(8, 1))
def test_small_chunks_change_nothing(rows: list[Stake]) -> None:
    whole = facts(8, *rows, n_holders=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effective, "CHUNK", 2)
        assert pairs(facts(8, *rows, n_holders=1)) == pairs(whole)

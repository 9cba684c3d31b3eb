"""Random choices by a hash of the company's id: the same in every order, and for whoever else is there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.common import deal
from graphlead.common.deal import dealt, drawn, evenly, into_rooms, keys_of, lots
from graphlead.core.arrays import Keys

KEY_OF_AB_1, KEY_OF_NOTHING, KEY_OF_UMLAUTS = 11456339107453392550, 1760245841805064774, 6127157662880439173
MANY = keys_of(pa.array([f"c{i}" for i in range(20_000)]))


def some(n: int, seed: int = 0) -> Keys:
    return MANY[np.random.default_rng(seed).permutation(len(MANY))[:n]]


def test_a_key_belongs_to_its_id_on_every_machine_and_in_every_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = pa.array(["AB-1", "", "Größe", "AB-2", "AB-1"])
    whole = keys_of(ids)
    assert whole[:3].tolist() == [KEY_OF_AB_1, KEY_OF_NOTHING, KEY_OF_UMLAUTS]
    assert whole[4] == whole[0] != whole[3]
    monkeypatch.setattr(deal, "CHUNK", 2)
    np.testing.assert_array_equal(keys_of(ids), whole)
    assert len(np.unique(MANY)) == len(MANY)
    assert keys_of(pa.array([], pa.string())).shape == (0,)


def test_lots_of_another_use_or_seed_have_nothing_to_do_with_each_other() -> None:
    drawn_for = [
        lots(MANY, "folds", 1),
        lots(MANY, "folds", 2),
        lots(MANY, "bags", 1),
        lots(MANY, "folds", 1, 0),
    ]
    np.testing.assert_array_equal(drawn_for[0], lots(MANY, "folds", 1))
    shares = np.stack([each / 2**64 for each in drawn_for])
    assert np.abs(np.corrcoef(shares) - np.eye(4)).max() < 0.03
    assert np.abs(shares.mean(1) - 0.5).max() < 0.01


@settings(max_examples=60, deadline=None)
@given(n=st.integers(0, 300), piles=st.integers(1, 10), seed=st.integers(0, 99))
def test_dealt_evenly_whatever_the_order(n: int, piles: int, seed: int) -> None:
    keys = some(n, seed)
    pile = evenly(keys, piles, "test", seed)
    sizes = np.bincount(pile, minlength=piles)
    assert sizes.max(initial=0) - sizes.min() <= 1
    turned = np.random.default_rng(seed).permutation(n)
    np.testing.assert_array_equal(evenly(keys[turned], piles, "test", seed), pile[turned])


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 300), piles=st.integers(2, 10), seed=st.integers(0, 99))
def test_one_more_of_those_dealt_evenly_moves_no_more_others_than_there_are_piles(
    n: int, piles: int, seed: int
) -> None:
    keys = some(n + 1, seed)
    moved = evenly(keys, piles, "test", seed)[:n] != evenly(keys[:n], piles, "test", seed)
    assert moved.sum() <= piles


def test_one_more_company_moves_none_of_many_others() -> None:
    keys = some(2_000)
    np.testing.assert_array_equal(dealt(keys, 5, "test", 3)[:-1], dealt(keys[:-1], 5, "test", 3))
    sizes = np.bincount(dealt(MANY, 5, "test", 3), minlength=5)
    assert np.abs(sizes - 4_000).max() < 4 * np.sqrt(20_000 * 0.2 * 0.8)


def test_few_are_dealt_so_that_no_pile_is_empty() -> None:
    for seed in range(50):
        assert np.bincount(dealt(some(6, seed), 5, "test", seed), minlength=5).min() == 1


def test_rooms_are_filled_exactly_and_a_key_stays_in_its_own_while_there_is_space() -> None:
    keys = some(30)
    room = into_rooms(keys, np.array([5, 0, 25]), "test", 0)
    assert np.bincount(room, minlength=3).tolist() == [5, 0, 25]
    own = lots(keys, "test", 0) % np.uint64(3)
    assert (room[own == 2] == 2).all()


def test_a_sample_gains_at_most_the_one_who_came() -> None:
    keys = some(1_001)
    before, after = set(drawn(keys[:-1], 100, "test", 0)), set(drawn(keys, 100, "test", 0))
    assert len(before) == len(after) == 100
    assert after - before <= {1_000}
    assert drawn(keys[:7], 100, "test", 0).tolist() == list(range(7))
    turned = np.random.default_rng(0).permutation(1_001)
    assert {int(turned[i]) for i in drawn(keys[turned], 100, "test", 0)} == set(map(int, after))

"""Cases dealt into arms: exact shares, and lots that no order of the rows decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from graphlead.experiments.assign.deal import EMPTY, counts_of, dealt_arms, strata_of

SHARES = st.sampled_from([(0.8, 0.2), (0.5, 0.5), (0.7, 0.2, 0.1), (0.95, 0.05), (0.55, 0.33, 0.12)])


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), SHARES)
def test_every_share_is_exact_to_within_a_case(sizes: list[int], shares: tuple[float, ...]) -> None:
    counts = counts_of(np.array(sizes), np.array(shares))
    exact = np.outer(sizes, shares)
    assert (counts >= 0).all()
    assert counts.sum(axis=1).tolist() == sizes
    assert np.abs(counts - exact).max() < 1
    assert np.abs((counts - exact).sum(axis=0)).max() < (1 if len(shares) == 2 else 2)


def dealt(ids: list[str], strata: list[str], seed: int = 0) -> pd.Series:
    shares = np.array([0.7, 0.2, 0.1])
    return pd.Series(dealt_arms(ids, pd.Series(strata, dtype=object), shares, seed), index=ids)


def test_the_order_of_the_rows_does_not_matter_and_the_seed_does() -> None:
    ids, strata = [f"C{i}" for i in range(997)], [f"s{i % 7}" for i in range(997)]
    first = dealt(ids, strata)
    order = np.random.default_rng(0).permutation(997)
    again = dealt([ids[i] for i in order], [strata[i] for i in order])
    assert again[ids].equals(first)
    other = dealt(ids, strata, seed=1)
    assert 0.4 < (other == first).mean() < 0.68  # 0.54 where they have nothing to do with each other
    assert first.value_counts().tolist() == [698, 199, 100]


def test_every_case_has_the_same_chance_also_in_strata_of_one() -> None:
    ids = [f"C{i}" for i in range(60)]
    strata = [f"own {i}" for i in range(30)] + ["big"] * 30
    held = np.mean([dealt(ids, strata, seed).to_numpy() == 1 for seed in range(600)], axis=0)
    assert abs(held.mean() - 0.2) < 0.002
    assert np.abs(held - 0.2).max() < 0.075  # 4.5 standard errors


def test_strata_are_values_and_fifths_of_numbers() -> None:
    words = pd.Series(["a", None, "b", " "])
    assert strata_of([words], 4).tolist() == ["a", EMPTY, "b", EMPTY]
    both = strata_of([words, pd.Series(["1", "2", "2", "1"])], 4)
    assert both.tolist() == ["a, 1", f"{EMPTY}, 2", "b, 2", f"{EMPTY}, 1"]
    numbers = strata_of([pd.Series([str(i) for i in range(1, 101)])], 100)
    assert numbers.value_counts().tolist() == [20] * 5
    assert numbers.iloc[[0, 20, 99]].tolist() == ["up to 20", "over 20 to 40", "over 80"]
    assert strata_of([], 3).tolist() == ["", "", ""]

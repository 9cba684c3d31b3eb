"""A neutral order gives every value its share of every stretch of the list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphlead.evaluate.neutral import neutral_order


def test_the_best_of_each_region_come_first_in_proportion() -> None:
    # Region 0 has the best four of six, region 1 the last two of them.
    order = neutral_order(np.array([0, 0, 0, 0, 1, 1]), np.ones(6, bool))
    assert order.tolist() == [0, 4, 1, 2, 5, 3]


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=300))
def test_every_value_has_its_share_of_the_first_leads_and_keeps_its_order(
    companies: list[tuple[int, bool]],
) -> None:
    values = np.array([value for value, _ in companies])
    leads = np.array([lead for _, lead in companies])
    order = neutral_order(values, leads)
    assert sorted(order) == list(range(len(values)))
    listed = values[order][leads[order]]
    share = np.bincount(values[leads], minlength=6) / max(leads.sum(), 1)
    for value in range(6):
        of_value = order[values[order] == value]
        assert (np.diff(of_value) > 0).all()
        count = np.cumsum(listed == value)
        fair = share[value] * np.arange(1, len(listed) + 1)
        assert np.abs(count - fair).max(initial=0) <= 0.5 * (1 + 5) + 1e-9


@pytest.mark.parametrize("leads", [np.ones(5, bool), np.zeros(5, bool)])
def test_one_value_alone_changes_nothing(leads: np.ndarray) -> None:
    assert neutral_order(np.zeros(5, np.int64), leads).tolist() == [0, 1, 2, 3, 4]

"""The places of numbers among others."""

from __future__ import annotations

import numpy as np
import pytest

from graphlead.core.order import Ordered


@pytest.mark.parametrize(("n", "different"), [(0, 1), (1, 1), (200, 5), (200, 1_000)])
def test_numbers_have_the_places_that_a_search_finds(n: int, different: int) -> None:
    numbers = np.random.default_rng(0).integers(0, different, n).astype(np.float32)
    own, searched = Ordered(numbers).places(numbers), Ordered(numbers).places(numbers.copy())
    for side, mine, found in zip(("left", "right"), own, searched, strict=True):
        np.testing.assert_array_equal(mine, np.searchsorted(np.sort(numbers), numbers, side))
        np.testing.assert_array_equal(found, mine)

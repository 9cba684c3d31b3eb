"""Groups of companies that agree in several codes, by a table and by hashing, and distinct keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from graphlead.common.codes import cross, distinct_keys, places_among
from graphlead.core.arrays import NONE

Codes = list[npt.NDArray[np.int32]]


def one_by_one(codes: Codes, optional: Codes) -> tuple[list[int], int]:
    """The groups by a dictionary of tuples, company by company."""
    found: dict[tuple[int, ...], int] = {}
    rows = zip(zip(*codes, strict=True), zip(*codes, *optional, strict=True), strict=True)
    groups = [NONE if NONE in own else found.setdefault(both, len(found)) for own, both in rows]
    return groups, len(found)


@pytest.mark.parametrize("sizes", [(3,), (2, 5), (40, 30, 20), (10**6, 10**6, 7), (2**30, 2**30, 2**30)])
@pytest.mark.parametrize("optional", [0, 1])
def test_groups_agree_in_all_codes_and_are_numbered_as_they_come(
    sizes: tuple[int, ...], optional: int
) -> None:
    rng = np.random.default_rng(len(sizes))
    few = [rng.integers(NONE, size, 6) for size in sizes]
    codes = [each[rng.integers(0, 6, 300)].astype(np.int32) for each in few]
    required = codes[: max(1, len(codes) - optional)]
    group, count = cross(required, codes[len(required) :])
    assert (group.tolist(), count) == one_by_one(required, codes[len(required) :])
    assert group.dtype == np.int32


def test_no_companies_form_no_groups() -> None:
    group, count = cross([np.zeros(0, np.int32)])
    assert (len(group), count) == (0, 0)


@pytest.mark.parametrize("keys", [[], [7], [1, 2, 9], [3, 3, 3], [5, -1, 5, 2**62, -1]])
def test_distinct_keys_ascend(keys: list[int]) -> None:
    assert distinct_keys(np.array(keys, np.int64)).tolist() == sorted(set(keys))


def test_a_few_texts_are_found_among_many() -> None:
    few = pa.array(["c", "nowhere", None, "a", "c"], pa.string())
    many = pa.array(["a", "b", "c", "d"], pa.large_string())
    assert places_among(few, many).tolist() == [2, NONE, NONE, 0, 2]
    assert places_among(few[:0], many).tolist() == []
    assert places_among(few, many[:0]).tolist() == [NONE] * 5

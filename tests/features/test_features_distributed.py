"""What functions on batches are made of: whole groups, sums in order, keys that say who is in one group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

from graphlead.core.errors import EngineError
from graphlead.engines.batches import lists_of, starts_of, summed, vectors, whole
from graphlead.features.structure import scale_of


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_tables_hold_whole_groups_however_the_batches_are_cut(size: int) -> None:
    rows = pa.record_batch({"a": [1, 1, 1, 2, 2, 3, 3, 3], "b": [0, 0, 1, 1, 1, 1, 1, 2], "nth": range(8)})

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, 8, size):
            yield rows.slice(start, min(size, 8 - start))
            yield rows.slice(0, 0)

    tables = list(whole(batches(), ("a", "b")))
    assert [nth for table in tables for nth in table["nth"].to_pylist()] == list(range(8))
    keys = [set(zip(table["a"].to_pylist(), table["b"].to_pylist(), strict=True)) for table in tables]
    assert sum(map(len, keys)) == len(set.union(*keys)) == 5


@pytest.mark.parametrize(("a", "b"), [([1, 2, 1, 2], [0, 0, 0, 0]), ([1, 1, 2, 2], [1, 0, 0, 1])])
@pytest.mark.parametrize("size", [1, 4])
def test_rows_in_another_order_are_refused(a: list[int], b: list[int], size: int) -> None:
    rows = pa.record_batch({"a": a, "b": b})
    with pytest.raises(EngineError, match="in the order that was asked for"):
        list(whole((rows.slice(start, size) for start in range(0, 4, size)), ("a", "b")))


def test_sums_are_those_of_sparse_products_to_the_last_bit() -> None:
    draw = np.random.default_rng(0)
    values = draw.lognormal(0, 4, (5_000, 3)).astype(np.float32)
    group = np.sort(draw.integers(0, 40, 5_000))
    members = sp.csr_matrix((np.ones(5_000, np.float32), (np.arange(5_000), group)))
    expected = np.asarray(members.T @ values, np.float32)
    starts = starts_of(group.astype(np.int64))
    assert np.array_equal(summed(values, starts), expected)
    assert np.array_equal(summed(values[:, 0], starts), expected[:, 0])


def test_the_scale_of_numbers_is_the_same_in_one_piece_and_in_many() -> None:
    draw = np.random.default_rng(1)
    values = draw.lognormal(3, 2, (70_001, 4)).astype(np.float32)
    values[draw.random(values.shape) < 0.1] = np.nan
    one, many = scale_of(lambda: [values]), scale_of(lambda: np.array_split(values, 13))
    assert np.array_equal(one.mean, many.mean)
    assert np.array_equal(one.deviation, many.deviation)
    assert one.mean == pytest.approx(np.nanmean(values.astype(np.float64), axis=0), rel=1e-3)


def test_vectors_survive_as_lists() -> None:
    matrix = np.arange(12, dtype=np.float32).reshape(4, 3)
    table = pa.table({"v": lists_of(matrix)}).filter(pa.array([True, False, True, True]))
    assert np.array_equal(vectors(table, "v", 3, np.float32), matrix[[0, 2, 3]])

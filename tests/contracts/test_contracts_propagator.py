"""What every propagator must do: the same sparse product."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.core.contracts import Propagator
from graphlead.features.propagate import CpuPropagator, TorchPropagator, propagator_for

PROPAGATORS = [CpuPropagator(), TorchPropagator("cpu")]


@pytest.fixture(params=PROPAGATORS, ids=["scipy", "torch"])
def propagator(request: pytest.FixtureRequest) -> Propagator:
    found: Propagator = request.param
    return found


def random_matrix(rows: int, inner: int, seed: int) -> sp.csr_matrix:
    return sp.random(rows, inner, 0.2, format="csr", dtype=np.float32, rng=np.random.default_rng(seed))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 15), st.integers(1, 15), st.integers(1, 4), st.integers(0, 1000))
@pytest.mark.parametrize("propagator", PROPAGATORS, ids=["scipy", "torch"])
def test_product_is_the_dense_product(
    propagator: Propagator, rows: int, inner: int, width: int, seed: int
) -> None:
    matrix = random_matrix(rows, inner, seed)
    dense = np.random.default_rng(seed).normal(size=(inner, width)).astype(np.float32)
    found = propagator.product(matrix, dense)
    assert found.dtype == np.float32
    assert found.shape == (rows, width)
    np.testing.assert_allclose(found, matrix.toarray() @ dense, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 15), st.integers(1, 15), st.integers(1, 4), st.integers(0, 1000))
@pytest.mark.parametrize("propagator", PROPAGATORS, ids=["scipy", "torch"])
def test_transposed_product_is_that_of_the_dense_transpose(
    propagator: Propagator, rows: int, inner: int, width: int, seed: int
) -> None:
    matrix = random_matrix(rows, inner, seed)
    dense = np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)
    found = propagator.transposed_product(matrix, dense)
    assert found.dtype == np.float32
    assert found.shape == (inner, width)
    np.testing.assert_allclose(found, matrix.toarray().T @ dense, atol=1e-5)


def test_values_in_columns_order_are_read_alike(propagator: Propagator) -> None:
    matrix = random_matrix(6, 9, 1)
    dense = np.asfortranarray(np.random.default_rng(2).normal(size=(9, 3)).astype(np.float32))
    np.testing.assert_allclose(propagator.product(matrix, dense), matrix.toarray() @ dense, atol=1e-5)


def test_empty_rows_and_empty_matrices_give_zeros(propagator: Propagator) -> None:
    empty = sp.csr_matrix((4, 3), dtype=np.float32)
    np.testing.assert_array_equal(propagator.product(empty, np.ones((3, 2), np.float32)), np.zeros((4, 2)))
    no_groups = sp.csr_matrix((4, 0), dtype=np.float32)
    np.testing.assert_array_equal(
        propagator.product(no_groups, np.ones((0, 2), np.float32)), np.zeros((4, 2))
    )
    assert propagator.transposed_product(no_groups, np.ones((4, 2), np.float32)).shape == (0, 2)
    nobody = np.ones((4, 0), np.float32)
    assert propagator.transposed_product(empty, nobody).shape == (3, 0)


def test_many_matrices_in_turn_are_not_mixed_up(propagator: Propagator) -> None:
    dense = np.ones((7, 1), np.float32)
    for seed in range(30):
        matrix = random_matrix(7, 7, seed)
        np.testing.assert_allclose(propagator.product(matrix, dense), matrix.toarray() @ dense, atol=1e-5)
        turned = propagator.transposed_product(matrix, dense)
        np.testing.assert_allclose(turned, matrix.toarray().T @ dense, atol=1e-5)


def test_the_product_leaves_its_inputs_as_they_are(propagator: Propagator) -> None:
    matrix, dense = random_matrix(5, 5, 3), np.ones((5, 2), np.float32)
    before = matrix.toarray()
    propagator.product(matrix, dense)
    propagator.transposed_product(matrix, dense)
    np.testing.assert_array_equal(matrix.toarray(), before)
    np.testing.assert_array_equal(dense, np.ones((5, 2)))


def test_the_cpu_is_served_by_scipy() -> None:
    assert isinstance(propagator_for("cpu"), CpuPropagator)
    assert isinstance(propagator_for("cpu:0"), TorchPropagator)

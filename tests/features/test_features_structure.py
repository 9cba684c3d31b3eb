"""Degrees and neighbours' means against naive loops and NetworkX."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from sources import GROUP, HELD, link, numbers

from graphlead.core.arrays import Floats
from graphlead.core.features import Attributes, Groups, Incidence, Neighbours, Relation
from graphlead.features.propagate import CpuPropagator
from graphlead.features.structure import NeighbourMeans, build_structure

N = 30


EVERYBODY = np.arange(N, dtype=np.int32)


def means(relation: Relation, given: Floats) -> Floats:
    return NeighbourMeans(relation, given, CpuPropagator()).of(EVERYBODY)[1]


def values() -> Floats:
    return np.random.default_rng(1).normal(size=(N, 3)).astype(np.float32)


def test_means_over_links_are_those_of_networkx() -> None:
    graph = nx.gnp_random_graph(N - 1, 0.1, seed=4)
    graph.add_node(N - 1)
    relation = Neighbours(link("supplies"), sp.csr_matrix(nx.to_scipy_sparse_array(graph, dtype=np.float32)))
    given = values()
    expected = [
        np.mean([given[j] for j in graph[i]], axis=0) if graph.degree(i) else np.zeros(3) for i in range(N)
    ]
    np.testing.assert_allclose(means(relation, given), expected, atol=1e-6)


def test_means_over_groups_leave_the_company_itself_out() -> None:
    code = np.random.default_rng(2).integers(-1, 12, N).astype(np.int32)
    code[0] = 12
    given = values()
    expected = np.zeros((N, 3))
    for i in range(N):
        others = [j for j in range(N) if j != i and code[j] == code[i] >= 0]
        if others:
            expected[i] = given[others].mean(0)
    found = means(Groups(GROUP, code, 13), given)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not found[0].any()


def test_means_over_shared_holders_count_a_company_met_twice_twice() -> None:
    held = np.zeros((N, 6), np.float32)
    held[[0, 1, 2], 0] = 1
    held[[0, 1], 1] = 1
    given = values()
    found = means(Incidence(HELD, sp.csr_matrix(held)), given)
    np.testing.assert_allclose(found[0], (2 * given[1] + given[2]) / 3, atol=1e-6)
    np.testing.assert_allclose(found[2], (given[0] + given[1]) / 2, atol=1e-6)
    assert not found[3:].any()


def test_structure_has_a_degree_and_standardised_means_for_each_relation() -> None:
    numeric = np.array([[1, 9], [3, 9], [np.nan, 9], [5, 9]], np.float32)
    attributes = Attributes(numeric, numbers("size", "not_averaged"))
    links = np.zeros((4, 4), np.float32)
    for a, b in ((0, 1), (0, 2), (1, 3)):
        links[a, b] = links[b, a] = 1
    structure, features = build_structure(
        attributes, 1, [Neighbours(link("supplies"), sp.csr_matrix(links))], CpuPropagator()
    )
    assert [feature.title() for feature in features] == [
        "count: linked by supplies", "size, mean of linked by supplies",
    ]  # fmt: skip
    found = structure[EVERYBODY[:4]]
    deviation = np.sqrt(8 / 3)
    low, high = -2 / deviation, 2 / deviation
    assert found[:, 0] == pytest.approx(np.log1p([2, 2, 1, 1]))
    # company 2's size is unknown and counts as the mean, 0
    assert found[:, 1] == pytest.approx([0, (low + high) / 2, low, 0], abs=1e-6)


def test_no_links_give_no_structure() -> None:
    attributes = Attributes(values(), numbers("a", "b", "c"))
    found, features = build_structure(attributes, 3, [], CpuPropagator())
    assert found[EVERYBODY].shape == (N, 0)
    assert features == ()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_some_companies_have_the_same_structure_as_among_all(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(5)
    attributes = Attributes(values(), numbers("a", "b", "c"))
    code = draw.integers(-1, 12, N).astype(np.int32)
    held = sp.csr_matrix((draw.random((N, 6)) < 0.3).astype(np.float32))
    links = sp.csr_matrix(nx.to_scipy_sparse_array(nx.gnp_random_graph(N, 0.2, seed=4), dtype=np.float32))
    linked = [Neighbours(link("supplies"), links), Groups(GROUP, code, 12), Incidence(HELD, held)]
    whole = build_structure(attributes, 3, linked, CpuPropagator())[0][EVERYBODY]
    assert isinstance(build_structure(attributes, 3, linked, CpuPropagator())[0], np.ndarray)
    monkeypatch.setattr("graphlead.features.structure.PIECE", 7)
    monkeypatch.setattr("graphlead.features.structure.SHARE", share)
    some = np.array([29, 3, 3, 11], np.int32)
    np.testing.assert_array_equal(
        build_structure(attributes, 3, linked, CpuPropagator())[0][some], whole[some]
    )
    assert (whole.shape, len(np.unique(whole[:, 1:4]))) == ((N, 12), 3 * N)

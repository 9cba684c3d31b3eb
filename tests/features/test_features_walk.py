"""The walk from the clients against the same formula on dense matrices."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sources import link, same, words

from graphlead.core.arrays import Floats
from graphlead.core.features import Groups, Incidence, Neighbours, Relation
from graphlead.features.propagate import CpuPropagator, TorchPropagator
from graphlead.features.walk import LINK_WEIGHT, RESTART, STEPS, Walk, walked

N = 40


def relations() -> list[Relation]:
    draw = np.random.default_rng(3)
    links = np.triu(draw.random((N, N)) < 0.06, 1)
    return [
        Groups(same("city"), draw.integers(-1, 8, N).astype(np.int32), 8),
        Incidence(words(), sp.csr_matrix((draw.random((N, 12)) < 0.1).astype(np.float32))),
        Neighbours(link("supplies"), sp.csr_matrix((links | links.T).astype(np.float32))),
    ]


def start(n: int, clients: list[int]) -> Floats:
    """A walk of n visits in all that starts at these clients alike."""
    visits = np.zeros(n, np.float32)
    visits[clients] = n / len(clients)
    return visits


def dense_visits(clients: list[int]) -> Floats:
    city, words, links = relations()
    one_hot = np.array([[float(code == g) for g in range(8)] for code in city.code])
    linked = links.matrix.toarray()
    label_features = linked + np.diag(linked.any(1))
    members = np.hstack([one_hot, words.matrix.toarray(), label_features])
    size = np.maximum(members.sum(0), 1)
    weight = np.log(N / size) * np.repeat([1, 1, LINK_WEIGHT], [8, 12, N])
    weighted = members * weight
    to_group = weighted / np.maximum(weighted.sum(1, keepdims=True), 1e-9)
    step = to_group @ (members / size).T
    first = visits = start(N, clients)
    for _ in range(STEPS):
        visits = RESTART * first + (1 - RESTART) * visits @ step
    return visits


def test_walk_is_personalised_pagerank_by_the_dense_formula() -> None:
    sets = [[0, 3, 17], [5], list(range(20))]
    walk = Walk(relations(), N, CpuPropagator())
    found = walk.visits(np.stack([start(N, clients) for clients in sets], axis=1))
    assert found.shape == (N, 3)
    for column, clients in enumerate(sets):
        np.testing.assert_allclose(found[:, column], dense_visits(clients), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("linked", [False, True], ids=["groups", "links too"])
def test_the_walk_is_the_same_on_every_device(linked: bool) -> None:
    some, begins = (
        relations()[: 3 if linked else 2],
        np.random.default_rng(0).random((N, 4)).astype(np.float32),
    )
    on_cpu, by_torch = (
        Walk(some, N, propagator).visits(begins) for propagator in (CpuPropagator(), TorchPropagator("cpu"))
    )
    np.testing.assert_allclose(by_torch, on_cpu, atol=1e-6)


def test_walk_leaves_its_start_as_it_is() -> None:
    begins = start(N, [3, 4])[:, None]
    Walk(relations(), N, CpuPropagator()).visits(begins)
    np.testing.assert_array_equal(begins[:, 0], start(N, [3, 4]))


def test_rare_company_is_reached_more_than_one_in_a_wide_group() -> None:
    wide = Groups(same("wide"), np.array([0, 0, 0, 0, 0, 0, -1, -1, -1, -1], np.int32), 1)
    rare = Groups(same("rare"), np.array([0, -1, -1, -1, -1, -1, 0, -1, -1, -1], np.int32), 1)
    visits = Walk([wide, rare], 10, CpuPropagator()).visits(start(10, [0])[:, None])[:, 0]
    assert visits[0] > visits[6] > visits[1] > visits[9] == 0


def test_a_link_leads_to_the_direct_neighbour() -> None:
    pairs = ([0, 1, 1, 2], [1, 0, 2, 1])
    chain = Neighbours(link("supplies"), sp.csr_matrix((np.ones(4, np.float32), pairs), shape=(10, 10)))
    visits = Walk([chain], 10, CpuPropagator()).visits(start(10, [0])[:, None])[:, 0]
    assert visits[0] > visits[1] > visits[2] > visits[3] == 0


def test_walk_without_relations_stays_at_the_clients() -> None:
    visits = Walk([], 4, CpuPropagator()).visits(start(4, [2])[:, None])[:, 0]
    assert visits == pytest.approx([0, 0, 4 * RESTART, 0])


def test_walk_from_nobody_visits_nobody() -> None:
    nobody = np.zeros((N, 1), np.float32)
    assert not Walk(relations(), N, CpuPropagator()).visits(nobody).any()


def test_huge_groups_are_not_walked_but_links_and_words_always_are() -> None:
    _, terms, links = relations()
    huge = Groups(same("country"), np.zeros(N, np.int32), 1)
    small = Groups(same("street"), (np.arange(N) // 2).astype(np.int32), N // 2)
    assert walked([huge, small, terms, links]) == [small, terms, links]

"""What is near a company is what the view of its surroundings has, and a choice of it always hangs together."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_register import MakeRegister

from graphlead.core.arrays import NONE
from graphlead.core.graph import CompanyGraph, Edges, Ownership
from graphlead.core.register import Register, Role
from graphlead.graph.build import build_graph
from graphlead.graph.nearby import LEVELS, Nearby, levels_beside, most_urgent, nearby
from graphlead.graph.views import induced

COMPANIES, PERSONS = 12, 4


@pytest.fixture
def register(make_register: MakeRegister) -> Register:
    """a owns b, c supplies b and d; H holds b and e; three cities, of which one is shared by a, b and f."""
    links = [
        {"source_id": "a", "target_id": "b", "kind": "owns", "share_low": 0.6, "share_high": 0.6},
        {"source_id": "c", "target_id": "b", "kind": "supplies"},
        {"source_id": "c", "target_id": "d", "kind": "supplies"},
        {"source_id": "H", "target_id": "b", "kind": "holds"},
        {"source_id": "H", "target_id": "e", "kind": "holds"},
    ]
    columns = {
        "city": (Role.CITY, "", ["Oslo", "Oslo", "Bergen", "Bergen", "Narvik", "Oslo"]),
        "postcode": (Role.POSTCODE, "", ["0150", "0150", "5003", "5003", "8500", "0150"]),
        "nace": (Role.INDUSTRY, "NACE", ["5610", "6201", "6201", "4711", "4711", "5610"]),
    }
    return make_register("abcdef", links, columns)


@pytest.mark.parametrize("hops", [1, 2, 3, 4])
def test_it_reaches_what_the_view_shows(register: Register, hops: int) -> None:
    graph = build_graph(register)
    near = nearby(graph, 0, hops)
    reached = {
        (near.kinds[kind], "abcdef"[index] if near.kinds[kind] == "company" else "H")
        for kind, index in zip(near.kind, near.index, strict=True)
    }
    whole = induced(graph, register, {kind: np.ones(count, bool) for kind, count in graph.nodes.items()})
    whole.remove_nodes_from([name for name in whole if name[0] in LEVELS])
    view = nx.ego_graph(whole.to_undirected(), ("company", "a"), radius=hops)
    assert reached == set(view)
    lengths = nx.single_source_shortest_path_length(view, ("company", "a"))
    assert near.steps.max() == max(lengths.values())
    assert near.steps.tolist() == sorted(near.steps.tolist())


def graph_of(links: list[tuple[int, int]], directors: list[tuple[int, int]]) -> CompanyGraph:
    def edges(pairs: list[tuple[int, int]]) -> Edges:
        ends = np.array(pairs, np.int32).reshape(-1, 2)
        return Edges(ends[:, 0].copy(), ends[:, 1].copy())

    alone = np.arange(COMPANIES, dtype=np.int32)
    nothing = np.empty(0, np.float32)
    facts = Ownership(
        group=alone,
        ultimate_parent=alone,
        in_cycle=np.zeros(COMPANIES, bool),
        effective=edges([]),
        effective_low=nothing,
        effective_high=nothing,
    )
    return CompanyGraph(
        {"company": COMPANIES, "person": PERSONS},
        {},
        {
            ("company", "owns", "company"): edges(links),
            ("person", "linked:director", "company"): edges(directors),
        },
        facts,
    )


companies = st.integers(0, COMPANIES - 1)
graphs = st.builds(
    graph_of,
    st.lists(st.tuples(companies, companies), max_size=20),
    st.lists(st.tuples(st.integers(0, PERSONS - 1), companies), max_size=12),
)


@given(graphs, st.integers(1, 5))
def test_steps_are_shortest_ways(graph: CompanyGraph, hops: int) -> None:
    whole = nx.Graph()
    whole.add_node(("company", 0))
    for (source, _, target), edges in graph.edges.items():
        ends = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
        whole.add_edges_from(((source, a), (target, b)) for a, b in ends)
    near = nearby(graph, 0, hops)
    names = [(near.kinds[k], i) for k, i in zip(near.kind.tolist(), near.index.tolist(), strict=True)]
    assert dict(zip(names, near.steps.tolist(), strict=True)) == nx.single_source_shortest_path_length(
        whole, ("company", 0), cutoff=hops
    )
    for entry in range(1, len(near)):
        assert whole.has_edge(names[entry], names[near.before[entry]])
        assert near.steps[near.before[entry]] == near.steps[entry] - 1


@given(graphs, st.integers(1, 5), st.integers(1, 10), st.randoms())
def test_a_choice_hangs_together(graph: CompanyGraph, hops: int, most: int, random: object) -> None:
    near = nearby(graph, 0, hops)
    order = np.arange(len(near))
    random.shuffle(order)  # type: ignore[attr-defined]
    chosen = most_urgent(near, order, most)
    assert chosen[0]
    assert chosen.sum() <= most
    assert chosen[near.before[chosen & (near.before != NONE)]].all()


def test_the_most_urgent_comes_with_its_way() -> None:
    """A chain 0 - 1 - 2 - 3 and a leaf 4 at 0: with room for three, 3 does not fit, and 2 does."""
    zeros = np.zeros(5, np.int32)
    near = Nearby(
        kinds=("company",),
        kind=zeros,
        index=np.arange(5, dtype=np.int32),
        steps=zeros,
        before=np.array([NONE, 0, 1, 2, 0], np.int32),
    )
    assert most_urgent(near, np.array([3, 2, 4]), 3).tolist() == [True, True, True, False, False]
    assert most_urgent(near, np.array([4, 3, 1]), 3).tolist() == [True, True, False, False, True]


def test_industries_and_places_are_the_companys_own_and_shared_ones(register: Register) -> None:
    graph = build_graph(register)
    found = levels_beside(graph, np.array([0, 1, 2], np.int32), 0, 10)
    named = {kind: graph.keys[kind].take(index).to_pylist() for kind, index in found.items()}
    assert named == {"industry": ["5610", "6201"], "place": ["city|OSLO"]}
    fewer = levels_beside(graph, np.array([0, 2, 3], np.int32), 0, 2)
    assert {kind: len(index) for kind, index in fewer.items()} == {"industry": 1, "place": 1}

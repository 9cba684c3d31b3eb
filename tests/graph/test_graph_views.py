"""The NetworkX and PyG views show what the graph holds, and refuse what would not fit."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch
from made_register import MakeRegister

from graphlead.core.errors import GraphleadError
from graphlead.core.register import Register, Role
from graphlead.graph.build import build_graph
from graphlead.graph.views import ego, to_hetero_data, to_networkx


@pytest.fixture
def register(make_register: MakeRegister) -> Register:
    """A chain a - b - c - d of links, a holder of b and d, and one city for all."""
    links = [
        {"source_id": "a", "target_id": "b", "kind": "owns", "share_low": 0.6, "share_high": 0.6},
        {"source_id": "c", "target_id": "b", "kind": "supplies"},
        {"source_id": "c", "target_id": "d", "kind": "supplies"},
        {"source_id": "H", "target_id": "b", "kind": "holds", "source_name": "Holding & Co"},
        {"source_id": "H", "target_id": "e", "kind": "holds"},
    ]
    columns = {
        "name": (Role.NAME, "", ["Alpha", "Beta", None, "Delta", "Epsilon", "Far"]),
        "city": (Role.CITY, "", ["Oslo"] * 6),
    }
    return make_register("abcdef", links, columns)


def companies(view: nx.MultiDiGraph) -> set[str]:
    return {key for kind, key in view.nodes if kind == "company"}


def test_ego_by_hops(register: Register) -> None:
    graph = build_graph(register)
    assert companies(ego(graph, register, 0, hops=0)) == {"a"}
    assert companies(ego(graph, register, 0, hops=1)) == {"a", "b"}
    assert companies(ego(graph, register, 0, hops=2)) == {"a", "b", "c"}
    assert companies(ego(graph, register, 0, hops=3)) == {"a", "b", "c", "d", "e"}


def test_ego_attributes(register: Register) -> None:
    view = ego(build_graph(register), register, 0)
    assert view.nodes["company", "a"] == {"kind": "company", "key": "a", "name": "Alpha"}
    assert view.nodes["company", "c"]["name"] == "c"
    assert view.nodes["holder", "H"]["name"] == "Holding & Co"
    assert view.nodes["place", "city|OSLO"]["name"] == "city|OSLO"
    (owns,) = view.get_edge_data(("company", "a"), ("company", "b")).values()
    assert owns == {"relation": "owns", "weight": pytest.approx(0.6)}
    (lies,) = view.get_edge_data(("company", "a"), ("place", "city|OSLO")).values()
    assert lies == {"relation": "located_in", "weight": 1.0}


def test_ego_refuses_more_than_its_cap(register: Register) -> None:
    with pytest.raises(GraphleadError, match=r"cap of 2\. Ask for fewer hops, raise cap"):
        ego(build_graph(register), register, 0, hops=2, cap=2)


@pytest.mark.parametrize("company", [-1, 6])
def test_ego_of_nobody(register: Register, company: int) -> None:
    with pytest.raises(GraphleadError, match="no company with index"):
        ego(build_graph(register), register, company)


def test_some_companies_as_networkx(register: Register) -> None:
    graph = build_graph(register)
    view = to_networkx(graph, register, np.array([1, 2, 5]))
    assert set(view.nodes) == {
        ("company", "b"), ("company", "c"), ("company", "f"), ("holder", "H"), ("place", "city|OSLO"),
    }  # fmt: skip
    assert sorted(data["relation"] for _, _, data in view.edges(data=True)) == [
        "linked:supplies", "located_in", "located_in", "located_in", "owns",
    ]  # fmt: skip
    with pytest.raises(GraphleadError, match=r"cap of 3\. Ask for fewer companies"):
        to_networkx(graph, register, np.array([1, 2, 5]), cap=3)


def test_hetero_data_of_the_whole(register: Register) -> None:
    graph = build_graph(register)
    data = to_hetero_data(graph, {"company": np.eye(6)})
    data.validate()
    assert data["company"].x.shape == (6, 6)
    assert data["company"].x.dtype == torch.float32
    assert data["holder"].num_nodes == 1
    assert set(data.edge_types) == set(graph.edges)
    for key, edges in graph.edges.items():
        assert data[key].edge_index.tolist() == [edges.source.tolist(), edges.target.tolist()]
    assert data["company", "owns", "company"].edge_attr.tolist() == [[pytest.approx(0.6)]]
    assert "edge_attr" not in data["company", "linked:supplies", "company"]


def test_hetero_data_refuses_features_of_another_length(register: Register) -> None:
    with pytest.raises(GraphleadError, match="5 company nodes do not fit a graph with 6"):
        to_hetero_data(build_graph(register), {"company": np.eye(5)})

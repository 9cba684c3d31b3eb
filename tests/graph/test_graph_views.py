"""The NetworkX and PyG views show what the graph holds, and refuse what would not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_register import MakeRegister

from graphlead.core.errors import GraphleadError
from graphlead.core.register import Register, Role
from graphlead.graph.build import build_graph
from graphlead.graph.views import induced, to_hetero_data


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


def test_a_view_has_the_chosen_nodes_and_the_edges_among_them(register: Register) -> None:
    graph = build_graph(register)
    chosen = {kind: np.ones(count, bool) for kind, count in graph.nodes.items()}
    chosen["company"][[3, 4, 5]] = False
    view = induced(graph, register, chosen)
    assert set(view.nodes) == {
        ("company", "a"), ("company", "b"), ("company", "c"), ("holder", "H"), ("place", "city|OSLO"),
    }  # fmt: skip
    assert sorted(data["relation"] for _, _, data in view.edges(data=True)) == [
        "linked:supplies", "located_in", "located_in", "located_in", "owns", "owns",
    ]  # fmt: skip


def test_nodes_and_edges_of_a_view_have_their_attributes(register: Register) -> None:
    graph = build_graph(register)
    view = induced(graph, register, {kind: np.ones(count, bool) for kind, count in graph.nodes.items()})
    assert view.nodes["company", "a"] == {"kind": "company", "key": "a", "name": "Alpha"}
    assert view.nodes["company", "c"]["name"] == "c"
    assert view.nodes["holder", "H"]["name"] == "Holding & Co"
    assert view.nodes["place", "city|OSLO"]["name"] == "city|OSLO"
    (owns,) = view.get_edge_data(("company", "a"), ("company", "b")).values()
    assert owns == {"relation": "owns", "weight": pytest.approx(0.6)}
    (lies,) = view.get_edge_data(("company", "a"), ("place", "city|OSLO")).values()
    assert lies == {"relation": "located_in", "weight": 1.0}


def test_hetero_data_of_the_whole(register: Register) -> None:
    graph = build_graph(register)
    data = to_hetero_data(
        graph, {"company": {"x": np.eye(6, dtype=np.float32), "fold": np.arange(6, dtype=np.int8)}}
    )
    data.validate()
    assert data["company"].x.shape == (6, 6)
    assert data["company"].x.dtype == torch.float32
    assert data["company"].fold.tolist() == list(range(6))
    assert data["company"].fold.dtype == torch.int8
    assert data["holder"].num_nodes == 1
    assert set(data.edge_types) == set(graph.edges)
    for key, edges in graph.edges.items():
        assert data[key].edge_index.tolist() == [edges.source.tolist(), edges.target.tolist()]
    assert data["company", "owns", "company"].edge_attr.tolist() == [[pytest.approx(0.6)]]
    assert "edge_attr" not in data["company", "linked:supplies", "company"]


def test_hetero_data_refuses_features_of_another_length(register: Register) -> None:
    with pytest.raises(GraphleadError, match="x of 5 company nodes does not fit a graph with 6"):
        to_hetero_data(build_graph(register), {"company": {"x": np.eye(5)}})

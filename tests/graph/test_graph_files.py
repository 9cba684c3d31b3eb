"""A graph survives being written and read; a broken one on disk raises an error with a remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_register import MakeRegister

from graphlead.core.errors import RunFolderError
from graphlead.core.graph import CompanyGraph, Edges
from graphlead.core.register import Role
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph


@pytest.fixture
def graph(make_register: MakeRegister) -> CompanyGraph:
    links = [
        {"source_id": "a", "target_id": "b", "kind": "owns", "share_low": 0.6, "share_high": 0.7},
        {"source_id": "Züri Fund", "target_id": "c", "kind": "holds"},
        {"source_id": "b", "target_id": "c", "kind": "same/address"},
    ]
    columns = {"nace": (Role.INDUSTRY, "NACE", ["62.01", None, "01"])}
    return build_graph(make_register("abc", links, columns))


def same(left: Edges, right: Edges) -> bool:
    weights = (left.weight is None) == (right.weight is None) and (
        left.weight is None or right.weight is None or np.array_equal(left.weight, right.weight)
    )
    return weights and np.array_equal(left.source, right.source) and np.array_equal(left.target, right.target)


def test_round_trip(graph: CompanyGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path / "graph")
    again = load_graph(tmp_path / "graph")
    assert dict(again.nodes) == dict(graph.nodes)
    assert {kind: keys.to_pylist() for kind, keys in again.keys.items()} == {
        kind: keys.to_pylist() for kind, keys in graph.keys.items()
    }
    assert list(again.edges) == list(graph.edges)
    assert all(same(again.edges[key], graph.edges[key]) for key in graph.edges)
    old, new = graph.ownership, again.ownership
    assert same(old.effective, new.effective)
    for name in ("group", "ultimate_parent", "in_cycle", "effective_low", "effective_high"):
        assert np.array_equal(getattr(old, name), getattr(new, name)), name


def test_a_newer_graph_takes_the_place_of_the_older(
    graph: CompanyGraph, make_register: MakeRegister, tmp_path: Path
) -> None:
    save_graph(graph, tmp_path / "graph")
    save_graph(build_graph(make_register("abcd")), tmp_path / "graph")
    assert load_graph(tmp_path / "graph").n_companies == 4
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["graph"]
    assert not list((tmp_path / "graph").glob("edges_*"))


def test_no_graph(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"graph\.json: this part of the run is missing"):
        load_graph(tmp_path)


def test_a_lost_file(graph: CompanyGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path / "graph")
    (tmp_path / "graph" / "effective.parquet").unlink()
    with pytest.raises(RunFolderError, match=r"effective\.parquet: this part of the run is missing"):
        load_graph(tmp_path / "graph")


def test_a_foreign_format(graph: CompanyGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path / "graph")
    index = tmp_path / "graph" / "graph.json"
    index.write_text(index.read_text("utf-8").replace('"format": 1', '"format": 9'), "utf-8")
    with pytest.raises(RunFolderError, match="format 9"):
        load_graph(tmp_path / "graph")

"""Views of the graph for other tools: NetworkX of a neighbourhood, PyG HeteroData of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.core.answers import Subgraph
from graphlead.core.errors import GraphleadError
from graphlead.core.graph import CompanyGraph, Edges
from graphlead.core.register import Register, Role
from graphlead.graph.nearby import LEVELS, Selection

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData


def networkx_of(subgraph: Subgraph, cap: int = 5000) -> nx.MultiDiGraph:
    """What a store answered as a NetworkX graph.

    Nodes are (label, key) pairs such as ("Company", "DE123") with their properties; edges have their properties, and
    their type as the attribute relation. Raises GraphleadError for more than ``cap`` nodes.
    """
    if len(subgraph.nodes) > cap:
        raise GraphleadError(
            f"this view would have {len(subgraph.nodes):,} nodes, more than the cap of {cap:,}.",
            remedy="Ask for less, or raise cap (about 1.5 KB of memory a node).",
        )
    view = nx.MultiDiGraph()
    named = {node.ref: (node.label, node.key) for node in subgraph.nodes}
    view.add_nodes_from((named[node.ref], dict(node.properties)) for node in subgraph.nodes)
    view.add_edges_from(
        (named[each.source], named[each.target], {**each.properties, "relation": each.relation})
        for each in subgraph.relationships
    )
    return view


def to_hetero_data(
    graph: CompanyGraph, nodes: Mapping[str, Mapping[str, npt.NDArray[np.generic]]] | None = None
) -> HeteroData:
    """The whole graph for PyTorch Geometric.

    Every node type has num_nodes, and what ``nodes`` gives it: by name, arrays (num_nodes, ...), such as x. Every edge
    type has edge_index (2, E) int64 and, where the edges are weighted, edge_attr (E, 1) float32.
    """
    # The other views do not wait for torch.
    import torch
    from torch_geometric.data import HeteroData

    data = HeteroData()
    for kind, count in graph.nodes.items():
        data[kind].num_nodes = count
    for kind, given in (nodes or {}).items():
        for name, values in given.items():
            _require_row_a_node(graph, kind, name, len(values))
            data[kind][name] = torch.from_numpy(np.require(values, requirements=["C", "W"]))
    for edge_type, edges in graph.edges.items():
        store = data[edge_type]
        store.edge_index = torch.from_numpy(np.stack([edges.source, edges.target]).astype(np.int64))
        if edges.weight is not None:
            store.edge_attr = torch.from_numpy(edges.weight.reshape(-1, 1).copy())
    return data


def _require_row_a_node(graph: CompanyGraph, kind: str, name: str, rows: int) -> None:
    count = graph.nodes.get(kind, 0)
    if rows != count:
        raise GraphleadError(
            f"{name} of {rows} {kind} nodes does not fit a graph with {count}.",
            where="to_hetero_data",
            remedy="Give one row a node, in the order of the nodes.",
        )


def induced(graph: CompanyGraph, register: Register, chosen: Selection) -> nx.MultiDiGraph:
    """The chosen nodes of each type and the edges among them.

    Nodes are (kind, key) pairs such as ("company", "DE123") with the attributes kind, key, name; edges have relation
    and weight.
    """
    view = nx.MultiDiGraph()
    nodes: dict[str, dict[int, tuple[str, str]]] = {}
    for kind, flags in chosen.items():
        at = np.flatnonzero(flags)
        keys, names = _identities(graph, register, kind, at)
        nodes[kind] = {int(i): (kind, key) for i, key in zip(at, keys, strict=True)}
        view.add_nodes_from(
            ((kind, key), {"kind": kind, "key": key, "name": name})
            for key, name in zip(keys, names, strict=True)
        )
    for (source, relation, target), edges in graph.edges.items():
        inside = np.flatnonzero(chosen[source][edges.source] & chosen[target][edges.target])
        view.add_edges_from(
            (nodes[source][i], nodes[target][j], {"relation": relation, "weight": weight})
            for i, j, weight in _rows(edges, inside)
        )
    return view


def _rows(edges: Edges, at: npt.NDArray[np.integer]) -> Iterator[tuple[int, int, float]]:
    weight = np.ones(len(at)) if edges.weight is None else edges.weight[at]
    return zip(edges.source[at].tolist(), edges.target[at].tolist(), weight.tolist(), strict=True)


def _identities(
    graph: CompanyGraph, register: Register, kind: str, at: npt.NDArray[np.integer]
) -> tuple[list[str], list[str]]:
    """Keys and names of these nodes; what has no name of its own is called by its key."""
    if kind != "company":
        ids = graph.keys[kind].take(pa.array(at))
        names = {} if kind in LEVELS else _names_in_links(register, ids)
        return ids.to_pylist(), [names.get(key, key) for key in ids.to_pylist()]
    columns = ["company_id", *register.names_of(Role.NAME)[:1]]
    table = register.rows(columns, at)
    keys, called = table["company_id"].to_pylist(), table[columns[-1]].to_pylist()
    return keys, [key if name is None else name for key, name in zip(keys, called, strict=True)]


def _names_in_links(register: Register, ids: pa.Array) -> dict[str, str]:
    """What the links call these holders or persons."""
    table = pq.read_table(register.links, columns=["source_id", "source_name"])
    named = pc.and_(pc.is_in(table["source_id"], ids), pc.is_valid(table["source_name"]))
    table = table.filter(named)
    return dict(zip(table["source_id"].to_pylist(), table["source_name"].to_pylist(), strict=True))

"""Views of the graph for other tools: NetworkX of a neighbourhood, PyG HeteroData of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.core.answers import Subgraph
from graphlead.core.arrays import Flags
from graphlead.core.errors import GraphleadError
from graphlead.core.graph import CompanyGraph, Edges, EdgeType
from graphlead.core.register import Register, Role

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

LEVELS = ("industry", "place")
"""Node types that half a country shares: shown beside a company, never walked through."""

Selection = dict[str, Flags]
"""For each node type, which of its nodes are in the view."""


def ego(
    graph: CompanyGraph, register: Register, company: int, hops: int = 2, cap: int = 5000
) -> nx.MultiDiGraph:
    """Everything within ``hops`` edges of a company, in either direction, and the edges among it.

    Nodes are (kind, key) pairs such as ("company", "DE123") with the attributes kind, key, name; edges have
    relation and weight. Industries and places of the companies found are shown, but the way never leads
    through them. Raises GraphleadError when there is no such company or the view has more than ``cap`` nodes.
    """
    if not 0 <= company < graph.n_companies:
        raise GraphleadError(
            f"there is no company with index {company}.",
            remedy=f"Use an index from 0 to {graph.n_companies - 1}.",
        )
    chosen = _nobody(graph)
    chosen["company"][company] = True
    for _ in range(hops):
        _widen(graph, chosen, [key for key in graph.edges if not set(LEVELS) & {key[0], key[2]}])
        _refuse_above(cap, chosen, "Ask for fewer hops")
    if hops:
        _widen(graph, chosen, [key for key in graph.edges if key[0] == "company" and key[2] in LEVELS])
    _refuse_above(cap, chosen, "Ask for fewer hops")
    return induced(graph, register, chosen)


def to_networkx(
    graph: CompanyGraph, register: Register, companies: npt.NDArray[np.integer], cap: int = 5000
) -> nx.MultiDiGraph:
    """These companies with their holders, persons, industries and places, and the edges among them.

    Nodes and edges are as in ``ego``. Raises GraphleadError when the view has more than ``cap`` nodes.
    """
    chosen = _nobody(graph)
    chosen["company"][companies] = True
    _refuse_above(cap, chosen, "Ask for fewer companies")
    _widen(graph, chosen, [key for key in graph.edges if (key[0] == "company") != (key[2] == "company")])
    _refuse_above(cap, chosen, "Ask for fewer companies")
    return induced(graph, register, chosen)


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
    graph: CompanyGraph, x: Mapping[str, npt.NDArray[np.floating]] | None = None
) -> HeteroData:
    """The whole graph for PyTorch Geometric.

    Every node type has num_nodes, and x (num_nodes, d) float32 where ``x`` gives it; every edge type has
    edge_index (2, E) int64 and, where the edges are weighted, edge_attr (E, 1) float32.
    """
    # The other views do not wait for torch.
    import torch
    from torch_geometric.data import HeteroData

    data = HeteroData()
    for kind, count in graph.nodes.items():
        data[kind].num_nodes = count
    for kind, features in (x or {}).items():
        if kind not in graph.nodes or len(features) != graph.nodes[kind]:
            raise GraphleadError(
                f"features of {len(features)} {kind} nodes do not fit a graph with {graph.nodes.get(kind, 0)}.",
                remedy="Give one row a node, in the order of the nodes.",
            )
        data[kind].x = torch.from_numpy(np.ascontiguousarray(features, np.float32))
    for edge_type, edges in graph.edges.items():
        store = data[edge_type]
        store.edge_index = torch.from_numpy(np.stack([edges.source, edges.target]).astype(np.int64))
        if edges.weight is not None:
            store.edge_attr = torch.from_numpy(edges.weight.reshape(-1, 1).copy())
    return data


def _nobody(graph: CompanyGraph) -> Selection:
    return {kind: np.zeros(count, bool) for kind, count in graph.nodes.items()}


def _widen(graph: CompanyGraph, chosen: Selection, edge_types: Iterable[EdgeType]) -> None:
    """Add whatever one edge of these types joins to what is chosen already."""
    before = {kind: flags.copy() for kind, flags in chosen.items()}
    for source, relation, target in edge_types:
        edges = graph.edges[source, relation, target]
        chosen[target][edges.target[before[source][edges.source]]] = True
        chosen[source][edges.source[before[target][edges.target]]] = True


def _refuse_above(cap: int, chosen: Selection, remedy: str) -> None:
    count = sum(int(flags.sum()) for flags in chosen.values())
    if count > cap:
        raise GraphleadError(
            f"this view would have {count:,} nodes, more than the cap of {cap:,}.",
            remedy=f"{remedy}, raise cap (about 1.5 KB of memory a node), or ask the graph store instead.",
        )


def induced(graph: CompanyGraph, register: Register, chosen: Selection) -> nx.MultiDiGraph:
    """The chosen nodes of each type and the edges among them; nodes and edges are as in ``ego``."""
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

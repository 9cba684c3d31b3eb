"""Small graphs and cohorts written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph, Edges, Ownership

Pairs = Sequence[tuple[int, int]]


def graph_of(
    n: int,
    links: Mapping[tuple[str, str, str], Pairs],
    group: Sequence[int] | None = None,
    effective: Sequence[tuple[int, int, float]] = (),
    keys: Mapping[str, Sequence[str]] | None = None,
) -> CompanyGraph:
    """A graph of n companies with these (source, target) pairs by edge type; nodes are counted from the pairs."""
    nodes = {"company": n, "holder": 0, "person": 0} | {
        label: len(each) for label, each in (keys or {}).items()
    }
    edges = {}
    for kind, pairs in links.items():
        ends = np.array(pairs, np.int32).reshape(-1, 2)
        edges[kind] = Edges(ends[:, 0].copy(), ends[:, 1].copy())
        for label, of in ((kind[0], ends[:, 0]), (kind[2], ends[:, 1])):
            nodes[label] = max(nodes.get(label, 0), int(of.max(initial=-1)) + 1)
    named = {
        label: pa.array((keys or {}).get(label) or [f"{label}-{i}" for i in range(count)], pa.string())
        for label, count in nodes.items()
        if label != "company"
    }
    alone = np.arange(n, dtype=np.int32)
    share = np.array([each[2] for each in effective], np.float32)
    pairs = np.array([each[:2] for each in effective], np.int32).reshape(-1, 2)
    facts = Ownership(
        group=alone if group is None else np.array(group, np.int32), ultimate_parent=alone, in_cycle=np.zeros(n, bool),
        effective=Edges(pairs[:, 0].copy(), pairs[:, 1].copy(), share), effective_low=share, effective_high=share,
    )  # fmt: skip
    return CompanyGraph(nodes, named, edges, facts)


def cohort(n: int, clients: Sequence[int], won: Sequence[str] = ()) -> Cohort:
    days = np.array(list(won) or ["NaT"] * len(clients), "datetime64[D]")
    return Cohort(
        n_companies=n, clients=np.array(clients, np.int32), suppressed=np.zeros(0, np.int32), won=days
    )

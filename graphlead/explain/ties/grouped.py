"""The nearest client in a company's own ownership group, along the ownership links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from graphlead.core.arrays import NONE, Flags, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.graph import OWNS, CompanyGraph
from graphlead.explain.reasons.inputs import Numbers
from graphlead.explain.ties.paths import OWNERS, ClientPath, Found, Leg, Node, Tier


def grouped(graph: CompanyGraph, cohort: Cohort, companies: Ints) -> Iterator[Found]:
    """The shortest path of ownership links from each of ``companies`` (m,) to a client of its ownership group.

    Holders and persons join the companies that they own, within the group; companies without a path are left out.
    The work is linear in the ownership links; the search visits only the groups of ``companies``.
    """
    inside = _groups_of_both(graph, cohort, companies)
    wanted = np.flatnonzero(inside[companies])
    if not len(wanted):
        return
    web = _web(graph, graph.ownership.group, inside)
    predecessor, distance = web.from_clients(cohort.clients[inside[cohort.clients]])
    for i in wanted:
        start = int(np.searchsorted(web.companies, companies[i]))
        if np.isfinite(distance[start]):
            yield int(i), web.path(start, predecessor)


def _groups_of_both(graph: CompanyGraph, cohort: Cohort, companies: Ints) -> Flags:
    """The companies (n,) of the ownership groups that have a client and one of ``companies`` (m,)."""
    group = graph.ownership.group
    inside, asked = np.zeros(graph.n_companies, bool), np.zeros(graph.n_companies, bool)
    inside[group[cohort.clients]] = True
    asked[group[companies]] = True
    return np.asarray((inside & asked)[group], bool)


@dataclass(frozen=True, kw_only=True)
class Forest:
    """The shortest paths of ownership links from some companies to the nearest clients of their groups, as trees.

    Of w nodes on these paths, in the order of ``steps`` (w,), the links to the client: label (w,), a position in
    OWNERS, and node (w,), its index there; toward (w,), the next node on the way, NONE at a client; owns (w,), whether
    it owns that one; client (w,), the client at the end. start (m,): the node of each company, NONE without a path.
    """

    label: Ints
    node: Ints
    toward: Ints
    steps: Ints
    owns: Flags
    client: Ints
    start: Ints


def forest(graph: CompanyGraph, cohort: Cohort, companies: Ints) -> Forest:
    """The paths of ``grouped`` from all ``companies`` (m,) at once."""
    inside = _groups_of_both(graph, cohort, companies)
    web = _web(graph, graph.ownership.group, inside)
    if not inside.any():
        return web.trees(np.full(len(companies), NONE, np.int32), np.zeros(0, np.int32), np.zeros(0))
    predecessor, distance = web.from_clients(cohort.clients[inside[cohort.clients]])
    start = np.where(inside[companies], np.searchsorted(web.companies, companies), 0)
    known = inside[companies] & np.isfinite(distance[start])
    return web.trees(np.where(known, start, NONE).astype(np.int32), predecessor, distance)


def _web(graph: CompanyGraph, group: Ints, inside: Flags) -> _Web:
    """The ownership links within the groups. A holder is a node of its own in each group, so it never joins two."""
    members = np.flatnonzero(inside).astype(np.int64)
    number, owned, node, label = members[:0], members[:0], members[:0], members[:0]
    for code, kind in enumerate(OWNERS):
        edges = graph.edges.get((kind, OWNS, "company"))
        if edges is None:
            continue
        keep = inside[edges.target]
        if kind == "company":
            keep &= (group[edges.source] == group[edges.target]) & (edges.source != edges.target)
        source, target = edges.source[keep].astype(np.int64), edges.target[keep].astype(np.int64)
        # Companies keep their numbers; above them, every (holder, kind, group) has a number of its own.
        mine = source if code == 0 else len(group) * (len(OWNERS) * (source + 1) + code) + group[target]
        number, owned = np.r_[number, mine], np.r_[owned, target]
        node, label = np.r_[node, source], np.r_[label, np.full(len(source), code)]
    different, ends = np.unique(np.r_[members, number, owned], return_inverse=True)
    source, target = np.split(ends[len(members) :], 2)
    labels, nodes = np.zeros(len(different), np.int64), np.zeros(len(different), np.int64)
    nodes[: len(members)] = members
    labels[source], nodes[source] = label, node
    return _Web(members, labels, nodes, source, target)


class _Web:
    """Ownership links over compact numbers: the member companies first, then each holder once per group."""

    def __init__(
        self, companies: Longs, labels: Longs, nodes: Longs, source: Numbers, target: Numbers
    ) -> None:
        self.companies, self._labels, self._nodes = companies, labels, nodes
        self._n = len(labels)
        self._matrix = coo_array((np.ones(len(source), np.float32), (source, target)),
                                 shape=(self._n, self._n)).tocsr()  # fmt: skip

    def from_clients(self, clients: Ints) -> tuple[Ints, Reals]:
        """The node before each node on the path from its nearest client, and the path's length, else infinity."""
        distance, predecessor, _ = dijkstra(
            self._matrix, directed=False, indices=np.searchsorted(self.companies, clients),
            unweighted=True, min_only=True, return_predecessors=True,
        )  # fmt: skip
        return predecessor, distance

    def path(self, start: int, predecessor: Ints) -> ClientPath:
        numbers = [start]
        while predecessor[numbers[-1]] > NONE:
            numbers.append(int(predecessor[numbers[-1]]))
        legs = tuple(self._leg(one, two) for one, two in pairwise(numbers))
        nodes = tuple(self._node(number) for number in numbers)
        relation = nodes[1][0] if len(nodes) == 3 and nodes[1][0] != "company" else "ownership"
        return ClientPath(client=nodes[-1][1], relation=relation, tier=Tier.LINKED, nodes=nodes, legs=legs)

    def trees(self, start: Ints, predecessor: Ints, distance: Reals) -> Forest:
        """The paths from ``start`` (m,), NONE for none."""
        used = np.zeros(self._n, bool)
        ends = np.unique(start[start != NONE])
        while len(ends):
            used[ends] = True
            ends = np.unique(predecessor[ends])
            ends = ends[ends > NONE]
            ends = ends[~used[ends]]
        here = np.flatnonzero(used)
        here = here[np.argsort(distance[here], kind="stable")]
        number = np.full(self._n + 1, NONE, np.int32)
        number[here] = np.arange(len(here), dtype=np.int32)
        steps, toward = distance[here].astype(np.int32), number[np.maximum(predecessor[here], NONE)]
        client = np.where(steps == 0, self._nodes[here], NONE).astype(np.int32)
        for step in range(1, int(steps.max(initial=0)) + 1):
            mine = slice(*np.searchsorted(steps, (step, step + 1)))
            client[mine] = client[toward[mine]]
        return Forest(
            label=self._labels[here].astype(np.int32),
            node=self._nodes[here].astype(np.int32),
            toward=toward,
            steps=steps,
            owns=self._joined(here, predecessor[here]),
            client=client,
            start=number[start],
        )

    def _joined(self, one: Longs, two: Ints) -> Flags:
        """Whether each of ``one`` (w,) owns that of ``two`` (w,); below 0 is nobody."""
        source = np.repeat(np.arange(self._n), np.diff(self._matrix.indptr))
        links = np.sort(source * np.int64(self._n) + self._matrix.indices)
        wanted = one * np.int64(self._n) + two
        at = np.minimum(np.searchsorted(links, wanted), max(len(links) - 1, 0))
        return (
            np.asarray((two >= 0) & (links[at] == wanted), bool) if len(links) else np.zeros(len(one), bool)
        )

    def _node(self, number: int) -> Node:
        return OWNERS[self._labels[number]], int(self._nodes[number])

    def _leg(self, one: int, two: int) -> Leg:
        row = self._matrix.indices[self._matrix.indptr[one] : self._matrix.indptr[one + 1]]
        return Leg(OWNS, bool((row == two).any()))

"""What is near a company, and the part of it that one picture holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.graph import OWNS, CompanyGraph, EdgeType, place_levels
from graphlead.core.register import Role

LEVELS = ("industry", "place")
"""Node types that half a country shares: shown beside a company, never walked through."""

LEVELS_SHARE = 4
"""Industries and places fill at most one part in so many of a picture that is full."""

Selection = dict[str, Flags]
"""For each node type, which of its nodes are chosen."""


@dataclass(frozen=True, kw_only=True)
class Nearby:
    """The companies, holders and persons within some steps of a company, nearest first; the company is the first.

    kinds: the node types; kind: int32 (m,), into ``kinds``; index: int32 (m,), within the node type; steps: int32
    (m,); before: int32 (m,), the entry it was reached from, always an earlier one, NONE for the company itself.
    """

    kinds: tuple[str, ...]
    kind: Ints
    index: Ints
    steps: Ints
    before: Ints

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, kind: str) -> Flags:
        """Which entries are of this node type, bool (m,)."""
        return np.asarray(self.kind == self.kinds.index(kind))


def nearby(graph: CompanyGraph, company: int, hops: int) -> Nearby:
    """Whoever is within ``hops`` edges of a company, in either direction; the way leads through no industry or place.

    Linear in the edges a hop, without a copy of them.
    """
    kinds = tuple(kind for kind in graph.nodes if kind not in LEVELS)
    entry = {kind: np.full(graph.nodes[kind], NONE, np.int32) for kind in kinds}
    entry["company"][company] = 0
    kind, index = [np.array([kinds.index("company")], np.int32)], [np.array([company], np.int32)]
    before, count = [np.array([NONE], np.int32)], 1
    for _ in range(hops):
        first = count
        for edge_type in _walked(graph):
            for end, found, via in _reached(graph, edge_type, entry, first):
                entry[end][found] = np.arange(count, count + len(found), dtype=np.int32)
                kind.append(np.full(len(found), kinds.index(end), np.int32))
                index.append(found)
                before.append(via)
                count += len(found)
    came_from = np.concatenate(before)
    return Nearby(
        kinds=kinds,
        kind=np.concatenate(kind),
        index=np.concatenate(index),
        steps=_steps(came_from, hops),
        before=came_from,
    )


def _walked(graph: CompanyGraph) -> list[EdgeType]:
    """Stakes first, so that a way through ownership is preferred to another of the same length."""
    walked = [key for key in graph.edges if not set(LEVELS) & {key[0], key[2]}]
    return sorted(walked, key=lambda key: key[1] != OWNS)


def _reached(
    graph: CompanyGraph, edge_type: EdgeType, entry: dict[str, Ints], first: int
) -> list[tuple[str, Ints, Ints]]:
    """What is new at either end of these edges, each once: node type, indices, and the entries it is reached from."""
    edges = graph.edges[edge_type]
    found = []
    for near, far, near_kind, far_kind in (
        (edges.source, edges.target, edge_type[0], edge_type[2]),
        (edges.target, edges.source, edge_type[2], edge_type[0]),
    ):
        known = entry[near_kind][near]
        rows = np.flatnonzero((known != NONE) & (known < first) & (entry[far_kind][far] == NONE))
        new, at = np.unique(far[rows], return_index=True)
        entry[far_kind][new] = np.iinfo(np.int32).max
        found.append((far_kind, new, known[rows[at]]))
    return found


def _steps(before: Ints, hops: int) -> Ints:
    """How many entries lie on the way of each."""
    steps, at = np.zeros(len(before), np.int32), before.copy()
    for _ in range(hops):
        on_the_way = at != NONE
        steps += on_the_way
        at = np.where(on_the_way, before[at], NONE).astype(np.int32)
    return steps


def most_urgent(near: Nearby, order: npt.NDArray[np.integer], most: int) -> Flags:
    """The first of ``order`` (entries, the most urgent first) with all that lies on their ways, at most ``most``.

    Bool (m,). Whatever is chosen is joined to the company within what is chosen.
    """
    chosen = np.zeros(len(near), bool)
    chosen[0] = True
    room = most - 1
    for entry in order[: 4 * most]:
        way, at = [], int(entry)
        while not chosen[at]:
            way.append(at)
            at = int(near.before[at])
        if len(way) <= room:
            chosen[way] = True
            room -= len(way)
    return chosen


def selected(graph: CompanyGraph, near: Nearby, shown: Flags, levels: Mapping[str, Ints]) -> Selection:
    """The nodes of the entries that are ``shown``, bool (m,), and of the levels, indices by node type."""
    chosen = {kind: np.zeros(count, bool) for kind, count in graph.nodes.items()}
    for kind in near.kinds:
        chosen[kind][near.index[shown & near.of(kind)]] = True
    for kind, index in levels.items():
        chosen[kind][index] = True
    return chosen


def levels_beside(graph: CompanyGraph, companies: Ints, company: int, most: int) -> dict[str, Ints]:
    """Industries and places that tell something of these companies: the company's own, and what several share.

    By node type: sorted indices. When there are more than ``most``, those of the company and those that most share.
    """
    found = [(level, *_shared(graph, level, companies, company)) for level in LEVELS if level in graph.nodes]
    weight = np.concatenate([np.empty(0, np.int32), *(weights for _, _, weights in found)])
    kept = np.sort(np.argsort(-weight, kind="stable")[:most])
    chosen, first = {}, 0
    for level, index, _ in found:
        chosen[level] = index[kept[(kept >= first) & (kept < first + len(index))] - first]
        first += len(index)
    return chosen


def _shared(graph: CompanyGraph, level: str, companies: Ints, company: int) -> tuple[Ints, Ints]:
    """The nodes of a level that ``company`` is in or two of the companies share, and by how many; own ones first."""
    inside = np.zeros(graph.n_companies, bool)
    inside[companies] = True
    edges = [each for key, each in graph.edges.items() if key[0] == "company" and key[2] == level]
    targets = [each.target[inside[each.source]] for each in edges]
    own = np.concatenate([each.target[each.source == company] for each in edges] or [np.empty(0, np.int32)])
    index, count = np.unique(np.concatenate([*targets, np.empty(0, np.int32)]), return_counts=True)
    weight = np.where(np.isin(index, own), len(companies) + count, count).astype(np.int32)
    shown = ((weight > 1) | np.isin(index, own)) & ~_beside_a_city(graph, level, index)
    return index[shown].astype(np.int32), weight[shown]


def _beside_a_city(graph: CompanyGraph, level: str, index: Ints) -> Flags:
    """Postcode areas where companies have other places too, which say nearly the same."""
    keys = graph.keys[level].take(pa.array(index)).cast(pa.string())
    area = np.asarray(pc.equal(place_levels(keys), Role.POSTCODE.value).fill_null(False), bool)
    return area if level == "place" and not area.all() else np.zeros(len(index), bool)

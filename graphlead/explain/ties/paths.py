"""Paths from companies to clients, and which of several is the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Flags, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph

Node = tuple[str, int]
"""A node of the graph: its type (company, holder, person, industry, place) and its index."""

MOST_TIES = 3
"""Clients named for a company, a choice: one to ask, and two more should that one not help."""

HUB = 50
"""Whoever is joined to more companies than this (a fund, a formation agent) hardly brings two of them together; a
choice."""

EFFECTIVE = "effective_owns"
FAR = 6
"""The most links of a path before its sentence calls it long, and the links that an effective share counts for;
a choice."""

OWNERS = ("company", "holder", "person")


class Tier(IntEnum):
    """How near a path brings two companies, nearest first; the number of links decides within a tier."""

    LINKED = 0
    ADDRESS = 1
    HUB = 2
    ALIKE = 3
    POSTCODE = 4
    ALIKE_WIDER = 5


@dataclass(frozen=True)
class Leg:
    """One relationship of a path: its name as in CompanyGraph.edges, and whether it points along the path."""

    relation: str
    along: bool


@dataclass(frozen=True, kw_only=True)
class ClientPath:
    """How the company at nodes[0] is joined to the client at nodes[-1].

    legs: what joins each node with the next; empty where the two have the values of ``columns``, or the industry and
    the place between them, in common.
    """

    client: int
    relation: str
    tier: Tier
    nodes: tuple[Node, ...]
    legs: tuple[Leg, ...] = ()
    columns: tuple[str, ...] = field(default=())

    @property
    def steps(self) -> int:
        return len(self.legs) or max(len(self.nodes) - 1, 1)

    @property
    def nearness(self) -> tuple[int, int]:
        """The tier, then the length; an effective share stands for paths through others and gives way to short ones."""
        summed_up = any(leg.relation == EFFECTIVE for leg in self.legs)
        return (int(self.tier), FAR if summed_up else self.steps)


Found = tuple[int, ClientPath]
"""A company's position among those asked for, and a path from it."""


def nearest(found: Sequence[Found], m: int) -> list[tuple[ClientPath, ...]]:
    """For each of m companies its nearest paths to different clients, MOST_TIES at most, the nearest first."""
    paths: list[list[ClientPath]] = [[] for _ in range(m)]
    for i, path in found:
        paths[i].append(path)
    return [tuple(_different(sorted(each, key=lambda path: path.nearness))) for each in paths]


def _different(paths: list[ClientPath]) -> Iterator[ClientPath]:
    seen: set[int] = set()
    for path in paths:
        if path.client not in seen and len(seen) < MOST_TIES:
            seen.add(path.client)
            yield path


def preference(cohort: Cohort) -> Ints:
    """A rank (n,) among equally near clients, lowest first: by the date won, the latest first, then by index."""
    order = np.lexsort((cohort.clients, -np.nan_to_num(_days(cohort), nan=-np.inf)))
    rank = np.full(cohort.n_companies, len(order), np.int32)
    rank[cohort.clients[order]] = np.arange(len(order), dtype=np.int32)
    return rank


def _days(cohort: Cohort) -> Reals:
    days = cohort.won.astype("datetime64[D]").astype(np.float64)
    return np.where(np.isnat(cohort.won), np.nan, days)


def first_of_each(keys: Sequence[npt.NDArray[np.generic]], most: int) -> Longs:
    """Rows sorted by ``keys`` (the first counts most), at most ``most`` for each value of the first key."""
    order = np.lexsort(tuple(reversed(keys)))
    first = keys[0][order]
    start = np.r_[True, first[1:] != first[:-1]][: len(order)]
    begin = np.maximum.accumulate(np.where(start, np.arange(len(order)), 0))
    return np.asarray(order[np.arange(len(order)) - begin < most], np.int64)


def joined(left: Longs, right: Longs) -> tuple[Longs, Longs]:
    """Every pair of rows with equal keys: positions in ``left`` (p,) and in ``right`` (p,)."""
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], left, "left")
    count = np.searchsorted(right[order], left, "right") - low
    one = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return one, order[low[one] + within]


@dataclass(frozen=True, kw_only=True)
class Touching:
    """The edges at some nodes: ``end`` is such a node, ``other`` the node at the other end (numbered by Numbering).

    relation (k,): index into ``relations``; out (k,): whether the edge points from ``end`` to ``other``.
    """

    end: Longs
    other: Longs
    relation: Ints
    out: Flags
    relations: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.end)

    def take(self, rows: Longs | Flags) -> Touching:
        return Touching(
            end=self.end[rows],
            other=self.other[rows],
            relation=self.relation[rows],
            out=self.out[rows],
            relations=self.relations,
        )

    def leg(self, row: int, reverse: bool = False) -> Leg:
        return Leg(self.relations[self.relation[row]], bool(self.out[row]) != reverse)


@dataclass(frozen=True)
class Numbering:
    """One numbering for companies, holders and persons; companies keep their indices."""

    first: dict[str, int]
    size: int

    @staticmethod
    def of(graph: CompanyGraph) -> Numbering:
        counts = [graph.nodes.get(label, 0) for label in OWNERS]
        starts = np.cumsum([0, *counts])
        return Numbering(dict(zip(OWNERS, starts[:-1].tolist(), strict=True)), int(starts[-1]))

    def node(self, number: int) -> Node:
        label = next(label for label in reversed(OWNERS) if number >= self.first[label])
        return label, number - self.first[label]


def touching(graph: CompanyGraph, numbering: Numbering, wanted: Flags) -> Touching:
    """Every edge between companies, holders and persons at a ``wanted`` node (size,); twice where both ends are."""
    relations = tuple(dict.fromkeys(relation for _, relation, _ in graph.edges))
    none = np.zeros(0, np.int32)
    found = [(none.astype(np.int64), none.astype(np.int64), none, none > 0)]
    for (source, relation, target), edges in graph.edges.items():
        if source not in OWNERS or target != "company":
            continue
        one = edges.source.astype(np.int64) + numbering.first[source]
        two = edges.target.astype(np.int64)
        for end, other, out in ((one, two, True), (two, one, False)):
            rows = np.flatnonzero(wanted[end] & (end != other))
            kind = np.full(len(rows), relations.index(relation), np.int32)
            found.append((end[rows], other[rows], kind, np.full(len(rows), out)))
    ends, others, kinds, outs = (np.concatenate(each) for each in zip(*found, strict=True))
    return Touching(end=ends, other=others, relation=kinds, out=outs, relations=relations)

"""Relations between companies: by columns (same place, industry or name, shared words) and by links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Ints
from graphlead.core.features import Cut, Groups, Incidence, Kind, Level, Neighbours, Relation, Source
from graphlead.core.graph import CompanyGraph, Edges, LinkKind
from graphlead.core.register import Register, Role
from graphlead.features.groupings import Groupings, shared
from graphlead.features.levels import (
    CROSSED_TRAITS,
    industry_levels,
    name_levels,
    place_levels,
    trait_levels,
)
from graphlead.features.terms import term_incidence

OUTSIDE = ("holder", "person")
"""The nodes outside the register that hold companies."""
MOST_LINK_KINDS = 12
"""Kinds of links that become relations of their own, the commonest first: each costs a block of the network."""
ALONE = 0.98
"""A grouping that leaves a larger share of the companies without company in their group is no relation."""


@dataclass(frozen=True, kw_only=True)
class RelationPlan:
    """Which relations to build: planned on one register, rebuilt the same way on newer ones.

    crossed: the levels of each derived relation; texts: columns with words that connect companies; links: edge
    relations of the graph; owned, held: whether there are ownership groups, and holders outside the register.
    """

    crossed: tuple[tuple[Level, ...], ...]
    texts: tuple[str, ...]
    links: tuple[str, ...]
    owned: bool
    held: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> RelationPlan:
        crossed = tuple(tuple(Level.from_json(level) for level in levels) for levels in data["crossed"])
        return RelationPlan(
            crossed=crossed,
            texts=tuple(data["texts"]),
            links=tuple(data["links"]),
            owned=data["owned"],
            held=data["held"],
        )


def plan_relations(
    register: Register, graph: CompanyGraph, groupings: Groupings | None = None
) -> RelationPlan:
    """Plan the relations of this register's columns and links; those that connect nobody or repeat one are left out.

    groupings: those of the register, which then keep the relations that were chosen.
    """
    groupings = groupings or Groupings(register)
    chosen: dict[tuple[Level, ...], Groups | Incidence] = {}
    for levels, groups in _connecting(_candidates(register), groupings):
        if not _repeats(groups, chosen.values()):
            chosen[levels] = groups
    groupings.keep(chosen)
    texts = register.names_of(Role.NAME, Role.TEXT)
    owned = int(np.bincount(graph.ownership.group, minlength=1).max()) > 1
    held = any(len(edges) for (kind, _, to), edges in graph.edges.items() if _holds(kind, to))
    return RelationPlan(
        crossed=tuple(chosen), texts=tuple(texts), links=tuple(_link_kinds(graph)), owned=owned, held=held
    )


def _connecting(
    candidates: Sequence[tuple[Level, ...]], groupings: Groupings
) -> Iterator[tuple[tuple[Level, ...], Groups | Incidence]]:
    """The candidates that connect enough companies, and their relations."""

    def relation(levels: tuple[Level, ...]) -> Groups | Incidence | None:
        groups = groupings.relation(levels)
        return groups if _connects(groups) else None

    for _ in side_by_side(groupings.at, list(dict.fromkeys(chain(*candidates)))):
        pass  # each level is there once when the first relation asks for it
    for levels, groups in zip(candidates, side_by_side(relation, candidates), strict=True):
        if groups is not None:
            yield levels, groups


def _holds(kind: str, to: str) -> bool:
    return kind in OUTSIDE and to == "company"


def derived_relations(
    plan: RelationPlan, register: Register, groupings: Groupings | None = None
) -> tuple[Relation, ...]:
    """The relations by columns: groups with the same place, industry, name, trait or band, and words in common.

    groupings: those of the register, with the relations that the plan was made of.
    """
    groupings = groupings or Groupings(register)
    groups: list[Relation] = [*(groupings.relation(levels) for levels in plan.crossed)]
    present = register.understood
    for name in plan.texts:
        matrix, terms = sp.csr_matrix((register.n_companies, 0)), pa.array([], pa.string())
        if name in present:
            matrix, terms = term_incidence(register.read(name).column(0))
        groups.append(Incidence(Source(kind=Kind.WORDS, column=name), matrix, terms))
    return tuple(groups)


def linked_relations(plan: RelationPlan, graph: CompanyGraph) -> tuple[Relation, ...]:
    """The relations by links: each kind of link, the ownership group, shared holders and persons."""
    linked: list[Relation] = [_neighbours(kind, graph) for kind in plan.links]
    if plan.owned:
        linked.append(_ownership_group(graph))
    if plan.held:
        linked.append(_shared_holders(graph))
    return tuple(linked)


def _candidates(register: Register) -> list[tuple[Level, ...]]:
    places, industries, traits = place_levels(register), industry_levels(register), trait_levels(register)
    single = [(level,) for level in (*places, *industries, *traits)]
    few = traits[:CROSSED_TRAITS]
    booleans = [level for level in few if level.cut is Cut.VALUE]
    exact, countries = register.names_of(Role.POSTCODE), register.names_of(Role.COUNTRY)
    broad_places = [
        level
        for level in places
        if level.column not in countries and (level.cut is not Cut.VALUE or level.column not in exact)
    ]
    mixed: list[tuple[Level, ...]] = [
        *product(broad_places, _crossed(industries)),
        *product(broad_places[:1], few),
        *product(_crossed(industries)[:1], few),
        *combinations(few, 2),
        *_of_names(name_levels(register), broad_places),
    ]
    if len(booleans) > 1:
        profile = tuple(booleans)
        mixed += [profile, *((place, *profile) for place in broad_places[:1])]
    # Two lists of values crossed would name pairs that nobody stated, and far too many.
    return single + [levels for levels in mixed if sum(level.several for level in levels) < 2]


def _of_names(names: list[Level], places: list[Level]) -> list[tuple[Level, ...]]:
    """Names alike: in whole, in the first two words, and at one end within the widest place or the postcode area."""
    if not names:
        return []
    whole, two, first, last = names
    areas = [level for level in places if level.cut is Cut.AREA]
    return [(whole,), (two,), *product((first, last), places[:1]), *product((last,), areas)]


def _crossed(industries: list[Level]) -> list[Level]:
    """The industry levels to cross with others: the middle one, the widest and the finest."""
    return (
        [industries[i] for i in dict.fromkeys((len(industries) // 2, 0, len(industries) - 1))]
        if industries
        else []
    )


def _repeats(groups: Groups | Incidence, earlier: Iterable[Groups | Incidence]) -> bool:
    """Whether the relation joins the same companies as an earlier one; groups are numbered first come first."""
    return any(_alike(groups, other) for other in earlier)


def _alike(groups: Groups | Incidence, other: Groups | Incidence) -> bool:
    if isinstance(groups, Groups) and isinstance(other, Groups):
        return groups.count == other.count and np.array_equal(groups.code, other.code)
    if isinstance(groups, Groups) or isinstance(other, Groups):
        return False
    mine, theirs = groups.matrix, other.matrix
    return np.array_equal(mine.indptr, theirs.indptr) and np.array_equal(mine.indices, theirs.indices)


def _connects(groups: Groups | Incidence) -> bool:
    """Whether enough companies share a group with another."""
    sizes = groups.sizes
    if isinstance(groups, Incidence):
        together = int((groups.matrix @ (sizes > 1) > 0).sum())
        return together >= (1 - ALONE) * groups.matrix.shape[0] and len(sizes) > 1
    together = int(sizes[sizes > 1].sum())
    return groups.count > 1 and together >= (1 - ALONE) * len(groups.code) and len(sizes[sizes > 0]) > 1


def _link_kinds(graph: CompanyGraph) -> list[str]:
    sizes: dict[str, int] = {}
    for (source, relation, target), edges in graph.edges.items():
        if source == "company" and target == "company" and len(edges):
            sizes[relation] = sizes.get(relation, 0) + len(edges)
    return sorted(sizes, key=lambda kind: (-sizes[kind], kind))[:MOST_LINK_KINDS]


def _neighbours(relation: str, graph: CompanyGraph) -> Neighbours:
    edges = graph.edges.get(("company", relation, "company"), Edges(_no_ints(), _no_ints()))
    n = graph.n_companies
    both = (np.r_[edges.source, edges.target], np.r_[edges.target, edges.source])
    matrix = sp.csr_matrix((np.ones(len(both[0]), np.float32), both), shape=(n, n))
    matrix.data[:] = 1
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    return Neighbours(_source_of_links(relation), matrix)


def _source_of_links(relation: str) -> Source:
    link = LinkKind.of(relation)
    return Source(kind=Kind.LINK, link=link.name) if link else Source(kind=Kind.OWNS)


def _ownership_group(graph: CompanyGraph) -> Groups:
    return Groups(Source(kind=Kind.GROUP), *shared(graph.ownership.group))


def _shared_holders(graph: CompanyGraph) -> Incidence:
    """Companies with the same holder or person outside the register: 0/1 (n, holders and persons)."""
    companies, holders, offset = [_no_ints()], [_no_ints()], 0
    for kind in OUTSIDE:
        for (source, _, target), edges in graph.edges.items():
            if source == kind and target == "company":
                companies.append(edges.target)
                holders.append(edges.source + np.int32(offset))
        offset += graph.nodes.get(kind, 0)
    rows, columns = np.concatenate(companies), np.concatenate(holders)
    matrix = sp.csr_matrix(
        (np.ones(len(rows), np.float32), (rows, columns)), shape=(graph.n_companies, offset)
    )
    matrix.data[:] = 1
    return Incidence(Source(kind=Kind.HOLDERS), matrix)


def _no_ints() -> Ints:
    return np.zeros(0, np.int32)

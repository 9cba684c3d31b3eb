"""Relations between companies: by columns (same place, industry or name, shared words) and by links."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from graphlead.common.codes import cross
from graphlead.common.members import align
from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Cut, Groups, Incidence, Kind, Level, Neighbours, Relation, Source
from graphlead.core.graph import CompanyGraph, Edges, LinkKind
from graphlead.core.register import Register, Role
from graphlead.features.levels import (
    CROSSED_TRAITS,
    encode,
    industry_levels,
    name_levels,
    place_levels,
    trait_levels,
)
from graphlead.features.terms import term_incidence

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


def plan_relations(register: Register, graph: CompanyGraph) -> RelationPlan:
    """Plan the relations of this register's columns and links; those that connect nobody or repeat one are left out."""
    coded = {levels: _coded(levels, register) for levels in _candidates(register)}
    chosen: list[tuple[Level, ...]] = []
    seen: set[bytes] = set()
    for levels, groups in coded.items():
        fingerprint = _fingerprint(groups)
        if _connects(groups) and fingerprint not in seen:
            chosen.append(levels)
            seen.add(fingerprint)
    texts = register.names_of(Role.NAME, Role.TEXT)
    owned, held = _ownership_group(graph).count > 0, _shared_holders(graph).matrix.nnz > 0
    return RelationPlan(
        crossed=tuple(chosen), texts=tuple(texts), links=tuple(_link_kinds(graph)), owned=owned, held=held
    )


def derived_relations(plan: RelationPlan, register: Register) -> tuple[Relation, ...]:
    """The relations by columns: groups with the same place, industry, name, trait or band, and words in common."""
    groups: list[Relation] = [*(_coded(levels, register) for levels in plan.crossed)]
    present = register.understood
    for name in plan.texts:
        matrix, terms = sp.csr_matrix((register.n_companies, 0)), list[str]()
        if name in present:
            matrix, terms = term_incidence(register.read(name).column(0))
        groups.append(Incidence(Source(kind=Kind.WORDS, column=name), matrix, pa.array(terms, pa.string())))
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


def _coded(levels: tuple[Level, ...], register: Register) -> Groups | Incidence:
    """The relation of equal values at all these levels; of several values in a cell each is a group."""
    encoded, source = [encode(level, register) for level in levels], Source(kind=Kind.COLUMNS, levels=levels)
    companies, entries = align([each.companies for each in encoded], register.n_companies)
    codes = [each.code[entry] for each, entry in zip(encoded, entries, strict=True)]
    code, count = (codes[0], encoded[0].count) if len(codes) == 1 else cross(codes)
    if any(level.cut is Cut.NAME for level in levels):
        code, count = _shared(code)
    names = [
        each.names.take(pa.array(entry))
        for each, entry in zip(encoded, entries, strict=True)
        if each.names is not None
    ]
    return _incidence(source, companies, code, count, names[0]) if names else Groups(source, code, count)


def _incidence(source: Source, companies: Ints, code: Ints, count: int, names: pa.Array) -> Incidence:
    """Memberships (E,) as 0/1 (n, count), each group named by its first entry in ``names`` (E,)."""
    known = np.flatnonzero(code >= 0)
    shape = (int(companies[-1]) + 1, count)
    matrix = sp.csr_matrix((np.ones(len(known), np.float32), (companies[known], code[known])), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    first = known[np.unique(code[known], return_index=True)[1]]
    return Incidence(source, matrix, names.take(pa.array(first)).cast(pa.string()))


def _fingerprint(groups: Groups | Incidence) -> bytes:
    if isinstance(groups, Groups):
        return groups.code.tobytes()
    return groups.matrix.indices.tobytes() + groups.matrix.indptr.tobytes()


def _connects(groups: Groups | Incidence) -> bool:
    """Whether enough companies share a group with another."""
    if isinstance(groups, Incidence):
        sizes = np.asarray(groups.matrix.sum(0)).ravel()
        together = int((groups.matrix @ (sizes > 1) > 0).sum())
        return together >= (1 - ALONE) * groups.matrix.shape[0] and len(sizes) > 1
    sizes = np.bincount(groups.code[groups.code >= 0], minlength=1)
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
    return Groups(Source(kind=Kind.GROUP), *_shared(graph.ownership.group))


def _shared(code: Ints) -> tuple[Ints, int]:
    """The groups of two companies and more, and how many there are; NONE for a company that is alone in its group."""
    sizes = np.bincount(code[code >= 0], minlength=1)
    return cross([np.where(sizes[code] > 1, code, NONE).astype(np.int32)])


def _shared_holders(graph: CompanyGraph) -> Incidence:
    """Companies with the same holder or person outside the register: 0/1 (n, holders and persons)."""
    companies, holders, offset = [_no_ints()], [_no_ints()], 0
    for kind in ("holder", "person"):
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

"""The typed graph of all companies, and the ownership facts computed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Floats, Ints, require, require_indices


@dataclass(frozen=True)
class Edges:
    """A typed edge list: source and target int32 (E,), weight float32 (E,) or None for all ones.

    Multi-edges are allowed; indices are within the node types that the key in CompanyGraph.edges names.
    """

    source: Ints
    target: Ints
    weight: Floats | None = None

    def __post_init__(self) -> None:
        require(len(self.source) == len(self.target), "Edges", "as many sources as targets",
                 (len(self.source), len(self.target)))  # fmt: skip
        if self.weight is not None:
            require(len(self.weight) == len(self.source), "Edges", "a weight for each edge", len(self.weight))
            require(bool(np.isfinite(self.weight).all()), "Edges", "finite weights", "NaN or infinity")

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Ownership facts, one entry per company (shape (n,)) except ``effective``.

    group: the smallest company index of the company's ownership group (itself when alone).
    ultimate_parent: the company at the top of the chain of controlling owners (itself when nobody in the
    register controls it). in_cycle: on a directed ownership cycle. ``effective_*`` list pairs (owner, owned) with
    the effective share A(I-A)^-1, ``low`` counting unknown shares at their lower bound, ``high`` at their upper.
    """

    group: Ints
    ultimate_parent: Ints
    in_cycle: Flags
    effective: Edges
    effective_low: Floats
    effective_high: Floats

    def __post_init__(self) -> None:
        n = len(self.group)
        require_indices("Ownership", "group", self.group, n)
        require_indices("Ownership", "ultimate_parent", self.ultimate_parent, n)
        require(len(self.ultimate_parent) == n and len(self.in_cycle) == n, "Ownership", f"{n} entries each",
                 (len(self.ultimate_parent), len(self.in_cycle)))  # fmt: skip
        require(len(self.effective_low) == len(self.effective_high) == len(self.effective), "Ownership",
                 "bounds for every effective share", (len(self.effective_low), len(self.effective_high)))  # fmt: skip


def nobody_owns(n: int) -> Ownership:
    """The facts of n companies of which none owns another."""
    alone, none = np.arange(n, dtype=np.int32), np.zeros(0, np.int32)
    shares = np.zeros(0, np.float32)
    return Ownership(
        group=alone,
        ultimate_parent=alone,
        in_cycle=np.zeros(n, np.bool_),
        effective=Edges(none, none, shares),
        effective_low=shares,
        effective_high=shares,
    )


EdgeType = tuple[str, str, str]
"""The type of an edge's source, its relation (owns, in_industry, located_in, part_of, linked:KIND), its target's."""

OWNS = "owns"
_LINKED = "linked:"
_SAME = "same_"
_APART = "|"


@dataclass(frozen=True)
class LinkKind:
    """The kind of links that are no ownership, as the links file has it: ``director``, ``same_address``."""

    name: str

    @property
    def relation(self) -> str:
        """The relation of its edges in ``CompanyGraph.edges``: ``linked:director``."""
        return _LINKED + self.name

    @staticmethod
    def of(relation: str) -> LinkKind | None:
        """The kind of the links of a relation, None for a relation of another sort."""
        return LinkKind(relation.removeprefix(_LINKED)) if relation.startswith(_LINKED) else None

    def title(self) -> str:
        """As a reader writes it: ``same address``."""
        return self.name.replace("_", " ")

    @property
    def shared(self) -> str:
        """What companies with such a link have in common: ``address`` for same_address; empty for another kind."""
        return self.name.removeprefix(_SAME).replace("_", " ") if self.name.startswith(_SAME) else ""


def relation_title(relation: str) -> str:
    """A relation as a reader writes it: owns, director, same address, in industry, located in."""
    return (LinkKind.of(relation) or LinkKind(relation)).title()


@dataclass(frozen=True)
class PlaceKey:
    """The identity of a place: its level and the chain of values down to it, empty where a level is missing.

    As text it is ``city|US|CA|FRESNO``.
    """

    level: str
    chain: tuple[str, ...]

    @staticmethod
    def parse(key: str) -> PlaceKey:
        level, *chain = key.split(_APART)
        return PlaceKey(level, tuple(chain))

    def title(self, more: str = "...") -> str:
        """As a reader writes it: ``FRESNO, CA``; ``more`` follows the area of postcodes: ``postcodes 937...``."""
        if self.level == "postcode":
            return f"postcodes {self.chain[-1]}{more}"
        return ", ".join(part for part in reversed(self.chain[-2:]) if part)


def place_chains(wider: pa.Array, values: pa.Array) -> pa.Array:
    """Chains of places: each wider chain with a value more, empty where the value is null."""
    return pc.binary_join_element_wise(pc.fill_null(wider, ""), pc.fill_null(values, ""), _APART)


def place_keys(level: str, chains: pa.Array) -> pa.Array:
    """The keys, as text, of places of one level."""
    return pc.binary_join_element_wise(level, chains, _APART)


def place_levels(keys: pa.Array) -> pa.Array:
    """The level of each key of a place."""
    return pc.replace_substring_regex(keys.cast(pa.string()), r"(?s)\|.*$", "")


def place_names(keys: pa.Array) -> pa.Array:
    """The value at the end of each key of a place."""
    return pc.replace_substring_regex(keys.cast(pa.string()), r"(?s)^.*\|", "")


@dataclass(frozen=True)
class CompanyGraph:
    """The typed graph. ``nodes`` gives the count of each node type: company, holder, person, industry, place.

    ``keys`` has the identity of the nodes of the other types (holder and person: their id; industry: the code of the
    level; place: the text of a ``PlaceKey``). ``edges`` is keyed (source type, relation, target type), e.g.
    (company, owns, company), (holder, owns, company), (company, in_industry, industry),
    (company, located_in, place), (company, linked:same_address, company).
    """

    nodes: Mapping[str, int]
    keys: Mapping[str, pa.Array]
    edges: Mapping[EdgeType, Edges]
    ownership: Ownership

    def __post_init__(self) -> None:
        for (source, relation, target), edges in self.edges.items():
            require_indices("CompanyGraph", f"sources of {relation}", edges.source, self.nodes[source])
            require_indices("CompanyGraph", f"targets of {relation}", edges.target, self.nodes[target])
        for kind, keys in self.keys.items():
            require(
                len(keys) == self.nodes[kind], "CompanyGraph", f"{self.nodes[kind]} keys of {kind}", len(keys)
            )
        require(len(self.ownership.group) == self.n_companies, "CompanyGraph",
                 f"ownership of {self.n_companies} companies", len(self.ownership.group))  # fmt: skip

    @property
    def n_companies(self) -> int:
        return self.nodes["company"]

    def without(self, titles: Collection[str]) -> CompanyGraph:
        """The same graph without the edges of relations with these titles; without ``owns`` nobody owns another."""
        edges = {kind: each for kind, each in self.edges.items() if relation_title(kind[1]) not in titles}
        ownership = nobody_owns(self.n_companies) if OWNS in titles else self.ownership
        return replace(self, edges=edges, ownership=ownership)

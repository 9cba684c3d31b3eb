"""The typed graph of all companies, and what its ownership edges add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

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
            require(len(self.weight) == len(self.source), "Edges", "a weight an edge", len(self.weight))
            require(bool(np.isfinite(self.weight).all()), "Edges", "finite weights", "NaN or infinity")

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Ownership:
    """Ownership facts, one entry a company (shape (n,)) except ``effective``.

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


EdgeType = tuple[str, str, str]


@dataclass(frozen=True)
class CompanyGraph:
    """The typed graph. ``nodes`` gives the count of each node type: company, holder, person, industry, place.

    ``keys`` has the identity of the nodes of the other types (holder and person: their id; industry: the code of the
    level; place: "level|value" chains). ``edges`` is keyed (source type, relation, target type), e.g.
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

"""What travels between the rooms. Carriers are frozen and check themselves when made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from graphlead.errors import CarrierError

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""The index that means "no such node" wherever a carrier holds int32 indices."""


def _require(holds: bool, carrier: str, expected: str, got: object) -> None:
    if not holds:
        raise CarrierError(f"{carrier}: expected {expected}, got {got}.")


def _require_indices(carrier: str, name: str, values: Ints, size: int, lowest: int = 0) -> None:
    _require(values.dtype == np.int32, carrier, f"{name} as int32", values.dtype)
    if len(values):
        low, high = int(values.min()), int(values.max())
        _require(low >= lowest and high < size, carrier, f"{name} in [{lowest}, {size})", f"[{low}, {high}]")


class Role(StrEnum):
    """What a column of the companies table means; it decides how the column is cleaned and used."""

    ID = "id"
    NAME = "name"
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    POSTCODE = "postcode"
    ADDRESS = "address"
    INDUSTRY = "industry"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONTACT = "contact"
    IGNORED = "ignored"


PLACES = (Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE)
"""Place levels, widest first."""


@dataclass(frozen=True)
class Column:
    """How one column of the companies table was understood.

    ``reason`` tells the user why; ``scheme`` is NACE, NAICS, SIC or empty for an industry column;
    ``missing`` is the share of companies without a value; ``distinct`` an (approximate) count of values.
    """

    name: str
    role: Role
    reason: str = ""
    scheme: str = ""
    missing: float = 0.0
    distinct: int = 0


@dataclass(frozen=True)
class Register:
    """The cleaned register: two Parquet files that stay on disk and the meaning of their columns.

    ``companies`` has one row a company; the row number is the company's index everywhere. Its columns are
    those of ``columns``, typed by role: the id is the string column ``company_id``; numbers are DOUBLE
    without NaN or infinities, dates DATE, booleans BOOLEAN, everything else VARCHAR; missing is NULL.

    ``links`` has source_id, target_id, kind (VARCHAR); share_low, share_high (DOUBLE in [0, 1], both NULL when
    unknown, equal when exact); date (DATE or NULL); source_name (VARCHAR or NULL), source_type ("company",
    "holder" or "person"); source, target (INTEGER company index; source is NULL for a holder or person).
    """

    companies: Path
    links: Path
    columns: tuple[Column, ...]
    n_companies: int
    n_links: int

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        _require(len(set(names)) == len(names), "Register", "unique column names", names)
        ids = [column.name for column in self.columns if column.role is Role.ID]
        _require(ids == ["company_id"], "Register", "one id column named company_id", ids)
        rows = pq.read_metadata(self.companies).num_rows
        _require(
            rows == self.n_companies,
            "Register",
            f"{self.n_companies} companies in {self.companies.name}",
            rows,
        )

    def names_of(self, *roles: Role) -> list[str]:
        """Names of the columns with one of these roles, in the order of the roles, then of the file."""
        return [column.name for role in roles for column in self.columns if column.role is role]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def read(self, *names: str) -> pa.Table:
        """These columns of all companies (every column when none is named), row i being company i."""
        return pq.read_table(self.companies, columns=list(names) or None)

    def read_links(self) -> pa.Table:
        return pq.read_table(self.links)

    def ids(self) -> pa.Array:
        """The company ids, position i being company i."""
        return self.read("company_id").column(0).combine_chunks()

    def without(self, excluded: frozenset[str]) -> Register:
        """The same register with the excluded columns understood as ignored."""
        columns = tuple(
            Column(c.name, Role.IGNORED, "excluded", c.scheme, c.missing, c.distinct)
            if c.name in excluded
            else c
            for c in self.columns
        )
        return Register(self.companies, self.links, columns, self.n_companies, self.n_links)


@dataclass(frozen=True)
class Finding:
    """One line of the noise report: what was found, how often, what was done, and a few examples."""

    check: str
    table: str
    count: int
    message: str
    action: str
    column: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Noise:
    """Everything the cleaning found. ``set_aside`` is a Parquet file: table, row, reason, record (JSON)."""

    findings: tuple[Finding, ...]
    set_aside: Path
    n_set_aside: int


OUTCOMES = ("matched", "review", "unmatched")


@dataclass(frozen=True)
class Match:
    """A client list resolved against the register.

    ``table`` has one row a line of the list: the input's columns, then company_id, matched_name, probability,
    outcome (matched, review, unmatched), evidence. ``review`` has one row a candidate of each review line:
    line (1-based row of the list), the input's columns, candidate_rank, candidate_id, candidate_name, its places,
    probability, evidence, and an empty column ``accept`` for the user to fill in. ``dates`` is the name of the
    input column that says when the client was won, or empty.
    """

    table: pd.DataFrame
    review: pd.DataFrame
    date_column: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.table["outcome"]) - set(OUTCOMES)
        _require(not unknown, "Match", f"outcomes among {OUTCOMES}", sorted(unknown))
        accepted = self.table.loc[self.table["outcome"] == "matched", "company_id"]
        _require(bool(accepted.notna().all()), "Match", "a company_id on every matched line", "missing ids")

    def counts(self) -> dict[str, int]:
        found = self.table["outcome"].value_counts()
        return {outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES}


@dataclass(frozen=True)
class Edges:
    """A typed edge list: source and target int32 (E,), weight float32 (E,) or None for all ones.

    Multi-edges are allowed; indices are within the node types that the key in CompanyGraph.edges names.
    """

    source: Ints
    target: Ints
    weight: Floats | None = None

    def __post_init__(self) -> None:
        _require(len(self.source) == len(self.target), "Edges", "as many sources as targets",
                 (len(self.source), len(self.target)))  # fmt: skip
        if self.weight is not None:
            _require(len(self.weight) == len(self.source), "Edges", "a weight an edge", len(self.weight))
            _require(bool(np.isfinite(self.weight).all()), "Edges", "finite weights", "NaN or infinity")

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
        _require_indices("Ownership", "group", self.group, n)
        _require_indices("Ownership", "ultimate_parent", self.ultimate_parent, n)
        _require(len(self.ultimate_parent) == n and len(self.in_cycle) == n, "Ownership", f"{n} entries each",
                 (len(self.ultimate_parent), len(self.in_cycle)))  # fmt: skip
        _require(len(self.effective_low) == len(self.effective_high) == len(self.effective), "Ownership",
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
            _require_indices("CompanyGraph", f"sources of {relation}", edges.source, self.nodes[source])
            _require_indices("CompanyGraph", f"targets of {relation}", edges.target, self.nodes[target])
        for kind, keys in self.keys.items():
            _require(
                len(keys) == self.nodes[kind], "CompanyGraph", f"{self.nodes[kind]} keys of {kind}", len(keys)
            )
        _require(len(self.ownership.group) == self.n_companies, "CompanyGraph",
                 f"ownership of {self.n_companies} companies", len(self.ownership.group))  # fmt: skip

    @property
    def n_companies(self) -> int:
        return self.nodes["company"]


@dataclass(frozen=True)
class Cohort:
    """Who is a client, who must be left alone, over n companies.

    clients, suppressed: sorted unique company indices, disjoint. won: the day (datetime64[D]) each client was won,
    NaT where unknown, aligned with clients.
    """

    n_companies: int
    clients: Ints
    suppressed: Ints
    won: npt.NDArray[np.datetime64]

    def __post_init__(self) -> None:
        for name, values in (("clients", self.clients), ("suppressed", self.suppressed)):
            _require_indices("Cohort", name, values, self.n_companies)
            _require(bool((np.diff(values) > 0).all()), "Cohort", f"{name} sorted and unique", "duplicates")
        both = np.intersect1d(self.clients, self.suppressed)
        _require(not len(both), "Cohort", "clients and suppressed disjoint", f"{len(both)} in both")
        _require(len(self.won) == len(self.clients), "Cohort", "a date a client", len(self.won))

    def labels(self) -> Floats:
        """1 for clients, 0 for everyone else, shape (n,)."""
        y = np.zeros(self.n_companies, np.float32)
        y[self.clients] = 1
        return y

    def candidates(self) -> Flags:
        """True for the companies to score: neither client nor suppressed, shape (n,)."""
        mask = np.ones(self.n_companies, bool)
        mask[self.clients] = False
        mask[self.suppressed] = False
        return mask


@dataclass(frozen=True)
class Groups:
    """A relation in which a company is in at most one group, such as its city.

    code: the group of each company, int32 (n,), NONE for no group; count: how many groups there are; columns: the
    columns of the register it is made of, none for a relation that links tell.
    """

    name: str
    code: Ints
    count: int
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_indices("Groups", self.name, self.code, self.count, lowest=NONE)


@dataclass(frozen=True)
class Incidence:
    """A relation in which a company can be in many groups, such as the terms of its name: 0/1 CSR (n, groups)."""

    name: str
    matrix: sp.csr_matrix


@dataclass(frozen=True)
class Neighbours:
    """A relation that joins companies directly: symmetric CSR (n, n) of weights >= 0 with an empty diagonal."""

    name: str
    matrix: sp.csr_matrix

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        _require(rows == columns, "Neighbours", f"a square matrix for {self.name}", self.matrix.shape)


Relation = Groups | Incidence | Neighbours


@dataclass(frozen=True)
class Attributes:
    """What a model sees of n companies by themselves.

    numeric: float32 (n, d), NaN where missing; words: 0/1 CSR (n, w) of common words of the name.
    """

    numeric: Floats
    numeric_names: tuple[str, ...]
    words: sp.csr_matrix
    word_names: tuple[str, ...]

    def __post_init__(self) -> None:
        n, width = self.numeric.shape
        _require(width == len(self.numeric_names), "Attributes", "a name a number", width)
        _require(
            self.words.shape == (n, len(self.word_names)), "Attributes", "a name a word", self.words.shape
        )
        _require(not np.isinf(self.numeric).any(), "Attributes", "finite numbers", "infinities")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that ``rows`` gives."""
        return (*self.numeric_names, *(f"name has {word}" for word in self.word_names))

    def rows(self, rows: Ints) -> Floats:
        """The attributes of these companies, float32 (len(rows), len(names)), NaN where a number is missing."""
        return np.hstack([self.numeric[rows], self.words[rows].toarray()]).astype(np.float32)


@dataclass(frozen=True)
class Features:
    """What is known of n companies without looking at any label.

    structure: float32 (n, s) without NaN, what links add (degrees, neighbours' means of the numbers); relations: who
    is whose neighbour, from links and from columns.
    """

    attributes: Attributes
    structure: Floats
    structure_names: tuple[str, ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        _require(self.structure.shape == (self.n_companies, len(self.structure_names)), "Features",
                 f"structure of {self.n_companies} by {len(self.structure_names)}", self.structure.shape)  # fmt: skip
        _require(bool(np.isfinite(self.structure).all()), "Features", "finite structure", "NaN or infinity")

    @property
    def n_companies(self) -> int:
        return len(self.attributes.numeric)


@dataclass(frozen=True)
class Evaluation:
    """Held-out results.

    ``metrics``: one row a (split, ranker, metric) with value, low, high (95 % bootstrap interval).
    ``segments``: one row a (split, ranker, column, segment) with held_out, found and recall.
    ``verdict``: a sentence. ``prior``: share of clients-to-be among the unlabelled with its interval.
    """

    metrics: pd.DataFrame
    segments: pd.DataFrame
    verdict: str
    prior: tuple[float, float, float]
    notes: tuple[str, ...] = field(default=())


Json = dict[str, Any]

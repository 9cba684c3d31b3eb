"""The clients against the register."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.arrays import NONE, Ints, require, require_indices


@dataclass(frozen=True, kw_only=True)
class Lift:
    """How much more often one value (or band of values) of a column occurs among the clients than in the register.

    clients, companies: how many have it, clients counted in both; lift: the ratio of the two shares, with its 95 %
    interval low, high; p_value: two-sided, corrected for every value of every column that was tried. column and
    value are as a reader sees them: ("industry (2 digits)", "56"), ("employees", "20 to 49").
    """

    column: str
    value: str
    clients: int
    companies: int
    lift: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class ColumnLift:
    """How well one column of the register separates clients from others; a Profile has the strongest first.

    role: its Role; strength: bits per client that the column adds about being a client, beyond the other informative
    columns and above what chance would give; p_value: corrected for the columns tried; sentence: the
    finding in words; echo_of: the column with the same information, empty for one that adds its own.
    """

    column: str
    role: str
    strength: float
    p_value: float
    sentence: str
    echo_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A number of clients and register on one axis: shares by bin (edges has one more), densities over ``grid``.

    logarithmic: whether to draw the axis on a logarithmic scale; the values themselves are not logarithms.
    """

    column: str
    logarithmic: bool
    edges: tuple[float, ...]
    clients: tuple[float, ...]
    register: tuple[float, ...]
    grid: tuple[float, ...]
    clients_density: tuple[float, ...]
    register_density: tuple[float, ...]


OUTSIDE = "outside your usual clients"
"""The segment of a company that is in none, for a reader."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A group of companies by a rule, named after it: ``Landscaping Services in TX``.

    clients, companies: how many belong to it, clients counted in both; lift: how many times as frequent clients are in
    it as in the register; traits: the conditions of its rule, each alone, all true of every company in it.
    """

    name: str
    clients: int
    companies: int
    lift: float
    traits: tuple[Lift, ...]


@dataclass(frozen=True)
class Outlier:
    """A client unlike all the others, and why."""

    company_id: str
    name: str
    reason: str


@dataclass(frozen=True)
class Season:
    """When clients were won: counts by month ("2024-03"), the twelve months of the year pooled, and the pattern.

    p_value: of the hypothesis that the twelve differ by chance alone.
    """

    months: tuple[tuple[str, int], ...]
    by_month: tuple[int, ...]
    p_value: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The clients against the register.

    columns: those with information of their own, and lifts: the values that stand out, the strongest first; echoes:
    columns informative only through one of ``columns``; biases: sentences on what the list leans towards (place, size,
    age); notes: what could not be measured, and why; segment_of: int32 (n,), the segment of each company, NONE for
    one that no segment's rule holds for.
    """

    n_companies: int
    n_clients: int
    columns: tuple[ColumnLift, ...]
    lifts: tuple[Lift, ...]
    distributions: tuple[Distribution, ...]
    segments: tuple[Segment, ...]
    outliers: tuple[Outlier, ...]
    season: Season | None
    biases: tuple[str, ...]
    notes: tuple[str, ...]
    segment_of: Ints
    echoes: tuple[ColumnLift, ...] = ()

    def __post_init__(self) -> None:
        require(len(self.segment_of) == self.n_companies, "Profile", f"{self.n_companies} segments",
                len(self.segment_of))  # fmt: skip
        require_indices("Profile", "segment_of", self.segment_of, len(self.segments), lowest=NONE)

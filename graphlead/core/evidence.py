"""Why each lead is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from graphlead.core.arrays import Ints

REST = "everything else"
"""The theme of the contribution that sums up everything not named."""


@dataclass(frozen=True)
class Contribution:
    """How far one theme of inputs moved a score, in log-odds; theme: a group of inputs, or REST."""

    theme: str
    log_odds: float


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a company is a lead: companies that have something in common with it, many of them clients.

    theme: what they have in common; others: how many they are, without the company; clients: how many of them are
    clients; lift: the share of clients among them over that of the register; low: the lower 90 % bound of the lift.
    """

    text: str
    theme: str
    others: int
    clients: int
    lift: float
    low: float


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A path from a company to a client (an index): the relation, the number of links, and the path.

    relation: ownership, holder, person, address, link, or industry and place; way: in what way the client is near, such
    as "same address"; sentence: the same with names and shares; nodes: the path as (label, key) pairs of the graph;
    cypher and parameters: a query that returns it, on every store.
    """

    client: int
    relation: str
    steps: int
    way: str
    sentence: str
    nodes: tuple[tuple[str, str], ...]
    cypher: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class GroupTies:
    """The nearest client of m companies in the ownership groups of clients, by a chain of owners.

    client: int32 (m,), NONE where no chain is known; steps: int32 (m,), the links of the chain; sentence: (m,), null
    without a chain.
    """

    client: Ints
    steps: Ints
    sentence: pa.Array


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Why one company has the score it has.

    contributions: the strongest first, the rest summed up last; they add up to the log-odds of the score less those of
    ``typical``, the score of a typical company. reasons: the strongest first, often none; mixed: what the score goes by
    where there is no reason, in a sentence, else empty; size: how its size differs from the usual of the clients, empty
    where it does not. ties: the nearest client first; introduction: the nearest tie by which to ask for an
    introduction, and whom to ask, empty where there is none; counterfactual: what the rank would be without the
    strongest tie or theme, in a sentence, empty where there is none.
    """

    company: int
    contributions: tuple[Contribution, ...]
    reasons: tuple[Reason, ...]
    mixed: str
    size: str
    ties: tuple[Tie, ...]
    counterfactual: str
    introduction: str
    typical: float = 0.0

    @property
    def why(self) -> tuple[str, ...]:
        """What to read before a call: the reasons, else the tie to ask by, else what the score goes by."""
        found = tuple(reason.text for reason in self.reasons) or (self.introduction or self.mixed,)
        return tuple(text for text in (*found, self.size) if text)

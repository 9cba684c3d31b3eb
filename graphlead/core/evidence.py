"""Why each lead is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REST = "everything else"
"""The source of the reason that sums up everything not named."""


@dataclass(frozen=True)
class Reason:
    """One contribution to a score: in words with numbers, and in log-odds of the calibrated score.

    source: the group of features it stands for, or REST.
    """

    text: str
    contribution: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A path from a company to a client (an index): the relation, the number of links, and the path.

    relation: ownership, holder, person, address, link, or industry and place; sentence: the path in words; nodes:
    the path as (label, key) pairs of the graph; cypher and parameters: a query that returns it, on every store.
    """

    client: int
    relation: str
    steps: int
    sentence: str
    nodes: tuple[tuple[str, str], ...]
    cypher: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Why one company has the score it has.

    reasons: the strongest first, the rest summed up last, so that the contributions add up to the log-odds of
    the score less those of ``typical``, the score of a typical company; ties: the nearest client first;
    counterfactual: what the rank would be without the strongest tie or reason, in a sentence, empty where there is
    none; introduction: through whom to ask for an introduction, empty where nobody is known.
    """

    company: int
    reasons: tuple[Reason, ...]
    ties: tuple[Tie, ...]
    counterfactual: str
    introduction: str
    typical: float = 0.0

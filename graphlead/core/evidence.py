"""Why each lead is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REST = "everything else"
"""The source of the reason that stands for all that is not named."""


@dataclass(frozen=True)
class Reason:
    """One thing that moved a score: in words with numbers, and by how much in log-odds of the calibrated score.

    source: the group of features it stands for, or REST.
    """

    text: str
    contribution: float
    source: str


@dataclass(frozen=True)
class Tie:
    """How a company is joined to a client (an index): through what, in how many links, and the way.

    relation: ownership, holder, person, address, link, or industry and place; sentence: the way in words; nodes: the
    way as (label, key) pairs of the graph; cypher and parameters: the query that shows it, true on every store.
    """

    client: int
    relation: str
    steps: int
    sentence: str
    nodes: tuple[tuple[str, str], ...]
    cypher: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Evidence:
    """Why one company has the score it has.

    reasons: the strongest first, and what is left together last, so that the contributions add up to the log-odds of
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

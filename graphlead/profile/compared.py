"""The columns by which clients are compared with each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphlead.core.register import PLACES, Role
from graphlead.profile.groups import AMOUNTS
from graphlead.profile.significance import log_evidence
from graphlead.profile.survey import Topic

MOST_COMPARED = 8
"""Columns compared at most, a choice: with more, more and more clients are odd in one of them."""
MOST_MISSING = 0.5
"""The share of missing values from which a column does not stand in."""


def compared_columns(topics: Sequence[Topic], own: Sequence[Topic]) -> list[Topic]:
    """The distinguishing columns ``own``, then an industry, a place and a number where they lack one.

    At most one place and one industry column: the others of their kind repeat it.
    """
    spare = sorted((topic for topic in topics if _may_stand_in(topic)), key=lambda topic: -_evidence(topic))
    if any(topic.column.role in AMOUNTS for topic in own):
        spare = [topic for topic in spare if topic.column.role not in AMOUNTS]
    amounts = [topic for topic in spare if topic.column.role in AMOUNTS]
    chosen: list[Topic] = []
    taken = {topic.column.name for topic in amounts[1:]}
    for topic in (*own, *spare):
        kind = _kind(topic)
        if kind not in taken:
            chosen.append(topic)
            taken.add(kind)
    return chosen[:MOST_COMPARED]


def _kind(topic: Topic) -> str:
    role = topic.column.role
    if role in PLACES:
        return "place"
    if role is Role.INDUSTRY:
        return "industry"
    return topic.column.name


def _may_stand_in(topic: Topic) -> bool:
    if topic.column.missing >= MOST_MISSING:
        return False
    return topic.column.role in (Role.INDUSTRY, Role.REGION, Role.COUNTRY, Role.NUMBER)


def _evidence(topic: Topic) -> float:
    """The evidence (nats) of the column's strongest grouping."""
    return max(
        log_evidence(level.clients.astype(np.float64), level.companies.astype(np.float64))[0]
        for level in topic.levels
    )

"""Facets, the columns by which clients are compared with each other, each at its strongest grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphlead.core.register import PLACES, Role
from graphlead.profile.groups import AMOUNTS
from graphlead.profile.significance import log_evidence
from graphlead.profile.survey import Surveyed, Topic

MOST_FACETS = 8
"""Columns compared at most: further ones mostly add noise to the segments."""
MOST_MISSING = 0.5
"""The share of missing values from which a column does not stand in."""


@dataclass(frozen=True)
class Facet:
    """A column and the index of the grouping to compare by."""

    topic: Topic
    index: int

    @property
    def level(self) -> Surveyed:
        return self.topic.levels[self.index]


def choose_facets(topics: Sequence[Topic], own: Sequence[Topic]) -> list[Facet]:
    """The distinguishing columns ``own``, then an industry, a place and a number where they lack one.

    At most one place and one industry column: the others of their kind repeat it.
    """
    spare = [Facet(topic, _strongest(topic)) for topic in topics if _may_stand_in(topic)]
    spare.sort(key=lambda facet: -_evidence(facet.level))
    if any(topic.column.role in AMOUNTS for topic in own):
        spare = [facet for facet in spare if facet.topic.column.role not in AMOUNTS]
    amounts = [facet for facet in spare if facet.topic.column.role in AMOUNTS]
    chosen: list[Facet] = []
    taken = {facet.topic.column.name for facet in amounts[1:]}
    for facet in (*(Facet(topic, _strongest(topic)) for topic in own), *spare):
        kind = _kind(facet.topic)
        if kind not in taken:
            chosen.append(facet)
            taken.add(kind)
    return chosen[:MOST_FACETS]


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


def _strongest(topic: Topic) -> int:
    return int(np.argmax([_evidence(level) for level in topic.levels]))


def _evidence(level: Surveyed) -> float:
    return log_evidence(level.clients.astype(np.float64), level.companies.astype(np.float64))[0]

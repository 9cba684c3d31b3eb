"""The nearest clients of companies, each with the way to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np

from graphlead.core.arrays import Ints
from graphlead.core.clients import Cohort
from graphlead.core.evidence import Tie
from graphlead.core.graph import OWNS, CompanyGraph
from graphlead.core.register import Register
from graphlead.explain.facts import Names
from graphlead.explain.ties.alike import alike, same_address
from graphlead.explain.ties.grouped import grouped
from graphlead.explain.ties.linked import effective, linked
from graphlead.explain.ties.paths import ClientPath, nearest, preference
from graphlead.explain.ties.sentences import TieWriter
from graphlead.explain.ties.shares import Shares, Stakes

_NOTHING = np.zeros(0, np.int32)
NO_STAKES = Stakes(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING > 0)


def ways_to_clients(
    register: Register, graph: CompanyGraph, cohort: Cohort, companies: Ints
) -> list[tuple[ClientPath, ...]]:
    """Up to three different clients near each of ``companies`` (m,), none of them a client, the nearest first.

    Near by a link or an owner, holder, person or company in common, then within the ownership group, by effective
    ownership, by address, and last by industry and place.
    """
    preferred = preference(cohort)
    found = chain(
        linked(graph, cohort, companies, preferred),
        grouped(graph, cohort, companies),
        effective(graph, cohort, companies, preferred),
        same_address(register, cohort, companies, preferred),
        alike(graph, cohort, companies, preferred),
    )
    return nearest(list(found), len(companies))


def ways_in_group(graph: CompanyGraph, cohort: Cohort, companies: Ints) -> list[ClientPath | None]:
    """The shortest way of ownership links from each of ``companies`` (m,) to a client of its group, None for none."""
    paths = dict(grouped(graph, cohort, companies))
    return [paths.get(i) for i in range(len(companies))]


def tie_writer(
    register: Register, graph: CompanyGraph, paths: Sequence[ClientPath], stakes: Callable[[], Stakes]
) -> TieWriter:
    """Who tells these ways; ``stakes`` is asked only when a way goes along ownership."""
    wanted: dict[str, list[int]] = {}
    for label, node in {node for path in paths for node in path.nodes}:
        wanted.setdefault(label, []).append(node)
    nodes = {label: np.array(each, np.int32) for label, each in wanted.items()}
    owned = any(leg.relation == OWNS for path in paths for leg in path.legs)
    shares = Shares(graph, stakes() if owned else NO_STAKES, paths)
    return TieWriter(Names(register, graph.keys, nodes), shares)


def ties_in_group(
    register: Register, graph: CompanyGraph, cohort: Cohort, companies: Ints, stakes: Callable[[], Stakes]
) -> list[Tie | None]:
    """For companies (m,) in the ownership group of a client: the nearest client, and the ownership path as a sentence.

    None where no chain of links is known.
    """
    paths = ways_in_group(graph, cohort, companies)
    writer = tie_writer(register, graph, [path for path in paths if path], stakes)
    return [writer.tie(path) if path else None for path in paths]

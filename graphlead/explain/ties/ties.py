"""The nearest clients of companies, each with the path to it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from graphlead.core.arrays import Ints
from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.explain.facts import Names
from graphlead.explain.ties.alike import alike, same_address
from graphlead.explain.ties.grouped import grouped
from graphlead.explain.ties.linked import effective, linked
from graphlead.explain.ties.paths import ClientPath, nearest, preference
from graphlead.explain.ties.sentences import TieWriter
from graphlead.explain.ties.shares import Shares, StakesIn


def paths_to_clients(
    register: Register, graph: CompanyGraph, cohort: Cohort, companies: Ints
) -> list[tuple[ClientPath, ...]]:
    """Paths to up to MOST_TIES clients near each of ``companies`` (m,), none of them a client, the nearest first.

    Near is a link or an owner, holder, person or company in common, then the ownership group, effective ownership,
    the address, and last industry and place.
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


def tie_writer(
    register: Register, graph: CompanyGraph, paths: Sequence[ClientPath], stakes: StakesIn
) -> TieWriter:
    """A writer for these paths; ``stakes`` is called only when one of them has an ownership link."""
    wanted: dict[str, list[int]] = {}
    for label, node in {node for path in paths for node in path.nodes}:
        wanted.setdefault(label, []).append(node)
    nodes = {label: np.array(each, np.int32) for label, each in wanted.items()}
    return TieWriter(Names(register, graph.keys, nodes), Shares(graph, stakes, paths))

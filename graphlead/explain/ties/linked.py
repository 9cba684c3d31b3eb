"""Clients one or two links away: joined directly, or through a holder, a person or a company in common."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.clients import Cohort
from graphlead.core.graph import OWNS, CompanyGraph
from graphlead.explain.ties.paths import (
    EFFECTIVE,
    HUB,
    MOST_TIES,
    ClientPath,
    Found,
    Leg,
    Numbering,
    Tier,
    Touching,
    first_of_each,
    joined,
    touching,
)


def linked(graph: CompanyGraph, cohort: Cohort, companies: Ints, preferred: Ints) -> Iterator[Found]:
    """Paths of one or two links to clients, a few for each of ``companies`` (m,), none of them a client.

    preferred (n,): of equally near clients the one with the lowest rank is named, see ``paths.preference``.
    """
    numbering = Numbering.of(graph)
    wanted = np.zeros(numbering.size, bool)
    wanted[companies] = True
    is_client = np.zeros(numbering.size, bool)
    is_client[cohort.clients] = True
    place = np.zeros(numbering.size, np.int32)
    place[companies] = np.arange(len(companies))
    near = touching(graph, numbering, wanted)
    yield from _direct(near.take(is_client[near.other]), place, preferred)
    yield from _through(graph, numbering, near.take(~is_client[near.other]), place, is_client, preferred)


def _direct(edges: Touching, place: Ints, preferred: Ints) -> Iterator[Found]:
    owning = edges.relation == _number(edges, OWNS)
    for row in first_of_each((place[edges.end], ~owning, preferred[edges.other]), MOST_TIES):
        leg, client = edges.leg(row), int(edges.other[row])
        nodes = (("company", int(edges.end[row])), ("company", client))
        yield (
            int(place[edges.end[row]]),
            ClientPath(client=client, relation=_relation(leg), tier=Tier.LINKED, nodes=nodes, legs=(leg,)),
        )


def _number(edges: Touching, relation: str) -> int:
    return edges.relations.index(relation) if relation in edges.relations else -1


def _relation(leg: Leg) -> str:
    if leg.relation == OWNS:
        return "ownership"
    return "address" if "address" in leg.relation.lower() else "link"


def _through(
    graph: CompanyGraph, numbering: Numbering, near: Touching, place: Ints, is_client: Flags, preferred: Ints
) -> Iterator[Found]:
    middle = np.zeros(numbering.size, bool)
    middle[near.other] = True
    far = touching(graph, numbering, middle)
    joins = np.bincount(far.end, minlength=numbering.size)
    far = far.take(is_client[far.other])
    far = far.take(
        first_of_each((far.end, far.relation != _number(far, OWNS), preferred[far.other]), MOST_TIES)
    )
    one, two = joined(near.other, far.end)
    for row in _best(near, far, one, two, joins, place, preferred):
        a, b = int(one[row]), int(two[row])
        via = numbering.node(int(near.other[a]))
        legs = (near.leg(a), far.leg(b))
        tier = Tier.HUB if joins[near.other[a]] > HUB else Tier.LINKED
        client = int(far.other[b])
        nodes = (("company", int(near.end[a])), via, ("company", client))
        yield (
            int(place[near.end[a]]),
            ClientPath(
                client=client, relation=_relation_through(via[0], legs), tier=tier, nodes=nodes, legs=legs
            ),
        )


def _best(
    near: Touching, far: Touching, one: Longs, two: Longs, joins: Longs, place: Ints, preferred: Ints
) -> Longs:
    """The best few pairs of edges per company: through owners first, then through those with the fewest companies."""
    owns = _number(near, OWNS)
    owning = (near.relation[one] == owns).astype(np.int8) + (far.relation[two] == owns)
    hub = joins[near.other[one]] > HUB
    keys = (place[near.end[one]], hub, -owning, joins[near.other[one]], preferred[far.other[two]])
    return first_of_each(keys, 2 * MOST_TIES)


def _relation_through(label: str, legs: tuple[Leg, Leg]) -> str:
    if label in ("holder", "person"):
        return label
    if all(leg.relation == OWNS for leg in legs):
        return "ownership"
    return "address" if all("address" in leg.relation.lower() for leg in legs) else "link"


def effective(graph: CompanyGraph, cohort: Cohort, companies: Ints, preferred: Ints) -> Iterator[Found]:
    """Clients that effectively own a part of ``companies`` (m,) or are owned in part by them, at any distance."""
    pairs = graph.ownership.effective
    is_client = np.zeros(graph.n_companies, bool)
    is_client[cohort.clients] = True
    place = np.full(graph.n_companies, -1, np.int32)
    place[companies] = np.arange(len(companies))
    for end, other, along in ((pairs.source, pairs.target, True), (pairs.target, pairs.source, False)):
        rows = np.flatnonzero((place[end] >= 0) & is_client[other])
        for row in rows[first_of_each((place[end[rows]], preferred[other[rows]]), MOST_TIES)]:
            client = int(other[row])
            nodes = (("company", int(end[row])), ("company", client))
            yield (
                int(place[end[row]]),
                ClientPath(
                    client=client,
                    relation="ownership",
                    tier=Tier.LINKED,
                    nodes=nodes,
                    legs=(Leg(EFFECTIVE, along),),
                ),
            )

"""Homophily: whether clients are tied to other clients more often than by chance (group, owner, director, link)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.special import gammainc

from graphlead.common.codes import distinct_keys
from graphlead.core.arrays import Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph, LinkKind
from graphlead.core.profile import Lift
from graphlead.profile.lifts import lift_of
from graphlead.profile.significance import log_evidence

OUTSIDE = ("holder", "person")
BY, GROUP = "tied to another client by", "ownership group"
"""The column of lifts of ties, and the value of one of them."""

Nodes = Longs


def client_ties(graph: CompanyGraph, cohort: Cohort) -> list[Lift]:
    """For each kind of tie, the lift of having a client at its other end: clients against all companies.

    p_value: with clients drawn at random, of at least this number of ties that join clients (Poisson), and of clients
    this concentrated in some ties (Gamma-Poisson); twice the smaller for the two tests, and not yet corrected for the
    kinds. The interval counts ties, not companies: two clients of one group are one observation.
    """
    return [
        lift for name, companies, nodes in _ties(graph)
        if (lift := _tied(name, companies, nodes, cohort)) is not None
    ]  # fmt: skip


def _ties(graph: CompanyGraph) -> Iterator[tuple[str, Ints, Nodes]]:
    """The name of each tie, and pairs of a company and the node that ties it: a group, an owner or director, a link."""
    group = graph.ownership.group
    together = np.flatnonzero(np.bincount(group, minlength=graph.n_companies)[group] > 1).astype(np.int32)
    yield GROUP, together, group[together].astype(np.int64)
    outside = [
        (kind, edges) for (kind, _, to), edges in graph.edges.items() if kind in OUTSIDE and to == "company"
    ]
    if outside:
        offset = {"holder": 0, "person": graph.nodes.get("holder", 0)}
        companies = np.concatenate([edges.target for _, edges in outside])
        nodes = np.concatenate([edges.source.astype(np.int64) + offset[kind] for kind, edges in outside])
        yield "owner or director", *_distinct(companies, nodes)
    for (source, kind, to), edges in graph.edges.items():
        link = LinkKind.of(kind)
        if (source, to) == ("company", "company") and link:
            apart = edges.source != edges.target
            ends = edges.source[apart], edges.target[apart]
            low, high = np.minimum(*ends), np.maximum(*ends)
            pairs = distinct_keys(low.astype(np.int64) << 32 | high)
            both = np.concatenate([pairs >> 32, pairs & 0xFFFFFFFF]).astype(np.int32)
            yield link.title(), both, np.tile(np.arange(len(pairs)), 2)


def _distinct(companies: Ints, nodes: Nodes) -> tuple[Ints, Nodes]:
    pairs = distinct_keys(nodes << 32 | companies)
    return (pairs & 0xFFFFFFFF).astype(np.int32), pairs >> 32


def _tied(name: str, companies: Ints, nodes: Nodes, cohort: Cohort) -> Lift | None:
    client = cohort.labels() > 0
    size = np.bincount(nodes)
    inside = np.bincount(nodes, client[companies], len(size)).astype(np.int64)
    beside = np.zeros(cohort.n_companies, bool)
    beside[companies[inside[nodes] - client[companies] > 0]] = True
    k, total = int((beside & client).sum()), int(beside.sum())
    joined = int(np.count_nonzero(inside > 1))
    if not joined:
        return None
    observations = min(joined, k)
    lift = lift_of(
        BY,
        name,
        (observations, max(observations, round(len(cohort.clients) * observations / k))),
        (total, cohort.n_companies),
        _p_value(
            inside[size > 1], size[size > 1].astype(np.float64), len(cohort.clients) / cohort.n_companies
        ),
    )
    return replace(lift, clients=k, lift=k / len(cohort.clients) / (total / cohort.n_companies))


def _p_value(clients: Nodes, size: Reals, share: float) -> float:
    joined = float((1 - (1 - share) ** size - size * share * (1 - share) ** (size - 1)).sum())
    found = np.count_nonzero(clients > 1)
    # The Poisson tail; scipy.stats has it by name, but takes a second to import.
    pairs = float(gammainc(found, joined)) if found else 1.0
    crowded, _ = log_evidence(clients.astype(np.float64), size * share)
    return min(1.0, 2 * min(pairs, math.exp(-crowded) if crowded > 0 else 1.0))

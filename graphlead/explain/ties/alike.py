"""Clients with the same address or postcode, or of the same industry in the same place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph, EdgeType, place_levels
from graphlead.core.register import Register, Role
from graphlead.explain.ties.paths import HUB, MOST_TIES, ClientPath, Found, Tier, first_of_each, joined


def same_address(register: Register, cohort: Cohort, companies: Ints, preferred: Ints) -> Iterator[Found]:
    """Clients at the address of ``companies`` (m,) in the same city, then those with the same postcode.

    An address of more than HUB companies is a formation agent's and counts no more than a postcode.
    """
    cities, countries = register.names_of(Role.CITY)[:1], register.names_of(Role.COUNTRY)[:1]
    for role, wider, tier in (
        (Role.ADDRESS, cities, Tier.ADDRESS),
        (Role.POSTCODE, countries, Tier.POSTCODE),
    ):
        for column in register.names_of(role)[:1]:
            yield from _same(register, (column, *wider), tier, cohort, companies, preferred)


def _same(
    register: Register, columns: tuple[str, ...], tier: Tier, cohort: Cohort, companies: Ints, preferred: Ints
) -> Iterator[Found]:
    everybody = np.concatenate([companies, cohort.clients])
    read = [register.read(column).column(0) for column in columns]
    values = pd.DataFrame({i: column.take(pa.array(everybody)).to_pandas() for i, column in enumerate(read)})
    m = len(companies)
    complete = np.flatnonzero(values.notna().all(axis=1)).astype(np.int64)
    mine, theirs = complete[complete < m], complete[complete >= m] - m
    alike = values.iloc[complete].groupby(list(values.columns), sort=False).ngroup()
    code = np.asarray(alike, np.int64)
    crowded = _crowded(read[0], values[0].iloc[mine]) if tier is Tier.ADDRESS else np.zeros(len(mine), bool)
    one, two = _pairs(code[: len(mine)], code[len(mine) :], preferred[cohort.clients[theirs]])
    for i, j in zip(one, two, strict=True):
        lead, client = int(mine[i]), int(cohort.clients[theirs[j]])
        nodes = (("company", int(companies[lead])), ("company", client))
        yield (
            lead,
            ClientPath(
                client=client,
                relation="address",
                tier=Tier.POSTCODE if crowded[i] else tier,
                nodes=nodes,
                columns=columns,
            ),
        )


def _crowded(column: pa.ChunkedArray, values: pd.Series) -> Flags:
    """Flags: the values that more than HUB companies have."""
    wanted = pa.array(values.unique(), column.type)
    counts = pc.value_counts(column.filter(pc.is_in(column, wanted)))
    often = {each["values"] for each in counts.to_pylist() if each["counts"] > HUB}
    return values.isin(list(often)).to_numpy()


def _pairs(mine: Longs, theirs: Longs, preferred: Ints) -> tuple[Longs, Longs]:
    """Positions with equal codes; for each code at most MOST_TIES of ``theirs``, the preferred ones."""
    kept = first_of_each((theirs, preferred), MOST_TIES)
    one, two = joined(mine, theirs[kept])
    return one, kept[two]


def alike(graph: CompanyGraph, cohort: Cohort, companies: Ints, preferred: Ints) -> Iterator[Found]:
    """Clients of the finest industry of ``companies`` (m,) in their finest place, then in the next wider place."""
    industry, place = ("company", "in_industry", "industry"), ("company", "located_in", "place")
    if industry not in graph.edges or place not in graph.edges:
        return
    everybody = np.concatenate([companies, cohort.clients])
    trades, places = _of(graph, industry, everybody), _of(graph, place, everybody)
    m = len(companies)
    for tier in (Tier.ALIKE, Tier.ALIKE_WIDER):
        who, key = _crossed(trades, places, graph.nodes["place"])
        mine, theirs = np.flatnonzero(who < m), np.flatnonzero(who >= m)
        one, two = _pairs(key[mine], key[theirs], preferred[everybody[who[theirs]]])
        chosen = first_of_each((who[mine[one]], preferred[everybody[who[theirs[two]]]]), MOST_TIES)
        for i, j in zip(mine[one[chosen]], theirs[two[chosen]], strict=True):
            lead, client = int(who[i]), int(everybody[who[j]])
            trade, where = divmod(int(key[i]), graph.nodes["place"])
            nodes = (
                ("company", int(companies[lead])),
                ("industry", trade),
                ("place", where),
                ("company", client),
            )
            yield lead, ClientPath(client=client, relation="industry and place", tier=tier, nodes=nodes)
        places = _wider(graph, places)


Membership = tuple[Longs, Longs]
"""Positions among the companies asked for, and the nodes they belong to."""


def _of(graph: CompanyGraph, kind: EdgeType, everybody: Ints) -> Membership:
    """The nodes that these companies, each there once, belong to."""
    edges = graph.edges[kind]
    position = np.full(graph.n_companies, -1, np.int64)
    position[everybody] = np.arange(len(everybody))
    rows = np.flatnonzero(position[edges.source] >= 0)
    return position[edges.source[rows]], edges.target[rows].astype(np.int64)


def _crossed(trades: Membership, places: Membership, n_places: int) -> tuple[Longs, Longs]:
    one, two = joined(trades[0], places[0])
    return trades[0][one], trades[1][one] * n_places + places[1][two]


def _wider(graph: CompanyGraph, places: Membership) -> Membership:
    """The next wider place of each, countries left out: companies of one industry in a country are not near."""
    wider = np.full(graph.nodes["place"], -1, np.int64)
    edges = graph.edges.get(("place", "part_of", "place"))
    if edges is not None:
        wider[edges.source] = edges.target
    wider[_countries(graph)[wider] & (wider >= 0)] = -1
    up = wider[places[1]]
    return places[0][up >= 0], up[up >= 0]


def _countries(graph: CompanyGraph) -> Flags:
    found = pc.equal(place_levels(graph.keys["place"]), Role.COUNTRY.value)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)

"""Segments of clients, named by what sets them apart, and every company's nearest segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort
from graphlead.core.profile import Segment
from graphlead.core.register import Register
from graphlead.profile.groups import read_columns
from graphlead.profile.segments.facets import Facet
from graphlead.profile.segments.mixture import Classes, find_classes, prior_of
from graphlead.profile.segments.mixture import Facet as Values
from graphlead.profile.segments.titles import Titles
from graphlead.profile.segments.traits import Phrase, Trait, traits_of
from graphlead.profile.survey import Sample

FEWEST, LEAST_SHARE = 8, 0.04
"""The least number and the least share of clients in a segment: a smaller one is no use to a campaign."""

MOST_FITTED = 2000
"""Clients that segments are learned from, to bound the time of EM; all companies are then assigned."""

MOST_COMPANIES_AT_ONCE = 1_000_000
"""Companies assigned at once, to bound memory."""


def find_segments(
    register: Register, cohort: Cohort, sample: Sample, facets: Sequence[Facet], titles: Titles, seed: int
) -> tuple[tuple[Segment, ...], Ints]:
    """The segments, the largest first, and the segment that each company (n,) is most like.

    NONE for companies without a value in any of the facets.
    """
    if not facets or not len(cohort.clients):
        everyone = np.zeros(cohort.n_companies, np.int32)
        return (Segment("all clients", len(cohort.clients), ()),), everyone
    classes = _learn(facets, sample, seed)
    assigned = _assign(register, facets, classes, cohort.n_companies)
    mine = assigned[cohort.clients]
    sizes = np.bincount(mine[mine != NONE], minlength=len(classes.shares))
    order = [int(k) for k in np.argsort(-sizes, kind="stable") if sizes[k]] or [0]
    rank = np.full(len(sizes) + 1, NONE, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    segment_of = rank[assigned]
    of_sample = np.where(sample.client, segment_of[sample.rows], NONE)
    found = [
        traits_of(facets, of_sample == k, sample.client & (of_sample != k), sample, titles)
        for k in range(len(order))
    ]
    names = _distinct([_name(traits) for traits in found])
    segments = tuple(
        Segment(name, int(sizes[k]), tuple(trait.lift for trait in traits))
        for name, k, traits in zip(names, order, found, strict=True)
    )
    return segments, segment_of


def _learn(facets: Sequence[Facet], sample: Sample, seed: int) -> Classes:
    clients = np.flatnonzero(sample.client)
    if len(clients) > MOST_FITTED:
        clients = np.sort(np.random.default_rng(seed).choice(clients, MOST_FITTED, replace=False))
    values = [
        Values(
            facet.level.codes[clients],
            prior_of(facet.level.clients.astype(float), facet.level.companies.astype(float)),
            facet.level.companies / facet.level.companies.sum(),
        )
        for facet in facets
    ]
    return find_classes(values, max(FEWEST, round(LEAST_SHARE * len(clients))), seed)


def _assign(register: Register, facets: Sequence[Facet], classes: Classes, n: int) -> Ints:
    """The likeliest class of every company (n,), NONE without a known value; the columns are read one by one."""
    by_name = {facet.topic.column.name: index for index, facet in enumerate(facets)}
    likelihood = np.tile(classes.shares.astype(np.float32), (n, 1))
    known = np.zeros(n, bool)
    for read in read_columns(register, by_name.keys()):
        index = by_name[read.column.name]
        codes = read.groupings[facets[index].index].codes
        chances = np.vstack([classes.chances[index].T, np.zeros(len(classes.shares))]).astype(np.float32)
        for start in range(0, n, MOST_COMPANIES_AT_ONCE):
            part = slice(start, start + MOST_COMPANIES_AT_ONCE)
            likelihood[part] += chances[codes[part]]
        known |= codes != NONE
    return np.where(known, likelihood.argmax(axis=1), NONE).astype(np.int32)


def _name(traits: Sequence[Trait]) -> str:
    """The traits that set the segment apart as one phrase, industry and place first."""
    strongest = sorted(traits, key=lambda trait: -trait.apart)[:3]
    first, *rest = [trait.phrase for trait in traits if trait in strongest] or [Phrase("")]
    return first.text + "".join(f"{' ' if each.prepositional else ', '}{each.text}" for each in rest)


def _distinct(names: list[str]) -> list[str]:
    if len(names) == 1:
        return [names[0] or "all clients"]
    filled = [name or "the other clients" for name in names]
    return [
        name if filled.count(name) == 1 else f"{name} ({filled[: place + 1].count(name)})"
        for place, name in enumerate(filled)
    ]

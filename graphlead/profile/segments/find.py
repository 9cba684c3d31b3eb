"""Segments of clients and the segment of every company: each is a rule that holds for all of its companies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from graphlead.core.arrays import NONE, Flags, Ints, Reals
from graphlead.core.clients import Cohort
from graphlead.core.profile import Lift, Segment
from graphlead.core.register import PLACES, Register, Role
from graphlead.profile.groups import read_columns
from graphlead.profile.lifts import compare, fisher
from graphlead.profile.segments.cover import Counts, choose_rules
from graphlead.profile.segments.names import segment_names
from graphlead.profile.segments.rules import Condition, Rule, candidate_rules, holds_in_sample
from graphlead.profile.survey import Sample, Topic, tally
from graphlead.profile.titles import LevelTitles, with_titles

TRADE_AND_PLACE = (Role.INDUSTRY, *PLACES)
FEWEST, LEAST_SHARE = 8, 0.04
"""The least number and the least share of clients in a segment: a smaller one is no use to a campaign."""


def find_segments(
    register: Register,
    cohort: Cohort,
    sample: Sample,
    topics: Sequence[Topic],
    distinguishing: Sequence[Topic],
    titles: LevelTitles,
) -> tuple[tuple[Segment, ...], Ints]:
    """The segments, the one with the most clients first, and the segment of each company, int32 (n,).

    A company belongs to a segment only if its rule holds for it, and where several hold, to the one with the highest
    lift; to NONE where none holds. Rules are of trades, places, and those other columns that are ``distinguishing``;
    they are chosen on the sample and counted on all companies.
    """
    usable = [topic for topic in topics if topic.column.role in TRADE_AND_PLACE or topic in distinguishing]
    rules = _chosen(sample, usable)
    holds = _holds(register, rules, cohort.n_companies)
    kept, first = _strong_ones(holds, cohort)
    clients, companies = _sizes(first, cohort, len(kept))
    order = np.argsort(-clients, kind="stable")
    place = np.empty(len(kept) + 1, np.int32)
    place[order], place[-1] = np.arange(len(kept)), NONE
    lifts = Counts(clients, companies).lift(_total(cohort))
    names = segment_names([rules[i] for i in kept], titles)
    segments = tuple(
        Segment(
            name=names[k],
            clients=int(clients[k]),
            companies=int(companies[k]),
            lift=float(lifts[k]),
            traits=tuple(with_titles([_trait(each) for each in rules[kept[k]]], titles)),
        )
        for k in order.tolist()
    )
    return segments, place[first]


def segment_notes(segments: Sequence[Segment], n_clients: int) -> list[str]:
    """A sentence where there are no segments, or where they leave many clients out."""
    if n_clients < FEWEST:
        return [f"No segments: a segment has at least {FEWEST} clients."]
    if not segments:
        return [
            "No segments: no trade, place or other value is at least twice as frequent among enough clients."
        ]
    inside = sum(segment.clients for segment in segments)
    if inside < n_clients:
        return [
            f"{inside / n_clients:.0%} of the clients are in a segment; the others are in none that is large enough."
        ]
    return []


def _chosen(sample: Sample, topics: Sequence[Topic]) -> list[Rule]:
    """The rules chosen on the sample, in the order in which they apply."""
    least = least_clients(int(sample.client.sum()))
    rules, rows = list[Rule](), list[Ints]()
    total = Counts(np.array(float(sample.client.sum())), np.array(float(sample.weight.sum())))
    candidates = candidate_rules(topics, sample, least)
    for rule in candidates:
        holds = holds_in_sample(rule)
        counts = Counts(np.array(float(sample.client[holds].sum())), np.array(sample.weight[holds].sum()))
        if counts.strong(total, least):
            rules.append(rule)
            rows.append(np.flatnonzero(holds).astype(np.int32))
    if not rules:
        return []
    ends = np.cumsum([0, *map(len, rows)])
    inside = np.concatenate(rows)
    table = csr_array((np.ones(len(inside)), inside, ends), shape=(len(rules), len(sample.rows)))
    return [
        rules[i]
        for i in choose_rules(table, sample.client, sample.weight, least=least, tried=len(candidates))
    ]


def least_clients(n_clients: int) -> int:
    """The clients that a segment has at least, of so many."""
    return max(FEWEST, math.ceil(LEAST_SHARE * n_clients))


def _holds(register: Register, rules: Sequence[Rule], n: int) -> Flags:
    """Whether each rule holds for each company (rules, n); the columns are read one by one."""
    holds = np.ones((len(rules), n), bool)
    conditions = [(row, each) for row, rule in enumerate(rules) for each in rule]
    for read in read_columns(register, {each.topic.column.name for _, each in conditions}):
        for row, each in conditions:
            if each.topic.column.name == read.column.name:
                holds[row] &= read.groupings[each.index].codes == each.group
    return holds


def _strong_ones(holds: Flags, cohort: Cohort) -> tuple[list[int], Ints]:
    """The rules that make a segment of all companies too, and for each company the place among these, NONE for none.

    On a sample a rule may have looked stronger than it is; its companies then fall to the next one that holds.
    """
    kept = list(range(len(holds)))
    while True:
        first = np.full(holds.shape[1], NONE, np.int32)
        for place in reversed(range(len(kept))):
            first[holds[kept[place]]] = place
        counts = Counts(*_sizes(first, cohort, len(kept)))
        weak = np.flatnonzero(~counts.strong(_total(cohort), least_clients(len(cohort.clients))))
        if not len(weak):
            return kept, first
        del kept[int(weak[-1])]


def _sizes(first: Ints, cohort: Cohort, count: int) -> tuple[Reals, Reals]:
    """The clients and the companies of each of ``count`` segments, as float64."""
    return tally(first[cohort.clients], count).astype(float), tally(first, count).astype(float)


def _total(cohort: Cohort) -> Counts:
    return Counts(np.array(float(len(cohort.clients))), np.array(float(cohort.n_companies)))


def _trait(condition: Condition) -> Lift:
    """A condition alone, as what sets the companies for which it holds apart from the register."""
    level = condition.level
    clients, companies = (level.clients[[condition.group]], level.companies[[condition.group]])
    p_value = fisher(clients, int(level.clients.sum()), companies, int(level.companies.sum()))
    return compare(level, [condition.group], p_value)[0]

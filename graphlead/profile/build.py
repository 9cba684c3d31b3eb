"""The story of a profile: count, test, rank, draw, group, and say it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.graph import CompanyGraph
from graphlead.core.profile import Distribution, Lift, Profile
from graphlead.core.register import Register, Role
from graphlead.profile.columns import Search, Telling
from graphlead.profile.distributions import distribution
from graphlead.profile.homophily import client_ties
from graphlead.profile.lifts import lifts_of
from graphlead.profile.outliers import find_outliers
from graphlead.profile.seasons import season_of
from graphlead.profile.segments.facets import choose_facets
from graphlead.profile.segments.find import find_segments
from graphlead.profile.segments.titles import find_titles
from graphlead.profile.sentences import biases, column_lifts, tie_sentences
from graphlead.profile.survey import Sample, Topic, draw_sample, survey

_STEPS = 4


def profile_clients(
    register: Register, graph: CompanyGraph, cohort: Cohort, *, seed: int, progress: Progress = silent
) -> Profile:
    """The clients against the register, before any model.

    What cannot be said (no dates, no places, too few clients) is left out and noted. The same input and seed give
    the same profile.
    """
    sample = draw_sample(cohort, seed)
    progress(0, _STEPS, "counting")
    topics = survey(register, cohort, sample)
    progress(1, _STEPS, "looking for columns that tell clients")
    own, echoes = _ranked(topics, sample)
    lifts, tried = lifts_of(topics, client_ties(graph, cohort))
    titles = find_titles(register, topics, sample)
    progress(2, _STEPS, "grouping clients")
    facets = choose_facets(topics, [telling.topic for telling in own])
    segments, segment_of = find_segments(register, cohort, sample, facets, titles, seed)
    progress(3, _STEPS, "drawing")
    season, unseasonal = season_of(cohort.won, seed)
    leanings, unbiased = biases(topics, [telling.topic for telling in own], lifts, sample, titles)
    outliers = find_outliers(register, sample, facets)
    progress(_STEPS, _STEPS, "done")
    return Profile(
        n_companies=register.n_companies,
        n_clients=len(cohort.clients),
        columns=column_lifts(own, lifts, len(cohort.clients), titles),
        lifts=tuple(lifts),
        distributions=_distributions(topics, own, sample),
        segments=segments,
        outliers=outliers,
        season=season,
        biases=(*leanings, *tie_sentences(lifts, len(cohort.clients), cohort.n_companies)),
        notes=(*_notes(topics, own, echoes, lifts, tried), *unbiased, *filter(None, [unseasonal])),
        segment_of=segment_of,
        echoes=column_lifts(echoes, lifts, len(cohort.clients), titles),
    )


def _ranked(topics: Sequence[Topic], sample: Sample) -> tuple[list[Telling], list[Telling]]:
    if not topics or not sample.client.any() or sample.client.all():
        return [], []
    return Search(topics, sample).run()


def _distributions(
    topics: Sequence[Topic], own: Sequence[Telling], sample: Sample
) -> tuple[Distribution, ...]:
    """Of every number and age, those of telling columns first."""
    telling = [each.topic for each in own]
    amounts = [
        topic for topic in (*telling, *(t for t in topics if t not in telling)) if topic.numbers is not None
    ]
    drawn = [
        distribution(
            topic.levels[0].label, np.asarray(topic.numbers, np.float64), sample.client, sample.weight
        )
        for topic in amounts
    ]
    return tuple(each for each in drawn if each is not None)


def _notes(
    topics: Sequence[Topic],
    own: Sequence[Telling],
    echoes: Sequence[Telling],
    lifts: Sequence[Lift],
    tried: int,
) -> list[str]:
    """What was tried, and what nothing can be said about."""
    said = {telling.topic.column.name for telling in (*own, *echoes)}
    out = {lift.column for lift in lifts}
    silent_ones = [
        topic.column.name
        for topic in topics
        if topic.column.name not in said and not any(level.label in out for level in topic.levels)
    ]
    columns = "1 column" if len(topics) == 1 else f"{len(topics)} columns"
    notes = [f"{tried:,} values of {columns} were tried; p-values are corrected for that many."]
    if not any(topic.column.role is Role.INDUSTRY for topic in topics):
        notes.append("The register has no industry column, so nothing is said about industries.")
    if not own:
        notes.append("No column tells clients from the register beyond chance.")
    elif silent_ones:
        notes.append(f"No difference beyond chance: {', '.join(silent_ones)}.")
    return notes

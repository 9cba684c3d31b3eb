"""The profile of the clients, step by step: count, rank columns, test values, find segments, draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.graph import CompanyGraph
from graphlead.core.profile import Distribution, Lift, Profile
from graphlead.core.register import Register, Role
from graphlead.profile.columns import Predictor, Search
from graphlead.profile.compared import compared_columns
from graphlead.profile.distributions import distribution
from graphlead.profile.homophily import client_ties
from graphlead.profile.lifts import lifts_of
from graphlead.profile.outliers import find_outliers
from graphlead.profile.seasons import season_of
from graphlead.profile.segments.find import find_segments, segment_notes
from graphlead.profile.sentences import biases, column_lifts, tie_sentences
from graphlead.profile.survey import Sample, Topic, draw_sample, survey
from graphlead.profile.titles import level_titles, with_titles

_STEPS = 4


def profile_clients(
    register: Register, graph: CompanyGraph, cohort: Cohort, *, seed: int, progress: Progress = silent
) -> Profile:
    """The clients against the register, before any model.

    What the data do not allow (no dates, no places, too few clients) is left out and noted. The same input and seed
    give the same profile.
    """
    sample = draw_sample(cohort, seed)
    progress(0, _STEPS, "counting")
    topics = survey(register, cohort, sample)
    progress(1, _STEPS, "searching for columns that distinguish clients")
    own, echoes = _ranked(topics, sample)
    distinguishing = [predictor.topic for predictor in own]
    titles = level_titles(register, topics, sample)
    found, tried = lifts_of(topics, client_ties(graph, cohort))
    lifts = with_titles(found, titles)
    progress(2, _STEPS, "grouping clients")
    segments, segment_of = find_segments(register, cohort, sample, topics, distinguishing, titles)
    progress(3, _STEPS, "drawing")
    season, unseasonal = season_of(cohort.won, seed)
    leanings, unbiased = biases(topics, distinguishing, lifts, sample)
    outliers = find_outliers(register, sample, compared_columns(topics, distinguishing), titles)
    progress(_STEPS, _STEPS, "done")
    return Profile(
        n_companies=register.n_companies,
        n_clients=len(cohort.clients),
        columns=column_lifts(own, lifts, len(cohort.clients)),
        lifts=tuple(lifts),
        distributions=_distributions(topics, own, sample),
        segments=segments,
        outliers=outliers,
        season=season,
        biases=(*leanings, *tie_sentences(lifts, len(cohort.clients), cohort.n_companies)),
        notes=(
            *_notes(topics, own, echoes, lifts, tried),
            *segment_notes(segments, len(cohort.clients)),
            *unbiased,
            *filter(None, [unseasonal]),
        ),
        segment_of=segment_of,
        echoes=column_lifts(echoes, lifts, len(cohort.clients)),
    )


def _ranked(topics: Sequence[Topic], sample: Sample) -> tuple[list[Predictor], list[Predictor]]:
    if not topics or not sample.client.any() or sample.client.all():
        return [], []
    return Search(topics, sample).run()


def _distributions(
    topics: Sequence[Topic], own: Sequence[Predictor], sample: Sample
) -> tuple[Distribution, ...]:
    """The distribution of every number and age, those of distinguishing columns first."""
    distinguishing = [predictor.topic for predictor in own]
    amounts = [
        topic
        for topic in (*distinguishing, *(t for t in topics if t not in distinguishing))
        if topic.numbers is not None
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
    own: Sequence[Predictor],
    echoes: Sequence[Predictor],
    lifts: Sequence[Lift],
    tried: int,
) -> list[str]:
    """What was tested, and what the data do not show."""
    reported = {predictor.topic.column.name for predictor in (*own, *echoes)}
    out = {lift.column for lift in lifts}
    unremarkable = [
        topic.column.name
        for topic in topics
        if topic.column.name not in reported and not any(level.label in out for level in topic.levels)
    ]
    columns = "1 column" if len(topics) == 1 else f"{len(topics)} columns"
    notes = [f"{tried:,} values of {columns} were tested; p-values are corrected for this number."]
    if not any(topic.column.role is Role.INDUSTRY for topic in topics):
        notes.append("The register has no industry column, so industries are not compared.")
    if not own:
        notes.append("No column distinguishes clients from the register beyond chance.")
    elif unremarkable:
        notes.append(f"No difference beyond chance: {', '.join(unremarkable)}.")
    return notes

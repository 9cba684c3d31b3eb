"""The findings of a profile as sentences for a sales team."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graphlead.core.profile import ColumnLift, Lift, Profile
from graphlead.core.register import PLACES, Role
from graphlead.profile.columns import Predictor
from graphlead.profile.groups import AMOUNTS
from graphlead.profile.homophily import BY, GROUP
from graphlead.profile.lifts import surprise
from graphlead.profile.numbers import show
from graphlead.profile.survey import Sample, Topic

MOST_NAMED = 3
"""Values that a sentence names at most."""


def column_lifts(
    predictors: Sequence[Predictor], lifts: Sequence[Lift], n_clients: int
) -> tuple[ColumnLift, ...]:
    """Each distinguishing column with its strength and its sentence."""
    return tuple(
        ColumnLift(
            column=predictor.topic.column.name,
            role=predictor.topic.column.role.value,
            strength=max(0.0, predictor.evidence) / n_clients / math.log(2),
            p_value=predictor.p_value,
            sentence=_sentence(predictor, lifts),
            echo_of=predictor.echo_of,
        )
        for predictor in predictors
    )


def _sentence(predictor: Predictor, lifts: Sequence[Lift]) -> str:
    name = predictor.topic.column.name
    sentence = leaning(predictor.topic, lifts) or f"Clients are distributed over {name} unlike the register."
    return f"{sentence} Most of this follows from {predictor.echo_of}." if predictor.echo_of else sentence


def leaning(topic: Topic, lifts: Sequence[Lift]) -> str:
    """The over- and under-represented values of a column as a sentence; empty where none stands out."""
    label, found = _best_level(topic, lifts)
    if not found:
        return ""
    more = [lift for lift in found if lift.lift > 1][:MOST_NAMED]
    less = [lift for lift in found if lift.lift < 1][: MOST_NAMED - 1]
    level = next(level for level in topic.levels if level.label == label)
    parts = [
        f"{way}{_all_shares(some, int(level.clients.sum()), int(level.companies.sum()))}."
        for way, some in (
            (f"Over-represented {label}: ", more),
            ("Under-represented: " if more else f"Under-represented {label}: ", less),
        )
        if some
    ]
    return " ".join(parts)


def _best_level(topic: Topic, lifts: Sequence[Lift]) -> tuple[str, list[Lift]]:
    """The level with the most significant values, weighted by companies, and these values, the strongest first."""
    by_level = {level.label: [lift for lift in lifts if lift.column == level.label] for level in topic.levels}
    weight = {
        label: sum(abs(surprise(lift)) * lift.companies for lift in found)
        for label, found in by_level.items()
    }
    best = max(by_level, key=lambda label: weight[label])
    return best, sorted(by_level[best], key=lambda lift: -surprise(lift) * math.sqrt(lift.companies))


def _all_shares(lifts: Sequence[Lift], clients: int, companies: int) -> str:
    return ", ".join(
        f"{lift.value} ({_share(lift.clients / clients)}{'' if place else ' of clients'} against "
        f"{_share(lift.companies / companies)}{'' if place else ' of the register'})"
        for place, lift in enumerate(lifts)
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if 0 < value < 0.0095 else f"{value:.0%}"


def biases(
    topics: Sequence[Topic], own: Sequence[Topic], lifts: Sequence[Lift], sample: Sample
) -> tuple[list[str], list[str]]:
    """The biases of the list by place, size and age as sentences, and notes where none can be shown."""
    sentences, notes = list[str](), list[str]()
    for kind, roles in (("place", PLACES), ("size or other number", (Role.NUMBER,)), ("age", (Role.DATE,))):
        of_kind = [topic for topic in topics if topic.column.role in roles]
        if not of_kind:
            notes.append(f"The register has no column for {kind}, so no bias in it can be seen.")
            continue
        leaning_ones = [topic for topic in of_kind if topic in own] or of_kind
        found = list(filter(None, [_bias(topic, lifts, sample) for topic in leaning_ones]))
        sentences += found[:2]
        if not found:
            notes.append(f"No bias of the list by {kind} beyond chance.")
    return sentences, notes


def tie_sentences(lifts: Sequence[Lift], n_clients: int, n_companies: int) -> list[str]:
    """A sentence for each kind of tie that joins clients more often than by chance."""
    return [
        f"{lift.clients / n_clients:.0%} of the clients have another client in the same {lift.value}, where "
        f"{_share(lift.companies / n_companies)} of all companies have one."
        if lift.value == GROUP
        else f"{lift.clients / n_clients:.0%} of the clients are tied to another client by {lift.value}, where "
        f"{_share(lift.companies / n_companies)} of all companies are tied to one."
        for lift in lifts
        if lift.column == BY and lift.lift > 1
    ]


def _bias(topic: Topic, lifts: Sequence[Lift], sample: Sample) -> str:
    found = leaning(topic, lifts)
    if not found or topic.numbers is None:
        return found
    known = np.isfinite(topic.numbers)
    mine = float(np.median(topic.numbers[known & sample.client]))
    order = np.argsort(topic.numbers[known], kind="stable")
    weight = np.cumsum(sample.weight[known][order])
    usual = float(topic.numbers[known][order][np.searchsorted(weight, weight[-1] / 2)])
    unit = " years" if topic.column.role in AMOUNTS and topic.column.role is Role.DATE else ""
    return f"{found} The median of the clients is {show(mine)}{unit}, of the register {show(usual)}{unit}."


def summary(profile: Profile) -> list[str]:
    """The profile as lines for a console."""
    lines = [f"{profile.n_clients:,} clients against {profile.n_companies:,} companies."]
    if profile.columns:
        lines += ["", "What distinguishes clients from the register, the strongest first:"]
        lines += [
            f"  {place}. {column.column}: {column.sentence}"
            for place, column in enumerate(profile.columns, 1)
        ]
    if profile.echoes:
        lines += [
            "",
            "Only echoes: "
            + ", ".join(f"{echo.column} (of {echo.echo_of})" for echo in profile.echoes)
            + ".",
        ]
    if profile.segments:
        lines += ["", "Segments of clients, and the companies of the register that are in them:"]
        lines += [f"  {line}" for line in _segment_lines(profile)]
    if profile.season is not None:
        lines += ["", profile.season.sentence]
    if profile.outliers:
        lines += ["", "Clients like no other:"]
        lines += [
            f"  {outlier.name or outlier.company_id}: {outlier.reason}" for outlier in profile.outliers[:5]
        ]
    if profile.notes:
        lines += ["", *profile.notes]
    return lines


def _segment_lines(profile: Profile) -> list[str]:
    return [
        f"{segment.name}: {segment.clients:,} clients of {segment.companies:,} companies "
        f"({segment.lift:.1f} times the register's share)"
        for segment in profile.segments
    ]

"""Traits of a segment: what most of its clients share and the register does not, as lifts and in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from graphlead.core.arrays import Flags, Reals
from graphlead.core.profile import Lift
from graphlead.core.register import PLACES, Role
from graphlead.profile.groups import AMOUNTS
from graphlead.profile.lifts import fisher, lift_of, surprise
from graphlead.profile.numbers import YEARS, show
from graphlead.profile.segments.facets import Facet
from graphlead.profile.segments.titles import Titles
from graphlead.profile.survey import Sample, Surveyed, tally

COVERED, FEW = 0.6, 3
"""The least share of the segment that a trait covers, and the values it lists at most: what still makes a name."""

AT_LEAST = 1.25
"""The least lift of a trait: a smaller one is not worth a name, however significant."""

SIGNIFICANCE = 0.01
"""Stricter than for a single test, since the best of several levels and values is taken."""


class Phrase(NamedTuple):
    """A trait as part of a segment's name; prepositional (``in Oslo``): no comma goes before it."""

    text: str
    prepositional: bool = False


@dataclass(frozen=True)
class Trait:
    """One thing that a segment's clients have in common.

    lift: against the register; phrase: for the segment's name; apart: the log ratio that sets the segment apart from
    the register or from the other clients, whichever is smaller.
    """

    lift: Lift
    phrase: Phrase
    apart: float


@dataclass(frozen=True)
class _Counts:
    """Counts of the segment's clients, the other clients and all companies: with a trait, and with any value."""

    segment: tuple[int, int]
    others: tuple[int, int]
    register: tuple[int, int]


def traits_of(
    facets: Sequence[Facet], segment: Flags, others: Flags, sample: Sample, titles: Titles
) -> list[Trait]:
    """The traits of a segment against the other clients (flags (m,) over the sample): industry first, then place."""
    found = []
    for facet in sorted(facets, key=_order):
        if facet.topic.numbers is not None:
            trait = _range(facet, segment, others, sample)
        else:
            trait = _values(facet, segment, others, titles)
        if trait is not None:
            found.append(trait)
    return found


def _order(facet: Facet) -> int:
    role = facet.topic.column.role
    return 0 if role is Role.INDUSTRY else 1 if role in PLACES else 2 if role in AMOUNTS else 3


def _values(facet: Facet, segment: Flags, others: Flags, titles: Titles) -> Trait | None:
    """The few values that most of the segment has, of the level that sets it apart the most."""
    candidates = [_at_level(facet, level, segment, others, titles) for level in facet.topic.levels]
    return max((c for c in candidates if c is not None), key=lambda trait: trait.apart, default=None)


def _at_level(facet: Facet, level: Surveyed, segment: Flags, others: Flags, titles: Titles) -> Trait | None:
    size = len(level.names)
    mine, rest = tally(level.codes[segment], size), tally(level.codes[others], size)
    known = int(mine.sum())
    if not known:
        return None
    usual = level.companies / level.companies.sum()
    more = np.flatnonzero((mine > 0) & (mine >= AT_LEAST * usual * known))
    taken = more[np.argsort(-mine[more], kind="stable")][:FEW]
    enough = np.searchsorted(np.cumsum(mine[taken]), COVERED * known) + 1
    if enough > len(taken):
        return None
    taken = taken[:enough]
    counts = _Counts(
        (int(mine[taken].sum()), known),
        (int(rest[taken].sum()), int(rest.sum())),
        (int(level.companies[taken].sum()), int(level.companies.sum())),
    )
    named = titles.get(level.label, {})
    values = [str(level.names[int(i)].as_py()) for i in taken]
    shown = list(dict.fromkeys(named.get(value, value) for value in values))
    phrase = _phrase(facet, listed(shown), titled=bool(named))
    return _trait(level.label, listed(values), phrase, counts)


def _range(facet: Facet, segment: Flags, others: Flags, sample: Sample) -> Trait | None:
    """The range of the middle of the segment in a number or date."""
    numbers = facet.topic.numbers
    if numbers is None:
        return None
    known = np.isfinite(numbers)
    mine = np.asarray(numbers[segment & known], np.float64)
    if not len(mine):
        return None
    low, high = _rounded(mine)
    inside = known & (numbers >= low) & (numbers <= high)
    weighed = (float(sample.weight[inside].sum()), float(sample.weight[known].sum()))
    counts = _Counts(
        (int((segment & inside).sum()), len(mine)),
        (int((others & inside).sum()), int((others & known).sum())),
        (round(weighed[0]), round(weighed[1])),
    )
    years = YEARS[0] <= low and high <= YEARS[1]
    span = f"{low:.0f} to {high:.0f}" if years else f"{show(low)} to {show(high)}"
    span = span if low < high else show(low)
    return _trait(facet.level.label, span, _phrase(facet, span, titled=False), counts)


def _rounded(values: Reals) -> tuple[float, float]:
    """The range of the middle 60 per cent, widened to two significant figures."""
    low, high = np.quantile(values, (0.2, 0.8))
    if YEARS[0] <= low and high <= YEARS[1]:
        return float(low), float(high)
    return _figures(float(low), math.floor), _figures(float(high), math.ceil)


def _figures(value: float, way: Callable[[float], int]) -> float:
    if value == 0:
        return value
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return float(way(round(value / step, 6)) * step) if abs(value) >= 10 else float(way(value))


def _trait(label: str, value: str, phrase: Phrase, counts: _Counts) -> Trait | None:
    k, n = counts.segment
    total, companies = counts.register[1], counts.register[0]
    p_value = float(fisher(np.array([min(k, companies)]), n, np.array([companies]), total)[0])
    lift = lift_of(label, value, counts.segment, (max(companies, k), total), p_value)
    if lift.lift < AT_LEAST or p_value >= SIGNIFICANCE:
        return None
    share = k / n
    beside = (counts.others[0] + 0.5) / (counts.others[1] + 1)
    apart = min(surprise(lift), math.log(share / beside)) if counts.others[1] else surprise(lift)
    return Trait(lift, phrase, apart)


def _phrase(facet: Facet, value: str, *, titled: bool) -> Phrase:
    column = facet.topic.column
    name = column.name.replace("_", " ")
    if column.role is Role.INDUSTRY:
        return Phrase(value if titled else f"{name} {value}")
    if column.role in PLACES:
        place = f"postcode area {value}" if column.role is Role.POSTCODE else value
        return Phrase(f"in {place}", prepositional=True)
    if column.role is Role.NUMBER:
        return Phrase(f"with {value} {name}", prepositional=True)
    if column.role is Role.DATE:
        return Phrase(f"{name} {value} years ago")
    return Phrase(f"{name}: {value}")


def listed(values: Sequence[str]) -> str:
    """a, b or c."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"

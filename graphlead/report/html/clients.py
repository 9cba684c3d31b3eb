"""The profile of the clients in the form that the page needs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphlead.core.arrays import Json
from graphlead.core.profile import Distribution, Lift, Profile, Season, Segment
from graphlead.report.html.figures import count, from_to, number, percent, times

COLUMNS, LIFTS, DISTRIBUTIONS, OUTLIERS = 8, 16, 6, 10
"""How many of each are shown, the strongest first; a choice, for a section of one or two screens."""

WIDEST = 32.0
"""The end of the axis at most; a choice that leaves a lift of 2 a tenth of the width."""

SIGNIFICANT = 0.05
"""From this p-value on a difference may be chance; the usual level."""


def profile_view(profile: Profile) -> Json:
    """The strongest findings of a profile for the page, and how many outliers are not shown."""
    return {
        "n_clients": count(profile.n_clients),
        "n_companies": count(profile.n_companies),
        "columns": _columns(profile),
        "lifts": lift_rows(profile.lifts[:LIFTS]),
        "segments": [_segment(i, segment) for i, segment in enumerate(profile.segments)],
        "outliers": profile.outliers[:OUTLIERS],
        "more_outliers": max(0, len(profile.outliers) - OUTLIERS),
        "season": profile.season,
        "biases": profile.biases,
        "notes": profile.notes,
    }


def _columns(profile: Profile) -> list[Json]:
    shown = profile.columns[:COLUMNS]
    strongest = max((column.strength for column in shown), default=0.0) or 1.0
    return [
        {"name": column.column, "sentence": column.sentence, "width": round(100 * column.strength / strongest, 1),
         "sure": column.p_value < SIGNIFICANT}
        for column in shown
    ]  # fmt: skip


def lift_rows(lifts: Iterable[Lift]) -> list[Json]:
    """One row per lift, placed with its interval on a logarithmic axis around 1, in percent of the width."""
    rows = list(lifts)
    farthest = max((max(row.lift, 1 / max(row.lift, 1e-9)) for row in rows), default=2.0)
    unsure = max((max(row.high, 1 / max(row.low, 1e-9)) for row in rows), default=2.0)
    reach = min(WIDEST, max(2.0, 1.1 * unsure), 3 * farthest)
    return [
        {"column": row.column, "value": row.value, "clients": count(row.clients),
         "companies": count(row.companies), "lift": times(row.lift),
         "interval": from_to(times(row.low), times(row.high)),
         "at": _place(row.lift, reach), "low": _place(row.low, reach), "high": _place(row.high, reach),
         "above": row.lift > 1 and row.p_value < SIGNIFICANT, "below": row.lift < 1 and row.p_value < SIGNIFICANT}
        for row in rows
    ]  # fmt: skip


def _place(lift: float, reach: float) -> float:
    """The place on the axis: 0 for a lift of 1/reach, 50 for 1, 100 for reach."""
    share = np.log(np.clip(lift, 1 / reach, reach)) / np.log(reach)
    return round(50 + 50 * float(share), 2)


def _segment(nth: int, segment: Segment) -> Json:
    traits = [
        {"text": f"{trait.column}: {trait.value}", "lift": times(trait.lift)} for trait in segment.traits
    ]
    return {
        "nth": nth, "name": segment.name, "clients": count(segment.clients), "companies": count(segment.companies),
        "lift": times(segment.lift), "traits": traits,
    }  # fmt: skip


def distribution_figures(profile: Profile) -> list[Json]:
    """The distributions of clients and register, one figure per column: densities, and shares by bin."""
    return [_distribution(each) for each in profile.distributions[:DISTRIBUTIONS]]


def _distribution(each: Distribution) -> Json:
    bins = [
        {
            "bin": f"{number(low)} to {number(high)}",
            "clients": percent(clients),
            "register": percent(register),
        }
        for low, high, clients, register in zip(
            each.edges, each.edges[1:], each.clients, each.register, strict=False
        )
    ]
    return {
        "column": each.column, "logarithmic": each.logarithmic and min(each.grid, default=0) > 0,
        "grid": each.grid, "clients": each.clients_density, "register": each.register_density, "bins": bins,
    }  # fmt: skip


def season_figure(season: Season | None) -> Json | None:
    if season is None:
        return None
    return {"months": [month for month, _ in season.months], "counts": [won for _, won in season.months],
            "by_month": season.by_month}  # fmt: skip


def segment_names(profile: Profile | None) -> list[str]:
    """The names of the segments of clients."""
    return [] if profile is None else [segment.name for segment in profile.segments]

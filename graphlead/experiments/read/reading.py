"""What an experiment shows: every arm against the control, what it is worth, and what it returns on its cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from graphlead.core.arrays import Json, Reals
from graphlead.experiments.figures.differences import (
    Difference,
    Sample,
    difference,
    holm,
    interval_of,
    sample_of,
)
from graphlead.experiments.read.question import Question
from graphlead.experiments.read.units import Units

NOTABLE = 0.01
"""The p-value below which a difference in unknown outcomes between an arm and the control is worth a note."""


def reading(units: Units, question: Question) -> Json:
    """The arms, the control and the values as in experiment.json; NaN where nothing can be stated."""
    samples = {
        (arm, name): sample_of(values[units.of(arm)])
        for arm in range(len(units.arms))
        for name, values in units.outcomes.items()
    }
    return {
        "verb": "experiment",
        "step": "read",
        "arm": units.column,
        "control": units.arms[units.control],
        "outcomes": list(units.outcomes),
        "value_column": question.value,
        "cost": question.cost,
        "rows": len(units.arm),
        "arms": _arms(units, samples, question.cost),
        "controls": [_control(units, name, samples[units.control, name]) for name in units.outcomes],
        "value": _values(units, question.cost),
        "uplift": None,
        "notes": [*units.notes, *_missing_notes(units)],
    }


def _arms(units: Units, samples: Mapping[tuple[int, str], Sample], cost: float | None) -> list[Json]:
    rows = []
    for arm in units.treated:
        for name in units.outcomes:
            sample, control = samples[arm, name], samples[units.control, name]
            found = difference(sample, control)
            rate = sample.binary and control.binary
            rows.append(
                {
                    "arm": units.arms[arm],
                    "outcome": name,
                    "kind": "rate" if rate else "number",
                    "n": sample.n,
                    "rate": sample.mean,
                    **vars(found),
                    **(_cost_each(found, cost) if cost and rate else {}),
                }
            )
    adjusted = holm([row["p_value"] for row in rows])
    return [row | {"p_adjusted": p} for row, p in zip(rows, adjusted, strict=True)]


def _cost_each(found: Difference, cost: float) -> Json:
    """What one more case with the outcome costs; no end of the interval where the arm may add none."""
    ends = [cost / each if each > 0 else None for each in (found.lift, found.high, found.low)]
    return dict(zip(("cost_each", "cost_each_low", "cost_each_high"), ends, strict=True))


def _control(units: Units, name: str, sample: Sample) -> Json:
    low, high = interval_of(sample)
    return {
        "arm": units.arms[units.control],
        "outcome": name,
        "n": sample.n,
        "rate": sample.mean,
        "low": low,
        "high": high,
    }


def _values(units: Units, cost: float | None) -> list[Json]:
    if units.value is None:
        return []
    control = sample_of(units.value[units.of(units.control)])
    return [
        _value(units.arms[arm], sample_of(units.value[units.of(arm)]), control, cost) for arm in units.treated
    ]


def _value(arm: str, sample: Sample, control: Sample, cost: float | None) -> Json:
    found = difference(sample, control)
    added = (found.lift, found.low, found.high)
    return {
        "arm": arm,
        "n": sample.n,
        "mean": sample.mean,
        "control_mean": control.mean,
        **dict(zip(("added", "low", "high"), added, strict=True)),
        "p_value": found.p_value,
        **_named("net", [each - cost for each in added] if cost is not None else None),
        **_named("return", [(each - cost) / cost for each in added] if cost else None),
    }


def _named(name: str, ends: Sequence[float] | None) -> Json:
    """A figure with its interval, None where there is none."""
    keys = (name, f"{name}_low", f"{name}_high")
    return dict(zip(keys, ends or (None, None, None), strict=True))


def _missing_notes(units: Units) -> list[str]:
    """A warning where an arm lacks more, or fewer, outcomes than the control: who is missing may not be by chance."""
    notes = []
    for name, values in units.outcomes.items():
        shares = [sample_of(_unknown(values[units.of(arm)])) for arm in range(len(units.arms))]
        control = shares[units.control]
        for arm in units.treated:
            p_value = difference(shares[arm], control).p_value
            if not math.isnan(p_value) and p_value < NOTABLE:
                notes.append(
                    f"{shares[arm].mean:.1%} of {units.arms[arm]} and {control.mean:.1%} of the control have no "
                    f"{name}: the arms may differ in who is missing, and the lift with them."
                )
    return notes


def _unknown(values: Reals) -> Reals:
    return np.isnan(values).astype(np.float64)

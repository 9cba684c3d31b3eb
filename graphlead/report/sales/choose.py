"""What the sliders for threshold, calls, cost and gain compute from: counts by probability, and where they begin."""

from __future__ import annotations

import math

import numpy as np

from graphlead.core.arrays import Json, Reals
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.shown import count, percent

GRID = 10_000
"""Probabilities count to a hundredth of a per cent, so that any number of rows takes so many counts at most."""

COST, GAIN = 100.0, 1000.0
"""The ends of the sliders where neither is known."""


def choose_view(content: SalesContent) -> Json | None:
    """Counts of the held-out and of the scored cases by probability, and the sliders; None without held-out cases."""
    if not len(content.heldout_probability) or not len(content.scored):
        return None
    return {
        "grid": GRID,
        "heldout": counts(content.heldout_probability, content.heldout_outcome.astype(np.float64)),
        "list": counts(content.probability),
        "sliders": _sliders(content),
    }


def counts(probability: Reals, outcome: Reals | None = None) -> Json:
    """The cases, and those with the outcome, in each step of the grid that has any, the highest first."""
    steps = np.floor(probability * GRID + 1e-6).astype(np.int64)
    cases = np.bincount(steps, minlength=GRID + 1)
    there = np.flatnonzero(cases)[::-1]
    found = {"step": there, "cases": cases[there]}
    if outcome is None:
        return found
    return {**found, "hits": np.bincount(steps, outcome, minlength=GRID + 1).astype(np.int64)[there]}


def _sliders(content: SalesContent) -> list[Json]:
    """id, label, unit, highest value, first value, and the step to which a dragged value is rounded."""
    n = len(content.scored)
    over = int((content.probability >= content.threshold).sum())
    gain = _typical_value(content) if content.gain is None else content.gain
    return [
        _slider("threshold", "Threshold", "%", 100.0, 100 * content.threshold, 0.1),
        _slider("capacity", "Calls you can make", "", n, content.listed if content.listed < over else n, 1),
        _money("cost", "Cost of one call", content.cost, COST),
        _money("gain", "Gain of one success", gain, GAIN),
    ]


def _slider(id: str, label: str, unit: str, most: float, value: float, step: float) -> Json:
    return {
        "id": id,
        "label": label,
        "unit": unit,
        "most": _plain(most),
        "value": _plain(value),
        "step": step,
    }


def _money(id: str, label: str, value: float | None, most: float) -> Json:
    """A slider up to a round number of at least four times the value."""
    if value:
        size = 10.0 ** math.floor(math.log10(4 * value))
        most = math.ceil(4 * value / size) * size
    return _slider(id, label, "", most, value or 0.0, 10.0 ** math.floor(math.log10(most / 100)))


def _plain(value: float) -> float:
    """The number as it is written in an input: whole where it is, without the dust of binary fractions."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _typical_value(content: SalesContent) -> float | None:
    """The mean value of the cases, where any is known."""
    mean = float(content.scored["value"].mean()) if "value" in content.scored else math.nan
    return round(mean, 2) if math.isfinite(mean) else None


def threshold_rows(content: SalesContent) -> list[Json]:
    """The table of thresholds, for those who read without the sliders."""
    return [
        {
            "threshold": percent(row["threshold"]),
            "cases": count(row["cases"]),
            "precision": percent(row.get("precision")),
            "recall": percent(row.get("recall")),
            "value": count(row.get("value")),
        }
        for row in content.metrics.get("thresholds") or ()
    ]

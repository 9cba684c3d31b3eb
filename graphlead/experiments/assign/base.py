"""The rate that is to be expected of a list without the treatment, and what the experiment can show at it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from graphlead.core.arrays import Json
from graphlead.experiments.figures.power import LEVEL, POWER, cases_needed, smallest_lift

PROBABILITIES = {
    "conversion_probability_pct": 100.0,
    "churn_probability_pct": 100.0,
    "probability": 1.0,
    "score": 1.0,
}
"""The columns of the lists that hold a probability, and what stands for certainty in each."""
UNWANTED = ("churn_probability_pct",)
"""Those of an outcome that the treatment is to make rarer."""
USUAL = (0.05, 0.10, 0.20)
"""The rates that are shown where the list states none; a choice."""
LIFTS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.10)
"""The lifts, as differences of rates, of which the cases they need are shown; a choice."""


@dataclass(frozen=True)
class Base:
    """Expected rates of the control, the column that they are from ("" for the usual ones), and 1, or -1 for a drop."""

    rates: tuple[float, ...]
    column: str
    sign: int


def expected_base(frame: pd.DataFrame) -> Base:
    """The mean of the list's own probability, or the usual rates where it has none."""
    for name, whole in PROBABILITIES.items():
        if name in frame:
            values = pd.to_numeric(frame[name], errors="coerce") / whole
            seen = values.dropna()
            if len(seen) >= 0.9 * len(frame) and seen.between(0, 1).all() and 0 < seen.mean() < 1:
                return Base((float(seen.mean()),), name, -1 if name in UNWANTED else 1)
    return Base(USUAL, "", 1)


def power_of(base: Base, treated: int, control: int) -> Json:
    """What ``treated`` cases against ``control`` can show: as in experiment.json."""
    share = control / (treated + control)
    return {
        "level": LEVEL,
        "power": POWER,
        "treated": treated,
        "control": control,
        "base_column": base.column or None,
        "direction": "down" if base.sign < 0 else "up",
        "smallest": [
            {"base_rate": rate, "lift": smallest_lift(rate, treated, control, sign=base.sign)}
            for rate in base.rates
        ],
        "needed": [
            {"base_rate": rate, "lift": lift, "cases": cases_needed(rate, base.sign * lift, share)}
            for rate in base.rates
            for lift in LIFTS
        ],
    }

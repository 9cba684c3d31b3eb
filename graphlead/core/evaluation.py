"""What a run finds out: how good the lists are, who the clients are, and why each lead is one."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

MISSING = "(missing)"
OTHERS = "(other segments)"
DENSE = "(where clients are dense)"
SPARSE = "(where clients are sparse)"
SUMMARIES = {name: name.strip("()") for name in (MISSING, OTHERS, DENSE, SPARSE)}
"""What stands in the column ``segment`` for no value and for several segments together, and as readers see it."""


@dataclass(frozen=True)
class Evaluation:
    """Held-out results.

    ``metrics``: one row a (split, ranker, metric) with value, low, high (95 % bootstrap interval).
    ``segments``: one row a (split, ranker, column, segment) with held_out, found and recall.
    ``verdict``: a sentence. ``prior``: share of clients-to-be among the unlabelled with its interval.
    """

    metrics: pd.DataFrame
    segments: pd.DataFrame
    verdict: str
    prior: tuple[float, float, float]
    notes: tuple[str, ...] = field(default=())

"""How well the rankers find held-out clients."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

MISSING = "(missing)"
OTHERS = "(other segments)"
DENSE = "(where clients are dense)"
SPARSE = "(where clients are sparse)"
SUMMARIES = {name: name.strip("()") for name in (MISSING, OTHERS, DENSE, SPARSE)}
"""Entries of the column ``segment`` for no value and for several segments together, with their text for readers."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Held-out results.

    ``metrics``: one row per (split, ranker, metric) with value, low, high (95 % bootstrap interval).
    ``segments``: one row per (split, ranker, column, segment) with held_out, found and recall.
    ``verdict``: a sentence. ``prior``: the share of clients to be won among the unlabelled, with its interval, that F1
    and the AUC against true negatives rest on.
    """

    metrics: pd.DataFrame
    segments: pd.DataFrame
    verdict: str
    prior: tuple[float, float, float]
    notes: tuple[str, ...] = field(default=())

"""Predicted against happened, on held-out cases."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Json
from graphlead.report.html.figures import from_to
from graphlead.report.html.quality import wilson
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.shown import percent, three

BINS = 10
"""Groups of equally many held-out cases: deciles, as is the custom."""


def calibration_view(content: SalesContent) -> Json | None:
    """Groups of held-out cases by their probability; None where there are fewer cases than groups."""
    probability, outcome = content.heldout_probability, content.heldout_outcome
    if len(probability) < BINS:
        return None
    parts = np.array_split(np.argsort(probability, kind="stable"), BINS)
    groups = [_group(float(probability[part].mean()), int(outcome[part].sum()), len(part)) for part in parts]
    return {"groups": groups, "ece": three(content.metrics["heldout"].get("ece"))}


def _group(predicted: float, hits: int, n: int) -> Json:
    low, high = wilson(hits, n)
    return {
        "n": n,
        "predicted": round(predicted, 5),
        "happened": round(hits / n, 5),
        "low": round(low, 5),
        "high": round(high, 5),
        "predicted_text": percent(predicted),
        "happened_text": percent(hits / n),
        "interval": from_to(percent(low), percent(high)),
    }

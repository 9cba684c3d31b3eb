"""The content of the page and the summary of `recommend`, as plain values: nothing here knows a model."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from graphlead.core.arrays import Json


@dataclass(frozen=True, kw_only=True)
class RecommendContent:
    """metrics: as in metrics.json. recommendations: customer, item, score, rank, kind, why. prospects: id, score, rank,
    known, why; None where no product was named. product: its name. top: items for each customer; repeat: also what a
    customer has bought before.
    """

    title: str
    metrics: Json
    recommendations: pd.DataFrame
    prospects: pd.DataFrame | None = None
    product: str = ""
    top: int = 10
    repeat: bool = False

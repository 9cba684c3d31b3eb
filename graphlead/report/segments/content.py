"""The content of the page and the summary of segments, as plain values: nothing here knows a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from graphlead.core.arrays import Json, require


@dataclass(frozen=True, kw_only=True)
class SegmentContent:
    """Everything that is shown of a run of `graphlead segment`.

    metrics, profiles: as in metrics.json and segments.json. customers, noise: (n, ...) as in segments.parquet and
    noise.parquet, in the same order.
    """

    title: str
    made: date
    metrics: Json
    profiles: Json
    customers: pd.DataFrame
    noise: pd.DataFrame

    def __post_init__(self) -> None:
        require(
            len(self.customers) == len(self.noise),
            "SegmentContent",
            "noise for each customer",
            len(self.noise),
        )

    @property
    def segments(self) -> list[Json]:
        """The segments that have customers, the largest first."""
        return [each for each in self.profiles["segments"] if each["size"]]

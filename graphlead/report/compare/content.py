"""The content of a comparison's page and summary, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from graphlead.core.arrays import Json


@dataclass(frozen=True)
class ComparisonContent:
    """comparison: as in compare.json; moved: id, change, old_rank, new_rank, why, None for two tables; made: the day of
    the comparison."""

    comparison: Json
    moved: pd.DataFrame | None
    made: date

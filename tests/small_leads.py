"""Tables of leads as a CRM exports them, small and made, for the tests of their reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

N = 400


def leads(n: int = N, seed: int = 0) -> pd.DataFrame:
    """Won, lost and undecided leads; a referral is won more often; nothing else matters."""
    draw = np.random.default_rng(seed)
    source = draw.choice(["Referral", "Website", "Cold Call"], n)
    won = draw.random(n) < np.where(source == "Referral", 0.6, 0.3)
    stage = np.where(won, "Won", "Lost").astype(object)
    stage[draw.random(n) < 0.2] = "Engaging"
    return pd.DataFrame(
        {
            "opportunity_id": [f"OP-{i:04}" for i in range(n)],
            "lead_source": source,
            "account": [f"Firm {i % 90}" for i in range(n)],
            "amount": draw.integers(100, 9_000, n),
            "budget_confirmed": draw.choice(["yes", "no"], n),
            "created_date": pd.to_datetime("2024-01-01") + pd.to_timedelta(draw.integers(0, 300, n), "D"),
            "deal_stage": stage,
        }
    )


def written(folder: Path, table: pd.DataFrame, name: str = "leads.csv", **options: Any) -> Path:
    """The path of the table as CSV or, by the name, Parquet."""
    path = folder / name
    if name.endswith(".parquet"):
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, **options)
    return path

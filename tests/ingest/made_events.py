"""Orders of made customers, for the tests of the reader of events."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from small_leads import written

from graphlead.core.cases import Cases
from graphlead.ingest.cases.events.layout import EventOptions

AS_OF = date(2024, 7, 1)
OPTIONS = EventOptions(as_of=AS_OF, within=30, active=180)
HAND = [
    ("007", "2024-01-10", 100),
    ("007", "2024-03-10", 50),
    ("007", "2024-05-09", 30),
    ("007", "2024-05-09", -5),
    ("007", "2024-06-20", -20),
    ("042", "2024-06-01", 10),
    ("042", "2024-06-01", 20),
    ("042", "2024-06-21", 5),
]
"""Two customers: one that returned goods but did not buy in June, and a new one."""


def by_hand() -> pd.DataFrame:
    return pd.DataFrame(HAND, columns=["customer_id", "order_date", "amount"])


def orders(n: int = 40, seed: int = 0) -> pd.DataFrame:
    """Orders of customers K00, K01, ... in the year before AS_OF; each has one region."""
    draw = np.random.default_rng(seed)
    customer = np.repeat(np.arange(n), draw.integers(4, 12, n))
    ago = draw.integers(1, 360, len(customer))
    return pd.DataFrame(
        {
            "customer_id": [f"K{each:02}" for each in customer],
            "order_date": [(AS_OF - timedelta(days=int(each))).isoformat() for each in ago],
            "product": draw.choice(["tea", "mugs", "pots"], len(customer)),
            "amount": draw.integers(5, 500, len(customer)),
            "region": np.where(customer % 2 == 0, "north", "south"),
            "channel": draw.choice(["web", "shop"], len(customer)),
        }
    )


def order(customer: str, day: date) -> pd.DataFrame:
    row = {"customer_id": customer, "order_date": day.isoformat(), "product": "tea", "amount": 77}
    return pd.DataFrame([row | {"region": "west", "channel": "web"}])


def file_of(folder: Path, table: pd.DataFrame, name: str = "orders.csv") -> Path:
    folder.mkdir(exist_ok=True)
    return written(folder, table, name)


def by_row(cases: Cases) -> pd.DataFrame:
    """The features by customer and day."""
    index = pd.MultiIndex.from_arrays([cases.ids, pd.DatetimeIndex(cases.day)], names=["id", "day"])
    return cases.features.set_axis(index, axis=0).sort_index()


def outcomes(cases: Cases) -> dict[tuple[str, date], int]:
    days = cases.day.astype("datetime64[D]").astype(object)
    return dict(zip(zip(cases.ids, days, strict=True), map(int, cases.outcome), strict=True))

"""Orders of customers with tastes: those of one taste buy from one shelf."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = date(2024, 7, 1)
TASTES, PER_TASTE = 4, 12


def orders(customers: int = 240, seed: int = 0, days: int = 300) -> pd.DataFrame:
    """Some ten purchases a customer over ``days`` before AS_OF, nine in ten of the shelf of the customer's taste."""
    draw = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), draw.integers(6, 15, customers))
    taste = np.where(
        draw.random(len(customer)) < 0.9, customer % TASTES, draw.integers(0, TASTES, len(customer))
    )
    item = taste * PER_TASTE + np.minimum(draw.geometric(0.15, len(customer)) - 1, PER_TASTE - 1)
    ago = draw.integers(1, days, len(customer))
    return pd.DataFrame(
        {
            "customer_id": [f"C{each:03}" for each in customer],
            "order_date": [(AS_OF - timedelta(days=int(each))).isoformat() for each in ago],
            "product": [f"shelf{each // PER_TASTE} thing{each % PER_TASTE:02}" for each in item],
            "quantity": 1,
            "price": 5.0,
        }
    )


def people(customers: int = 240, new: int = 8) -> pd.DataFrame:
    """Customers with the one thing that tells their taste, some without an order."""
    known = [{"customer_id": f"C{each:03}", "club": f"club {each % TASTES}"} for each in range(customers)]
    return pd.DataFrame(
        known + [{"customer_id": f"N{each}", "club": f"club {each % TASTES}"} for each in range(new)]
    )


def written(folder: Path, table: pd.DataFrame, name: str = "orders.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / name, index=False)
    return folder / name

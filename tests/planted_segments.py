"""Customers with planted segments: orders of four kinds of buyers, and a survey of three kinds of people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.cases import Kind
from graphlead.core.customers import Customers, Trait

AS_OF = "2025-07-01"
KINDS = {
    "big": (40, 12, 300.0, 172),
    "small": (40, 40, 20.0, 165),
    "gone": (40, 15, 60.0, 60),
    "once": (40, 400, 30.0, 100),
}
"""Of each kind of buyer: how many, days between orders, what an order costs, and the last day of the half year."""


def orders(seed: int = 4, first: int = 0) -> pd.DataFrame:
    """Orders of half a year; the kind is the beginning of the customer's id."""
    draw = np.random.default_rng(seed)
    rows = []
    for kind, (count, gap, price, last) in KINDS.items():
        for customer in range(first, first + count):
            day = last - int(draw.integers(0, 8))
            while day >= 0:
                for item in draw.choice(30, 3 if kind == "big" else 1, replace=False):
                    rows.append(
                        (
                            f"{kind}{customer:03}",
                            day,
                            f"item {item}",
                            round(price * draw.lognormal(0, 0.2), 2),
                        )
                    )
                day -= int(gap * draw.uniform(0.7, 1.3)) + 1
    table = pd.DataFrame(rows, columns=["customer_id", "date", "item", "amount"])
    return table.assign(date=pd.Timestamp("2025-01-01") + pd.to_timedelta(table["date"], unit="D"))


def survey(n: int = 90, seed: int = 5) -> pd.DataFrame:
    """Answers of three kinds of people, in turn: young with a car, old without one, and rich."""
    draw, kind = np.random.default_rng(seed), np.arange(n) % 3
    return pd.DataFrame({
        "customer_id": [f"P{i:03}" for i in range(n)],
        "age": np.array([25, 70, 45])[kind] + draw.normal(0, 2, n).round(1),
        "income": np.array([20, 22, 90])[kind] + draw.normal(0, 3, n).round(1),
        "car": np.array(["yes", "no", "yes"])[kind],
        "contract": np.array(["monthly", "monthly", "two years"])[kind],
    })  # fmt: skip


def numbers(values: np.ndarray, names: str = "") -> Customers:
    """Customers of a table of numbers (n, c)."""
    labels = names.split() or [f"c{i}" for i in range(values.shape[1])]
    unknown = np.full(len(values), np.nan)
    return Customers(
        ids=np.array([f"K{i:05}" for i in range(len(values))], object),
        traits=tuple(Trait(name=name, kind=Kind.NUMBER, title=name) for name in labels),
        table=pd.DataFrame(values.astype(float), columns=pd.Index(labels)),
        recency=unknown,
        frequency=unknown,
        monetary=unknown,
        bought=False,
    )

"""Small tables of leads and orders with planted effects, and the quickest runs on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

LEADS, OPEN, FIRMS, CUSTOMERS = 240, 40, 60, 50


def leads(seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Known and open leads. Referrals convert and cold calls do not; ``close_value`` is known only afterwards."""
    draw, n = np.random.default_rng(seed), LEADS + OPEN
    source = draw.choice(["Referral", "Cold Call", "Web"], n)
    size = draw.integers(1, 500, n)
    odds = 2.5 * (source == "Referral") - 2.0 * (source == "Cold Call") + (size - 250) / 150
    won = draw.random(n) < 1 / (1 + np.exp(-odds))
    table = pd.DataFrame({
        "lead_id": [f"L{i:03}" for i in range(n)],
        "account": [f"Alder Works {i % FIRMS}" for i in range(n)],
        "lead_source": source,
        "employees": size,
        "stage": np.where(won, "Won", "Lost"),
        "close_value": np.where(won, (size * 10).astype(str), ""),
    })  # fmt: skip
    opened = table[LEADS:].drop(columns="stage").assign(close_value="")
    return table[:LEADS], opened


def orders(seed: int = 2) -> pd.DataFrame:
    """Orders of 50 customers over 500 days; some stop early, the others go on at a rhythm of their own."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(CUSTOMERS):
        gap, day = draw.integers(8, 40), int(draw.integers(0, 60))
        end = 500 if draw.random() < 0.5 else int(draw.integers(150, 480))
        while day < end:
            rows.append((f"C{customer:02}", day, round(float(draw.gamma(2, 20)), 2)))
            day += int(draw.exponential(gap)) + 1
    table = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return table.assign(date=pd.Timestamp("2025-01-01") + pd.to_timedelta(table["date"], unit="D"))


def tickets(seed: int = 3) -> pd.DataFrame:
    """Three tickets of each customer, of some hours."""
    draw = np.random.default_rng(seed)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 500, 3 * CUSTOMERS), unit="D")
    customers = [f"C{i % CUSTOMERS:02}" for i in range(3 * CUSTOMERS)]
    return pd.DataFrame({"customer_id": customers, "date": day, "hours": draw.integers(1, 30, 3 * CUSTOMERS)})


def write_leads(folder: Path) -> tuple[Path, Path]:
    """The known and the open leads as CSV."""
    paths = folder / "leads.csv", folder / "open.csv"
    for path, table in zip(paths, leads(), strict=True):
        table.to_csv(path, index=False)
    return paths


def write_register(folder: Path) -> Path:
    """The firms behind the leads as CSV."""
    register = pd.DataFrame({
        "company_id": [f"F{i:02}" for i in range(FIRMS)],
        "name": [f"Alder Works {i}" for i in range(FIRMS)],
        "city": [("Ulm", "Bonn", "Kiel")[i % 3] for i in range(FIRMS)],
    })  # fmt: skip
    register.to_csv(folder / "companies.csv", index=False)
    return folder / "companies.csv"


def write_config(folder: Path) -> Path:
    """A configuration of a run on them: a meaning for a column, and an action of one's own."""
    (folder / "sales.toml").write_text(
        'leads = "leads.csv"\nopen = "open.csv"\nthreshold = 0.7\n'
        '[columns]\nemployees = "usage"\n'
        '[[action]]\ndo = "Call the plant manager"\nwhen = { employees = ">= 250", lead_source = ["Web"] }\n',
        "utf-8",
    )
    return folder / "sales.toml"

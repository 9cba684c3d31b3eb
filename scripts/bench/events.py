"""Generated events of customers read into cases: seconds, peak memory, and rows.

    python scripts/bench/events.py [--events 1000000] [--customers 100000] [--folder DIR]

Customers buy in a rhythm of their own and some stop; the file is a CSV of five columns.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from graphlead.common.files import scratch
from graphlead.common.memory import Meter
from graphlead.ingest.cases.events.build import read_events
from graphlead.ingest.cases.events.layout import EventOptions

DAYS, ITEMS = 1_000, 2_000


def generate(path: Path, events: int, customers: int, seed: int = 0) -> None:
    """Write the orders of customers over DAYS days: a customer's rate and last day are its own."""
    random = np.random.default_rng(seed)
    rate = random.gamma(1.0, 1.0, customers)
    who = random.choice(customers, events, p=rate / rate.sum())
    first = random.uniform(0, 0.7, customers)
    last = first + random.beta(2, 0.7, customers) * (1 - first)
    day = (first[who] + random.random(events) * (last - first)[who]) * DAYS
    moment = np.datetime64("2022-01-01", "s") + (day * 86_400).astype("timedelta64[s]")
    table = pd.DataFrame(
        {
            "customer_id": np.char.add("C", who.astype(str)),
            "order_date": moment,
            "product_id": random.zipf(1.5, events) % ITEMS,
            "quantity": random.integers(-1, 9, events),
            "unit_price": random.lognormal(2, 1, events).round(2),
        }
    )
    pyarrow.csv.write_csv(pa.Table.from_pandas(table, preserve_index=False), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with scratch(given.folder) as folder:
        path = folder / "orders.csv"
        generate(path, given.events, given.customers)
        with Meter() as meter:
            found = read_events([path], EventOptions())
    cases = found.cases
    print(f"{meter.seconds:.1f} s, {meter.peak_mb:.0f} MiB: {int((~cases.known).sum())} open and "
          f"{int(cases.known.sum())} known rows at {len(found.cuts)} cuts, {len(cases.columns)} features")  # fmt: skip


if __name__ == "__main__":
    main()

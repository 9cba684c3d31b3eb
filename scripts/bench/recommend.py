"""Recommend on made orders: seconds, peak memory, and NDCG@10 beside popularity, cosine and implicit's ALS, in one run.

Customers belong to tastes; an item of a taste is bought by how popular it is, and each customer buys some items more
after the cut, by which the lists are judged.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead import recommend
from graphlead.common.memory import Meter

AS_OF = date(2025, 7, 1)
DAYS, AFTER = 360, 90
TASTES = 60


def orders(customers: int, items: int, each: int, seed: int) -> pd.DataFrame:
    """Orders over DAYS before AS_OF and AFTER days after it: two tastes a customer, popularity falling as 1 / rank."""
    draw = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), draw.poisson(each, customers) + 1)
    tastes = draw.integers(0, TASTES, (customers, 2))
    taste = tastes[customer, draw.integers(0, 2, len(customer))]
    size = items // TASTES
    rank = np.minimum(np.exp(draw.random(len(customer)) * np.log(size)).astype(int) - 1, size - 1)
    item = np.where(
        draw.random(len(customer)) < 0.15, draw.integers(0, items, len(customer)), taste * size + rank
    )
    day = np.datetime64(AS_OF, "D") - DAYS + draw.integers(0, DAYS + AFTER, len(customer))
    return pd.DataFrame({"customer_id": customer, "order_date": day, "product_id": item, "amount": 1.0})


def judged(found: pd.DataFrame, table: pd.DataFrame) -> float:
    """Mean NDCG@10 over the customers who bought something new after the cut."""
    cut = np.datetime64(AS_OF, "D")
    past, after = table[table["order_date"] < cut], table[table["order_date"] >= cut]
    known = past[["customer_id", "product_id"]].drop_duplicates()
    new = after[["customer_id", "product_id"]].drop_duplicates().merge(known, how="left", indicator=True)
    new = new[(new["_merge"] == "left_only") & new["customer_id"].isin(known["customer_id"])]
    lists = found.assign(customer_id=found["customer"].astype(int), product_id=found["item"].astype(int))
    hits = lists.merge(new[["customer_id", "product_id"]])
    gain = (1 / np.log2(1 + hits["rank"])).groupby(hits["customer_id"]).sum()
    wanted = new.groupby("customer_id").size()
    ideal = np.cumsum(1 / np.log2(np.arange(2, 12)))[np.minimum(wanted, 10) - 1]
    return float((gain.reindex(wanted.index).fillna(0) / ideal).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=25, help="mean rows of orders a customer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", nargs="*", default=["popular", "cosine", "als"])
    given = parser.parse_args()
    table = orders(given.customers, given.items, given.each, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.parquet"
        table.to_parquet(path, index=False)
        print(f"{len(table):,} rows, {given.customers:,} customers, {given.items:,} items")
        ours = 0.0
        for name in ("product", *given.peers):
            models = {} if name == "product" else {"models": (name,)}
            with Meter() as meter:
                run = recommend(path, as_of=AS_OF, quiet=True, seed=given.seed, **models)
            value = judged(run.recommendations, table)
            ours = ours or value
            chosen = run.metrics["chosen"]
            print(f"{name:8} {chosen:24} {meter.seconds:7.1f} s {meter.peak_mb:8,.0f} MiB  NDCG@10 {value:.4f}  "
                  f"ours is {ours / max(value, 1e-9):.2f} times that", flush=True)  # fmt: skip
            for note in run.metrics["notes"] if name == "product" else ():
                print(f"  {note}")


if __name__ == "__main__":
    main()

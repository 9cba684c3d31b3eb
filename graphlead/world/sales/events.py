"""What customers do, day by day: orders and log-ins, which thin out before one leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs
from graphlead.world.sales.days import HISTORY, Times, by_day, dates, repeated, steps
from graphlead.world.sales.items import item_of, line_of, price_of
from graphlead.world.sales.lots import Lots

GAPS = (12, 60)
"""Days between two orders of a customer: its own rhythm lies between these."""
ORDERS_KEPT, LOGINS_KEPT = 0.5, 0.35
"""Shares of the usual orders and log-ins of a customer that is about to leave."""
RETURNED = 0.02
BREAK, BREAKS = 60, 0.12
"""Days for which a customer does nothing at times, and the share of such spells."""


def make_orders(table: pd.DataFrame, truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row an order, in the order of the days: order_id, customer_id, date, item, quantity, unit_price."""
    ids = table["customer_id"].to_numpy(object)
    times, lots = Times(table, truth), Lots.of(ids, seed)
    gap = GAPS[0] + (GAPS[1] - GAPS[0]) * lots.share("rhythm")
    who, step = steps((HISTORY / gap).astype(np.int64) + 1)
    own = repeated(lots, who, step)
    day = times.first[who] + (gap[who] * (step + 0.7 * own.share("order day"))).astype(np.int64)
    busy = ~times.fading(who, day) | own.happens("order", ORDERS_KEPT)
    kept = times.there(who, day) & busy & ~_breaks(lots, who, day, "order")
    item = item_of(own, line_of(lots)[who])
    rows = pd.DataFrame({
        "customer_id": ids[who], "date": dates(day), "item": item,
        "quantity": np.where(own.happens("return", RETURNED), -1, 1) * (1 + own.count("quantity", 2)),
        "unit_price": price_of(item),
    })  # fmt: skip
    orders = by_day(rows, kept)
    orders.insert(0, "order_id", [f"O{i:07d}" for i in range(1, len(orders) + 1)])
    return orders


def make_logins(table: pd.DataFrame, truth: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row a day with a log-in: customer_id, date, minutes. The last one was as long ago as the table has it."""
    ids = table["customer_id"].to_numpy(object)
    times, lots = Times(table, truth), Lots.of(ids, seed)
    gap = 3 + (100 - table["feature_usage_index"].to_numpy()) / 12
    who, back = steps((HISTORY / gap).astype(np.int64) + 1)
    own, last = repeated(lots, who, back), back == 0
    latest = times.last - table["last_login_days_ago"].to_numpy()
    day = latest[who] - (gap[who] * (back + np.where(last, 0, 0.8 * own.share("login day")))).astype(np.int64)
    busy = ~times.fading(who, day) | own.happens("login", LOGINS_KEPT)
    kept = times.there(who, day) & (last | (busy & ~_breaks(lots, who, day, "login")))
    minutes = 1 + own.gamma("minutes", 1.5, 12).astype(int)
    return by_day(pd.DataFrame({"customer_id": ids[who], "date": dates(day), "minutes": minutes}), kept)


def _breaks(lots: Lots, who: Longs, day: Longs, what: str) -> Flags:
    """Whether customers ``who`` (m,) take a break from this on these days (m,)."""
    spell = repeated(lots, who, -day // BREAK + 1)
    return spell.happens(f"break from {what}", BREAKS)

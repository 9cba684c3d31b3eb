"""What a generated seller sells: product lines of items that are bought together, with prices."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Longs, Reals
from graphlead.world.sales.lots import Lots, Texts

LINES = {
    "measuring": {"Sensor": 129.0, "Cable set": 18.5, "Calibration": 85.0, "Data logger": 310.0, "Probe": 44.0},
    "filtering": {"Filter": 39.9, "Filter housing": 145.0, "Seal kit": 12.0, "Pump": 420.0, "Pressure gauge": 36.0},
    "driving": {"Motor": 560.0, "Coupling": 58.0, "Bearing": 23.0, "Drive belt": 17.5, "Gearbox": 890.0},
    "switching": {"Relay": 14.5, "Circuit breaker": 62.0, "Terminal block": 9.9, "Control panel": 740.0, "Fuse": 3.2},
    "software": {"Licence": 240.0, "Service hour": 95.0, "Training": 850.0, "Support plan": 180.0, "Setup": 490.0},
}  # fmt: skip
"""Items and their prices by product line."""
PRICES = {item: price for items in LINES.values() for item, price in items.items()}
OWN_LINE = 0.7
"""The share of its orders that a customer makes from the line that it uses; the others are of any line."""


def line_of(lots: Lots) -> Longs:
    """The product line that each customer (n,) uses, by its position."""
    return (len(LINES) * lots.share("line")).astype(np.int64)


def item_of(order: Lots, line: Longs) -> Texts:
    """The item of each order (n,) by a customer that uses this line; the first items of a line are bought most."""
    own = order.happens("own line", OWN_LINE)
    any_line = (len(LINES) * order.share("any line")).astype(np.int64)
    items = np.array([list(items) for items in LINES.values()], object)
    place = (items.shape[1] * order.share("item") ** 2).astype(np.int64)
    return np.asarray(items[np.where(own, line, any_line), place])


def price_of(items: Texts) -> Reals:
    """The price of each item (n,)."""
    return np.array([PRICES[item] for item in items], np.float64)

"""What purchases show of customers: how recently, how often and for how much they buy, and how."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Reals
from graphlead.core.cases import Kind
from graphlead.core.customers import Customers, Trait
from graphlead.core.purchases import Purchases

SHOWN = {
    "recency": ("days since the last purchase", "longer without a purchase", "bought recently"),
    "frequency": ("days with purchases", "bought often", "bought rarely"),
    "monetary": ("spent so far", "spent much", "spent little"),
    "recent": (
        "days with purchases in the last 180 days",
        "often in the last 180 days",
        "rarely in the last 180 days",
    ),
    "variety": ("different items bought", "many different items", "few different items"),
    "tenure": ("days since the first purchase", "customer for long", "customer since lately"),
    "rhythm": ("days between purchases", "long between purchases", "short between purchases"),
    "basket": ("spent on a day with purchases", "large orders", "small orders"),
    "returned": ("share of the value returned", "returns much", "returns little"),
}
"""The title of each trait, and what is said of somebody who has more of it, or less."""
SCORED = ("recency", "frequency", "monetary", "variety")
"""What segments are found in. Six segments of a wholesaler's customers in these are found again with 80 % of them at an
ARI of .91 to .99 on four days, and tell .266 of the variance of later spending; with ``recent`` too, at .88 to .99 and
.262."""
RECENT = 180
"""Days in which a purchase is recent: those in which somebody who buys counts as a customer."""
ATTRIBUTES = 30
"""Columns of the customers themselves that describe segments at most."""


def customers_of(found: Purchases) -> Customers:
    """The customers of purchases with what these show; what is known of all or of nobody alike tells nothing."""
    days = found.bought.day
    visits = pd.DataFrame({"customer": found.bought.customer, "day": days, "amount": found.bought.amount})
    amounts = visits["amount"].notna().any()
    by_day = visits.groupby(["customer", "day"], sort=True)["amount"].sum().reset_index()
    each = by_day.groupby("customer")
    end = np.datetime64(found.as_of, "D")
    first, last = (_days_before(end, each["day"].agg(which)) for which in ("min", "max"))
    frequency: Reals = each.size().to_numpy().astype(np.float64)
    monetary = each["amount"].sum().to_numpy(np.float64) if amounts else np.full(len(frequency), np.nan)
    recent = by_day["day"] >= end - np.timedelta64(RECENT, "D")
    values = {
        "recency": last,
        "frequency": frequency,
        "monetary": monetary,
        "recent": np.bincount(by_day["customer"][recent], minlength=len(frequency)).astype(np.float64),
        "variety": _variety(found),
        "tenure": first,
        "rhythm": np.where(frequency > 1, (first - last) / np.maximum(frequency - 1, 1), np.nan),
        "basket": monetary / frequency,
        "returned": _returned(found, monetary),
    }
    traits = [_trait(name) for name, held in values.items() if np.isfinite(held).any()]
    frame = pd.DataFrame({trait.name: values[trait.name] for trait in traits})
    more, theirs = _attributes(found.of_customers, set(values))
    return Customers(
        ids=found.customers,
        traits=(*traits, *more),
        table=pd.concat([frame, theirs], axis=1),
        recency=last,
        frequency=frequency,
        monetary=monetary,
        bought=True,
    ).in_order()


def _trait(name: str) -> Trait:
    title, more, less = SHOWN[name]
    return Trait(
        name=name,
        kind=Kind.NUMBER,
        title=title,
        scored=name in SCORED,
        logged=name != "returned",
        more=more,
        less=less,
    )


def _days_before(end: np.datetime64, days: pd.Series[pd.Timestamp]) -> Reals:
    return (end - days.to_numpy().astype("datetime64[D]")).astype(np.float64)


def _variety(found: Purchases) -> Reals:
    known = found.bought.rows(found.of_known_items)
    if not len(known):
        return np.full(len(found.customers), np.nan)
    pairs = pd.DataFrame({"customer": known.customer, "item": known.item}).drop_duplicates()
    return np.bincount(pairs["customer"], minlength=len(found.customers)).astype(np.float64)


def _returned(found: Purchases, monetary: Reals) -> Reals:
    """The value returned over the value bought (n,), at most 1; NaN where nothing has a value or nobody returns."""
    back = np.bincount(
        found.returned.customer, np.abs(np.nan_to_num(found.returned.amount)), minlength=len(monetary)
    )
    if not back.any():
        return np.full(len(monetary), np.nan)
    return np.minimum(back / np.where(monetary > 0, monetary, np.nan), 1.0)


def _attributes(theirs: pd.DataFrame, taken: set[str]) -> tuple[list[Trait], pd.DataFrame]:
    """The columns of the customers themselves, such as their country, to describe segments."""
    traits = [
        Trait(
            name=str(name),
            kind=Kind.NUMBER if pd.api.types.is_numeric_dtype(theirs[name]) else Kind.CATEGORY,
            title=str(name),
            scored=False,
        )
        for name in theirs
        if str(name) not in taken
    ][:ATTRIBUTES]
    return traits, theirs[[trait.name for trait in traits]].reset_index(drop=True)

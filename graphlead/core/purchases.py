"""Purchases: who bought what on which day; all that recommendations and segments see of a table of orders."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import NONE, Flags, Ints, Json, Reals, require, require_indices

Texts = npt.NDArray[np.object_]
DAY = "datetime64[D]"


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What customers bought, or returned: one line for each customer, item and day.

    customer, item: int32 (p,) positions among the customers and the items, an item NONE where it is not known. day:
    datetime64[D] (p,). amount, quantity: float64 (p,), the sums of the day, NaN where nothing holds them.
    """

    customer: Ints
    item: Ints
    day: npt.NDArray[np.datetime64]
    amount: Reals
    quantity: Reals

    def __post_init__(self) -> None:
        for each in fields(self):
            length = len(getattr(self, each.name))
            require(length == len(self.customer), "Lines", f"{each.name} of {len(self.customer)}", length)
        require(self.day.dtype == np.dtype(DAY), "Lines", f"days as {DAY}", self.day.dtype)

    def __len__(self) -> int:
        return len(self.customer)

    def rows(self, chosen: npt.NDArray[Any]) -> Self:
        """These lines, by mask or by position."""
        taken: dict[str, Any] = {each.name: getattr(self, each.name)[chosen] for each in fields(self)}
        return type(self)(**taken)

    def before(self, day: date) -> Self:
        """The lines before a day."""
        return self.rows(self.day < np.datetime64(day, "D"))


@dataclass(frozen=True, kw_only=True)
class Purchases:
    """Purchases before a day, with what is known of customers and items.

    customers (n,), items (m,): the user's ids as text, in ascending order; each customer and each item was bought or
    bought from at least once. bought: one line at least; returned: amounts and quantities as written, mostly below 0.
    of_items (m, k), of_customers (n, l): what further columns hold, text or None, or float64 with NaN; from the column
    names of the user. as_of: everything lies before it. plan: rows (column, as, because); notes: for the user;
    understood: how the table was read, to read a newer one in the same way. named: what the item column is called, ""
    without one; size: what amounts are called, "" where purchases have none.
    """

    customers: Texts
    items: Texts
    bought: Lines
    returned: Lines
    as_of: date
    of_items: pd.DataFrame
    of_customers: pd.DataFrame
    named: str = ""
    size: str = ""
    plan: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    understood: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(len(self.of_items) == len(self.items), "Purchases", "a row for each item", len(self.of_items))
        known = len(self.of_customers)
        require(known == len(self.customers), "Purchases", "a row for each customer", known)
        for lines in (self.bought, self.returned):
            require_indices("Purchases", "customers", lines.customer, len(self.customers))
            require_indices("Purchases", "items", lines.item, len(self.items), lowest=NONE)

    @property
    def of_known_items(self) -> Flags:
        """The lines of ``bought`` with an item, bool (p,)."""
        return np.asarray(self.bought.item != NONE)

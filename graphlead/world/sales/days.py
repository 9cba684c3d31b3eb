"""The days of customers: when each came and leaves, and rows of what it does in between."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.world.firms import SNAPSHOT
from graphlead.world.sales.lots import Lots

HISTORY = 540
"""Days of history in the CRM."""
MONTH = 30.44
FADING = 60
"""Days before leaving in which a customer does less."""


class Times:
    """When each customer (n,) came, and up to when it is seen; in days relative to the snapshot of the register.

    first, last: int64 (n,). leaving: the day of leaving, past or to come; infinite for those that stay.
    """

    def __init__(self, table: pd.DataFrame, truth: pd.DataFrame) -> None:
        left = truth["left_on"].to_numpy("datetime64[D]")
        self.leaving: Reals = np.where(np.isnat(left), np.inf, (left - SNAPSHOT).astype(np.float64))
        self.last: Longs = np.minimum(self.leaving, 0).astype(np.int64)
        tenure = np.round(table["tenure_months"].to_numpy() * MONTH).astype(np.int64)
        self.first: Longs = np.maximum(self.last - tenure, -HISTORY)

    def there(self, who: Longs, day: Longs) -> Flags:
        """Whether customers ``who`` (m,) are seen on these days (m,)."""
        return np.asarray((day >= self.first[who]) & (day <= self.last[who]))

    def fading(self, who: Longs, day: Longs) -> Flags:
        """Whether customers ``who`` (m,) are about to leave on these days (m,)."""
        return np.asarray(day > self.leaving[who] - FADING)


def steps(sizes: Longs) -> tuple[Longs, Longs]:
    """For rows that come ``sizes`` (n,) times: the position of the row, and the number of the time from 0."""
    who = np.repeat(np.arange(len(sizes)), sizes)
    return who, np.arange(len(who)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def repeated(lots: Lots, who: Longs, step: Longs) -> Lots:
    """Draws for each time that a row comes, see ``steps``."""
    return Lots(lots.keys[who] + step.astype(np.uint64), lots.seed)


def dates(days: Longs) -> npt.NDArray[np.str_]:
    """Days relative to the snapshot as text, such as 2025-06-30."""
    return (SNAPSHOT + days.astype("timedelta64[D]")).astype(str)


def by_day(rows: pd.DataFrame, kept: Flags) -> pd.DataFrame:
    """The rows that are kept, in the order of their days."""
    return rows[kept].sort_values(["date", "customer_id"], kind="stable").reset_index(drop=True)

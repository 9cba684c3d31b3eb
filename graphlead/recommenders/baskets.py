"""Who bought which items before a day, as a matrix, with how lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import NONE, Floats, Ints
from graphlead.core.purchases import Purchases

LIVELY, RECENT = 30, 60
"""Days before the day within which an item's purchases count as alive, and as recently popular."""
NO_SIGN_OF_LIFE = 0.02
"""Added to the share of an item's buyers who bought it lately, so that what nobody bought lately only sinks."""
FADING = 60.0
"""Days over which a purchase loses two thirds of its weight in the vector of a faded customer."""


@dataclass(frozen=True, kw_only=True)
class Baskets:
    """Customers and what they have bought before a day.

    x: csr float32 (n, m), 1 where a customer bought an item; had: the same, and where a customer returned one or got it
    for nothing: what is new to a customer was never had. age: the days since the last time, in the order of
    ``x.data``, float32. recent: (m,) buyers of the last RECENT days; alive: (m,) the share of an item's buyers whose
    last purchase of it is of the last LIVELY days.
    """

    x: sp.csr_matrix
    had: sp.csr_matrix
    age: Floats
    recent: Floats
    alive: Floats

    @property
    def buyers(self) -> Floats:
        """The buyers of each item (m,)."""
        return np.bincount(self.x.indices, minlength=self.x.shape[1]).astype(np.float32)

    @property
    def bought(self) -> Ints:
        """How many items each customer bought (n,)."""
        return np.diff(self.x.indptr).astype(np.int32)

    @property
    def liveness(self) -> Floats:
        """What the scores of each item are multiplied by (m,) where liveness counts."""
        return np.asarray(np.sqrt(self.alive + np.float32(NO_SIGN_OF_LIFE)), np.float32)

    def faded(self) -> sp.csr_matrix:
        """x with exp(-age / FADING) in place of 1."""
        return sp.csr_matrix(
            (np.exp(-self.age / np.float32(FADING)), self.x.indices, self.x.indptr), shape=self.x.shape
        )

    def of_items(self, kept: Ints) -> Baskets:
        """The same customers with these items only."""
        ages = sp.csr_matrix((self.age + 1, self.x.indices, self.x.indptr), shape=self.x.shape)[:, kept]
        ages.sort_indices()
        ones = sp.csr_matrix((np.ones(ages.nnz, np.float32), ages.indices, ages.indptr), shape=ages.shape)
        return Baskets(
            x=ones, had=self.had[:, kept], age=ages.data - 1, recent=self.recent[kept], alive=self.alive[kept]
        )


def baskets_of(purchases: Purchases, day: date) -> Baskets:
    """What each customer (n,) had bought of the items (m,) before a day; purchases without an item do not count."""
    known = purchases.bought.rows(purchases.of_known_items).before(day)
    shape = len(purchases.customers), len(purchases.items)
    ago = (np.datetime64(day, "D") - known.day).astype(np.float32)
    pair = known.customer.astype(np.int64) * shape[1] + known.item
    order = np.lexsort((ago, pair))
    first = np.concatenate([[True], np.diff(pair[order]) > 0]) if len(order) else np.zeros(0, bool)
    chosen = order[first]
    customer, item, age = known.customer[chosen], known.item[chosen], ago[chosen]
    pointers = np.concatenate([[0], np.cumsum(np.bincount(customer, minlength=shape[0]))])
    x = sp.csr_matrix((np.ones(len(item), np.float32), item, pointers), shape=shape)

    def buyers(days: int) -> Floats:
        return np.bincount(item[age <= days], minlength=shape[1]).astype(np.float32)

    count = np.maximum(np.bincount(item, minlength=shape[1]), 1)
    returned = purchases.returned.rows(purchases.returned.item != NONE).before(day)
    more = sp.csr_matrix(
        (np.ones(len(returned), np.float32), (returned.customer, returned.item)), shape=shape
    )
    had = sp.csr_matrix(x + more)
    had.data[:] = 1
    return Baskets(
        x=x, had=had, age=age, recent=buyers(RECENT), alive=(buyers(LIVELY) / count).astype(np.float32)
    )

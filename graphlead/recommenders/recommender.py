"""What every model of recommendations is able to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Self

import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.recommenders.baskets import Baskets


class Recommender(Protocol):
    """A model that scores items for customers by what they bought.

    ``together`` is true where a score comes from a customer's own items, so that one of them explains it.
    """

    together: bool

    def fit(self, baskets: Baskets) -> Self:
        """Learn from all customers; returns itself."""
        ...

    def scores(self, rows: sp.csr_matrix) -> Floats:
        """The score of every item, higher is better: (b, m) for customers with these weights (b, m) of their items."""
        ...

    def columns(self, rows: sp.csr_matrix, items: Ints) -> Floats:
        """The same for these items alone (b, len(items))."""
        ...

    def weights(self, own: Ints, items: Ints) -> Floats:
        """What each own item adds to the score of each of ``items`` (len(own), len(items)); zero where nothing does."""
        ...

    def arrays(self) -> Mapping[str, Floats]:
        """What was learned, to be saved by name; ``with_arrays`` takes it back."""
        ...

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        """A fitted model from what ``arrays`` gave."""
        ...

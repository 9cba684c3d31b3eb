"""What everybody buys, whatever a customer bought before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.recommenders.baskets import Baskets


@dataclass
class Popular:
    """count: float32 (m,), the buyers of each item; of the last days where ``lately``."""

    lately: bool = False
    count: Floats = field(default_factory=lambda: np.zeros(0, np.float32), repr=False)
    together = False

    def fit(self, baskets: Baskets) -> Self:
        self.count = baskets.recent if self.lately else baskets.buyers
        return self

    def scores(self, rows: sp.csr_matrix) -> Floats:
        return np.broadcast_to(self.count, (rows.shape[0], len(self.count))).copy()

    def columns(self, rows: sp.csr_matrix, items: Ints) -> Floats:
        return np.broadcast_to(self.count[items], (rows.shape[0], len(items))).copy()

    def weights(self, own: Ints, items: Ints) -> Floats:
        return np.zeros((len(own), len(items)), np.float32)

    def arrays(self) -> Mapping[str, Floats]:
        return {"count": self.count}

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        self.count = arrays["count"]
        return self

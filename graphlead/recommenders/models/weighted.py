"""Models that are a matrix of weights between items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints


@dataclass
class Weighted:
    """weight: float32 (m, m), what an item bought (row) adds to the score of another (column)."""

    weight: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    together = True

    def scores(self, rows: sp.csr_matrix) -> Floats:
        return np.asarray(rows @ self.weight, np.float32)

    def columns(self, rows: sp.csr_matrix, items: Ints) -> Floats:
        return np.asarray(rows @ self.weight[:, items], np.float32)

    def weights(self, own: Ints, items: Ints) -> Floats:
        return self.weight[np.ix_(own, items)]

    def arrays(self) -> Mapping[str, Floats]:
        return {"weight": self.weight}

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        self.weight = arrays["weight"]
        return self

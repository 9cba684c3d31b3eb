"""Factors of implicit feedback by alternating least squares (Hu, Koren and Volinsky 2008, ICDM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.core.errors import SettingsError
from graphlead.recommenders.baskets import Baskets

FACTORS, ROUNDS = 64, 15
"""The factors and the rounds, the defaults of the package but for the number of factors."""
CONFIDENCE, PENALTY = 10.0, 1.0
"""How much more a purchase counts than its absence, and the penalty on the factors: choices."""


@dataclass
class Als:
    """factors: float32 (m, f) of the items; a customer's are solved for from the items bought."""

    seed: int = 0
    factors: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    together = True

    def fit(self, baskets: Baskets) -> Self:
        try:
            from implicit.cpu.als import AlternatingLeastSquares
        except ImportError as missing:
            raise SettingsError(
                "the model als needs the package implicit, which is not installed.",
                where="--models als",
                remedy="Install it with `pip install 'graphlead[als]'`, or leave the model out.",
            ) from missing
        model = AlternatingLeastSquares(
            factors=FACTORS, regularization=PENALTY, alpha=CONFIDENCE, iterations=ROUNDS, num_threads=1,
            random_state=self.seed, use_cg=False, calculate_training_loss=False,
        )  # fmt: skip
        model.fit(baskets.x, show_progress=False)
        self.factors = np.asarray(model.item_factors, np.float32)
        return self

    def scores(self, rows: sp.csr_matrix) -> Floats:
        return np.asarray(self._of_customers(rows) @ self.factors.T, np.float32)

    def columns(self, rows: sp.csr_matrix, items: Ints) -> Floats:
        return np.asarray(self._of_customers(rows) @ self.factors[items].T, np.float32)

    def weights(self, own: Ints, items: Ints) -> Floats:
        """By the metric in which a customer's own items are weighed alike: how near each is to each of the others."""
        return np.asarray(self.factors[own] @ self.factors[items].T, np.float32)

    def arrays(self) -> Mapping[str, Floats]:
        return {"factors": self.factors}

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        self.factors = arrays["factors"]
        return self

    def _of_customers(self, rows: sp.csr_matrix) -> Floats:
        """The factors (b, f) that fit the items bought best, given those of the items."""
        V = self.factors.astype(np.float64)
        base = V.T @ V + PENALTY * np.eye(V.shape[1])
        found = np.zeros((rows.shape[0], V.shape[1]))
        for c in range(rows.shape[0]):
            own = slice(rows.indptr[c], rows.indptr[c + 1])
            mine, weight = V[rows.indices[own]], CONFIDENCE * rows.data[own]
            if len(mine):
                left = base + (mine * np.maximum(weight - 1, 0)[:, None]).T @ mine
                found[c] = np.linalg.solve(left, (mine * np.maximum(weight, 1)[:, None]).sum(0))
        return found.astype(np.float32)

"""EASE: each item predicted from all others by one ridge regression in closed form (Steck 2019, WWW)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from graphlead.core.arrays import Floats
from graphlead.core.errors import CarrierError
from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.models.gram import gram
from graphlead.recommenders.models.weighted import Weighted


@dataclass
class Ease(Weighted):
    """The weights B minimise |X - XB|^2 + penalty |B|^2 with a diagonal of zero."""

    penalty: float = 300.0

    def fit(self, baskets: Baskets) -> Ease:
        self.weight = ease_weights(gram(baskets.x), self.penalty)
        return self


def ease_weights(G: Floats, penalty: float) -> Floats:
    """B (m, m) float32 from the Gram matrix X'X (m, m), which is overwritten: -P_ij / P_jj with P = (X'X + penalty)^-1,
    and zero on the diagonal.
    """
    G[np.diag_indices_from(G)] += np.float32(penalty)
    factor, failed = lapack.spotrf(G.T, lower=1, overwrite_a=1)
    inverse, again = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or again:
        raise CarrierError(f"EASE: expected a positive definite Gram matrix, got failure {failed or again}.")
    B = np.asarray(inverse).T
    _mirror(B)
    B /= -np.diag(B).copy()
    np.fill_diagonal(B, 0)
    return B


def _mirror(upper: Floats, block: int = 1024) -> None:
    """Copy the upper triangle of a matrix to its lower one, in place."""
    for start in range(0, len(upper), block):
        stop = min(start + block, len(upper))
        square = upper[start:stop, start:stop]
        square[:] = np.triu(square) + np.triu(square, 1).T
        upper[stop:, start:stop] = upper[start:stop, stop:].T

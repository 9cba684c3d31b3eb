"""Items bought by the same customers: the cosine of their buyers (Sarwar et al. 2001, WWW)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.models.gram import gram
from graphlead.recommenders.models.weighted import Weighted


@dataclass
class Cosine(Weighted):
    """Buyers of both, over the geometric mean of the buyers of each."""

    def fit(self, baskets: Baskets) -> Cosine:
        shared = gram(baskets.x)
        root = np.sqrt(np.maximum(np.diag(shared), 1))
        shared /= root[:, None]
        shared /= root
        np.fill_diagonal(shared, 0)
        self.weight = shared
        return self

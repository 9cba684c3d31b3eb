"""How far a customer is from its neighbours, and how much sparser it is around it than around them."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

from graphlead.core.arrays import Longs, Reals

NEAREST = 10
"""Neighbours of the distance-based cleaner. A choice; a noisy row has no near ones at all."""
AROUND = 20
"""Neighbours of the local outlier factor: of 10, 20, 40, 80 and 160, never more than .02 of AUC behind the best on
planted noise in 85 numbers and in 1,473 items, except 160 in numbers where a third is noise."""


def mean_distance(points: Reals, reference: Longs) -> Reals:
    """The mean distance (n,) of each point to its nearest neighbours among the points at ``reference``.

    The distance-based cleaner, after Knorr and Ng (1998) and Ramaswamy, Rastogi and Shim (2000).
    """
    count = min(NEAREST, len(reference) - 1)
    found = NearestNeighbors(n_neighbors=count).fit(points[reference])
    distance = np.empty(len(points))
    distance[reference] = found.kneighbors()[0].mean(1)  # without the point itself
    others = _others(len(points), reference)
    if len(others):
        distance[others] = found.kneighbors(points[others])[0].mean(1)
    return distance


def local_outlier_factor(points: Reals, reference: Longs) -> Reals:
    """The local outlier factor (n,) of each point among those at ``reference`` (Breunig, Kriegel, Ng and Sander 2000).

    About 1 inside a cluster, however sparse; above 1 where the neighbours lie closer together than the point to them.
    """
    found = LocalOutlierFactor(n_neighbors=min(AROUND, len(reference) - 1), novelty=True).fit(
        points[reference]
    )
    factor = np.empty(len(points))
    factor[reference] = -found.negative_outlier_factor_
    others = _others(len(points), reference)
    if len(others):
        factor[others] = -found.score_samples(points[others])
    return factor


def _others(n: int, reference: Longs) -> Longs:
    return np.setdiff1d(np.arange(n), reference)

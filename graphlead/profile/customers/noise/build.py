"""The noise of customers: a score by each cleaner, and the vote of three."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import rankdata

from graphlead.common.deal import drawn, keys_of
from graphlead.common.parallel import one_thread_each
from graphlead.core.arrays import Flags, Reals
from graphlead.core.customers import Customers
from graphlead.profile.customers.noise.clusters import distance_to_centre
from graphlead.profile.customers.noise.hcleaner import uncovered
from graphlead.profile.customers.noise.items import items_of
from graphlead.profile.customers.noise.neighbours import local_outlier_factor, mean_distance
from graphlead.profile.customers.space import fit_space

CLEANERS = {
    "distance": "distance",
    "clusters": "clusters",
    "lof": "lof",
    "hcleaner": "hcleaner",
    "vote": "votes",
}
"""The column of the scores by what a user asks for."""
VOTERS = ("clusters", "lof", "hcleaner")
MANY = 20
"""Columns from which the shape of a row counts and its size does not: then rows are compared by their angle. Planted
noise in 85 numbers is found with an AUC of .944 in place of .808 by 20 clusters, in 1,473 items of .940 and .965 in
place of .696 and .707 by clusters and by the local outlier factor."""
MOST = 10_000
"""Customers that all are compared with; more are drawn at random. A choice: time grows with their number."""
SHARE = 0.1
"""The share that is set aside, the noisiest first: the paper leaves it to the user. A choice."""


def find_noise(customers: Customers, seed: int) -> pd.DataFrame:
    """How noisy each customer is: id, distance, clusters, lof, hcleaner (each higher for a noisier one), and votes, the
    mean of its ranks by the last three, over their number.

    At least three customers. Of more than MOST, all are compared with so many of them, drawn at random.
    """
    reference = drawn(keys_of(pa.array(customers.ids, pa.string())), MOST, "noise", seed)
    with one_thread_each:
        points = _points(customers)
        scores = {
            "distance": mean_distance(points, reference),
            "clusters": distance_to_centre(points, reference, seed),
            "lof": local_outlier_factor(points, reference),
            "hcleaner": uncovered(items_of(customers), reference),
        }
    ranks = [rankdata(scores[name].round(9)) for name in VOTERS]
    votes = np.mean(ranks, axis=0) / len(customers)
    return pd.DataFrame({"id": customers.ids, **scores, "votes": votes})


def noisiest(scores: Reals) -> Flags:
    """Whether a customer is among the noisiest (n,): SHARE of them, those with equal scores all or none."""
    return np.asarray(scores > np.quantile(scores, 1 - SHARE))


def _points(customers: Customers) -> Reals:
    points = fit_space(customers.traits, customers.table).standardised(customers.table)
    if points.shape[1] < MANY:
        return points
    length = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.maximum(length, 1e-9))

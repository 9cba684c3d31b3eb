"""Outlier detection: companies with numbers that isolation forest and local outlier factor both find extreme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.codes import cross, encode
from graphlead.core.arrays import Longs, Reals

if TYPE_CHECKING:
    from sklearn.ensemble import IsolationForest

Matrix = npt.NDArray[np.float32]

FOREST_ROWS = 20_000
NEIGHBOUR_ROWS = 10_000
CHUNK = 100_000
"""Rows that the forest is fitted on, that neighbours are sought among, and that are scored at once: bounds on time
and memory, not on what is found."""

TREES = 50
"""Path lengths converge well before 100 trees (Liu et al. 2008)."""

TREE_ROWS = 4_096
"""Rows per tree, more than the usual 256: extremes must be among them, for all rows beyond a tree's own look alike."""

NEIGHBOURS = 20
"""Neighbours of the local outlier factor: at least 10 (Breunig et al. 2000), and scikit-learn's default."""

MOST = 0.01
"""The share of companies that may be suspects of the forest: the report is for people to read."""

ISOLATED = 0.6
"""Forest scores are around 0.5 for ordinary rows and near 1 for rows that a cut or two isolates (Liu et al. 2008)."""

SPARSE = 3.0
"""Least local outlier factor of an outlier (Breunig et al. 2000): around it, density is a third of its neighbours'."""

SKEWED = 2.0
"""Skewness, that of an exponential distribution, beyond which a column is taken as logarithms."""


@dataclass(frozen=True)
class Outliers:
    """Row positions, the most isolated first, and for each the column with the most extreme value."""

    rows: Longs
    columns: Longs


def find_outliers(values: Matrix, seed: int) -> Outliers:
    """The rows of ``values`` (n, k), NaN where missing, that both detectors call outliers.

    Skewed columns are taken as logarithms, all are centred on the median and scaled by the interquartile range; a
    missing value counts as the median.
    """
    from sklearn.ensemble import IsolationForest

    scaled = _scaled(values)
    n = len(scaled)
    rng = np.random.default_rng(seed)
    sample = np.sort(rng.choice(n, min(n, FOREST_ROWS), replace=False))
    forest = IsolationForest(
        n_estimators=TREES, max_samples=min(len(sample), TREE_ROWS), random_state=seed
    ).fit(scaled[sample])
    isolation = _isolation(forest, scaled)
    threshold = max(ISOLATED, float(np.quantile(isolation, 1 - MOST)))
    suspects = np.flatnonzero(isolation >= threshold)
    if not len(suspects):
        return Outliers(suspects, suspects)
    confirmed = suspects[_sparseness(scaled, suspects, rng) >= SPARSE]
    distance = np.abs(scaled[confirmed])
    order = np.lexsort((-distance.max(axis=1), -isolation[confirmed]))
    return Outliers(confirmed[order], distance[order].argmax(axis=1))


def _isolation(forest: IsolationForest, scaled: Matrix) -> Reals:
    """The score of each row (n,); equal rows, many where numbers are small, have it worked out once."""
    codes = [encode(pa.array(column))[0] for column in scaled.T]
    group, count = cross(codes)
    rows = np.zeros(count, np.int64)
    rows[group] = np.arange(len(group))
    distinct = scaled[rows]
    scores = [-forest.score_samples(distinct[start : start + CHUNK]) for start in range(0, count, CHUNK)]
    return np.asarray(np.concatenate(scores)[group], np.float64)


def _scaled(values: Matrix) -> Matrix:
    columns = [_scaled_column(values[:, j]) for j in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _scaled_column(column: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    known = column[~np.isnan(column)].astype(np.float64)
    if not len(known):
        return np.zeros(len(column), np.float32)
    spread = known.std()
    skewness = float(((known - known.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
    wide = column.astype(np.float64)
    if abs(skewness) > SKEWED:
        wide, known = np.sign(wide) * np.log1p(np.abs(wide)), np.sign(known) * np.log1p(np.abs(known))
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    scale = (high - low) or known.std() or 1.0
    return np.asarray(np.nan_to_num((wide - middle) / scale, nan=0.0), np.float32)


def _sparseness(scaled: Matrix, suspects: Longs, rng: np.random.Generator) -> Reals:
    """The local outlier factor of each suspect against a sample of all companies.

    Equal rows count once: many at one point would make each of their neighbours an outlier.
    """
    from sklearn.neighbors import LocalOutlierFactor

    drawn = rng.choice(len(scaled), min(len(scaled), NEIGHBOUR_ROWS), replace=False)
    crowd = np.unique(np.round(scaled[drawn], 3), axis=0)
    if len(crowd) <= 2:
        return np.full(len(suspects), np.inf)
    factor = LocalOutlierFactor(n_neighbors=min(NEIGHBOURS, len(crowd) - 1), novelty=True).fit(crowd)
    return np.asarray(-factor.score_samples(scaled[suspects]), np.float64)

"""Companies whose numbers stand apart: isolation forest and local outlier factor, reported where both agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from graphlead.core.arrays import Longs, Reals

Matrix = npt.NDArray[np.float32]

FOREST_ROWS = 20_000
NEIGHBOUR_ROWS = 10_000
CHUNK = 100_000
TREES = 50
TREE_ROWS = 4_096
"""Rows a tree sees: enough that extremes are among them, for a tree cannot tell how far beyond its own a row lies."""
NEIGHBOURS = 20
MOST = 0.01
"""The share of companies that the forest may hand on."""

ISOLATED = 0.6
"""Forest scores lie around 0.5 for ordinary rows and near 1 for rows that a cut or two isolates (Liu et al. 2008)."""

SPARSE = 3.0
"""How many times emptier than around its neighbours it is around an outlier (Breunig et al. 2000)."""

SKEWED = 2.0


@dataclass(frozen=True)
class Outliers:
    """Row positions, the most isolated first, and for each the column that stands out most."""

    rows: Longs
    columns: Longs


def find_outliers(values: Matrix, seed: int) -> Outliers:
    """The rows of ``values`` (n, k), NaN where missing, that both detectors call outliers.

    Skewed columns are taken as logarithms, all are centred on the median and scaled by the spread of their middle
    half; a missing value counts as the median.
    """
    scaled = _scaled(values)
    n = len(scaled)
    rng = np.random.default_rng(seed)
    sample = np.sort(rng.choice(n, min(n, FOREST_ROWS), replace=False))
    forest = IsolationForest(
        n_estimators=TREES, max_samples=min(len(sample), TREE_ROWS), random_state=seed
    ).fit(scaled[sample])
    isolation = np.concatenate(
        [-forest.score_samples(scaled[start : start + CHUNK]) for start in range(0, n, CHUNK)]
    )
    threshold = max(ISOLATED, float(np.quantile(isolation, 1 - MOST)))
    suspects = np.flatnonzero(isolation >= threshold)
    if not len(suspects):
        return Outliers(suspects, suspects)
    confirmed = suspects[_sparseness(scaled, suspects, rng) >= SPARSE]
    distance = np.abs(scaled[confirmed])
    order = np.lexsort((-distance.max(axis=1), -isolation[confirmed]))
    return Outliers(confirmed[order], distance[order].argmax(axis=1))


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

    Equal rows are counted once: many of them at one point would make every neighbour of theirs an outlier.
    """
    drawn = rng.choice(len(scaled), min(len(scaled), NEIGHBOUR_ROWS), replace=False)
    crowd = np.unique(np.round(scaled[drawn], 3), axis=0)
    if len(crowd) <= 2:
        return np.full(len(suspects), np.inf)
    factor = LocalOutlierFactor(n_neighbors=min(NEIGHBOURS, len(crowd) - 1), novelty=True).fit(crowd)
    return np.asarray(-factor.score_samples(scaled[suspects]), np.float64)

"""How good lists of new items are: NDCG, recall, coverage and novelty of the first ten."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints, Longs, Reals

FIRST = 10


def top_of(scores: Floats, hidden: sp.csr_matrix | None, n: int) -> Longs:
    """The positions of the n highest scores of each row (b, n), the first of equal ones first; -1 for none.

    hidden: (b, m) items that are left out where it holds something.
    """
    if hidden is not None:
        rows = np.repeat(np.arange(hidden.shape[0]), np.diff(hidden.indptr))
        scores[rows, hidden.indices] = -np.inf
    n = min(n, scores.shape[1])
    found = (
        np.argpartition(-scores, n - 1, axis=1)[:, :n] if n < scores.shape[1] else np.argsort(-scores, axis=1)
    )
    values = np.take_along_axis(scores, found, axis=1)
    order = np.lexsort((found, -values), axis=1)
    values = np.take_along_axis(values, order, axis=1)
    return np.where(np.isfinite(values), np.take_along_axis(found, order, axis=1), -1)


def hits_of(top: Longs, wanted: sp.csr_matrix) -> np.ndarray:
    """Whether each recommended item (b, n) is one that was wanted (b, m)."""
    rows = np.repeat(np.arange(len(top)), top.shape[1])
    held = np.asarray(wanted[rows, np.maximum(top, 0).ravel()]).reshape(top.shape) > 0
    return held & (top >= 0)


def ndcg(hits: np.ndarray, wanted: Ints) -> Reals:
    """NDCG (b,) of hits (b, n) in the order of the ranks; wanted: (b,) how many items could be hit."""
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)[np.minimum(wanted, hits.shape[1]) - 1]
    return np.asarray(hits @ discount / ideal)


def recall(hits: np.ndarray, wanted: Ints) -> Reals:
    """The share (b,) of the wanted items that were hit, of at most as many as are recommended."""
    return np.asarray(hits.sum(1) / np.minimum(wanted, hits.shape[1]))


def coverage(top: Longs, items: int) -> float:
    """The share of the items that is recommended to somebody."""
    return len(np.setdiff1d(top, [-1])) / max(items, 1)


def novelty(top: Longs, buyers: Floats, customers: int) -> float:
    """The mean surprise of what is recommended, in bits: -log2 of the share of customers who have bought it."""
    shares = np.maximum(buyers[top[top >= 0]], 1) / max(customers, 1)
    return float(-np.log2(shares).mean()) if len(shares) else 0.0


def interval(values: Reals) -> tuple[float, float, float]:
    """The mean of figures of independent customers with its 95 % interval."""
    mean, half = float(values.mean()), 1.96 * float(values.std(ddof=1)) / np.sqrt(len(values))
    return mean, mean - half, mean + half

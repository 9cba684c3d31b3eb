"""How good lists of new items are: NDCG, recall, coverage and novelty of the first ten."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints, Longs, Reals

FIRST = 10
GROUP = 32
"""Items of which only the highest score is sorted at first, which takes a tenth of the time of sorting all."""


def top_of(scores: Floats, hidden: sp.csr_matrix | None, n: int) -> Longs:
    """The positions of the n highest scores of each row (b, n), the first of equal ones first; -1 for none.

    hidden: (b, m) items that are left out where it holds something; their scores become -inf, in place.
    """
    hide(scores, hidden)
    n = min(n, scores.shape[1])
    row, item = np.divmod(np.flatnonzero(scores >= low_bound(scores, n)[:, None]), scores.shape[1])
    value = scores[row, item]
    order = np.lexsort((-value, row))
    row, item, value = row[order], item[order], value[order]
    rank = np.arange(len(row)) - np.searchsorted(row, np.arange(len(scores)))[row]
    able = (rank < n) & np.isfinite(value)
    found = np.full((len(scores), n), -1, np.int64)
    found[row[able], rank[able]] = item[able]
    return found


def hide(scores: Floats, hidden: sp.csr_matrix | None) -> None:
    """Make the scores (b, m) of what is hidden -inf, in place."""
    if hidden is not None:
        rows = np.repeat(np.arange(hidden.shape[0]), np.diff(hidden.indptr))
        scores[rows, hidden.indices] = -np.inf


def low_bound(scores: Floats, n: int) -> Floats:
    """For each row (b, m) a value (b,) that at least n of its scores reach, and few others: the n-th highest of the
    maxima of its groups of GROUP items."""
    groups = scores.shape[1] // GROUP
    if groups < n:
        return np.asarray(np.partition(scores, -n, axis=1)[:, -n])
    whole = groups * GROUP
    tops = scores[:, :whole].reshape(len(scores), GROUP, groups).max(1)
    return np.asarray(np.partition(tops, -n, axis=1)[:, -n])


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

"""Lists of different lengths as one array and the start of each."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Ints, Longs


def starts(counts: Longs) -> Longs:
    """Where each of k lists of these lengths (k,) begins, and the last ends (k + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def entries(start: Longs, rows: Longs | Ints) -> tuple[Longs, Longs]:
    """The positions of the entries of these lists (r,), one list behind the other, and the starts in them (r + 1,).

    start (k + 1,): where each of k lists begins.
    """
    first = starts(start[rows + 1] - start[rows])
    return np.arange(first[-1]) + np.repeat(start[rows] - first[:-1], np.diff(first)), first

"""The hits expected on a list: how many clients will be won, and how many of these are among the first."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Reals
from graphlead.core.expected import HIGHEST, TILT, TOUCHING, Expected, Wins
from graphlead.evaluate.recall import Recall


def expected_hits(wins: Wins, recall: Recall, n: int) -> Expected:
    """The hits expected among the first of n candidates: ``wins`` times the recall down to there.

    The recall is that of the same share of the list, so it carries over to a register that has grown since. No band of
    ranks has more than HIGHEST hits per company; what is above is not expected at all.
    """
    # Bands of whole companies: then the scores sum to the hits exactly.
    ends = np.unique(np.maximum(np.round(recall.shares * n), 1))
    hits = wins.count * np.interp(ends / n, np.r_[0, recall.shares], np.r_[0, recall.recall])
    width = np.diff(ends, prepend=0.0)
    level = np.minimum(np.diff(hits, prepend=0.0) / width, HIGHEST / (1 + TILT))
    last = _last_of_bands(level)
    deviation = np.interp(ends / n, recall.shares, recall.deviation)
    return Expected(
        wins=wins, ends=ends[last], hits=np.cumsum(level * width)[last], deviation=deviation[last]
    )


def _last_of_bands(level: Reals) -> Flags:
    """Whether each level (k,), falling, is the last of a band of nearly equal ones."""
    last = np.ones(len(level), bool)
    for i in range(len(level) - 1):
        last[i] = level[i] - level[i + 1] > TOUCHING * level[i]
    return last

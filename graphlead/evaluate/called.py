"""How well a ranking tells the leads that were won from those that were rejected, by held-out scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Folds, Ints, Reals
from graphlead.evaluate.heldout import HeldOut

FEWEST = 20
"""Won and rejected companies, each, that it takes: with fewer the interval says nothing."""
_Z95 = 1.959964


@dataclass(frozen=True, kw_only=True)
class Called:
    """In what share of the pairs of a won and a rejected company the won one ranks before, with its 95 % interval."""

    won: int
    rejected: int
    before: float
    low: float
    high: float


def won_before_rejected(result: HeldOut, ranker: str, won: Ints, rejected: Ints) -> Called | None:
    """The order of the companies ``won`` (w,) and ``rejected`` (r,) by held-out scores; None for too few of them.

    Scores compare within a fold, so only pairs within one count; ties count one half. The interval is that of Hanley
    and McNeil (1982), The meaning and use of the area under a receiver operating characteristic (ROC) curve.
    """
    of_won, of_rejected = np.isin(result.companies, won), np.isin(result.companies, rejected)
    m, n = int(of_won.sum()), int(of_rejected.sum())
    if min(m, n) < FEWEST:
        return None
    scores = np.asarray(result.scores[ranker], np.float64)
    pairs = list(_pairs(scores, result.fold, of_won, of_rejected))
    total = sum(count for _, count in pairs)
    if not total:
        return None
    share = sum(before for before, _ in pairs) / total
    spread = _Z95 * _deviation(share, m, n)
    return Called(
        won=m, rejected=n, before=share, low=max(share - spread, 0.0), high=min(share + spread, 1.0)
    )


def _pairs(scores: Reals, fold: Folds, won: Flags, rejected: Flags) -> Iterator[tuple[float, int]]:
    """For each fold the pairs in which the won one ranks before, and all pairs."""
    for each in np.unique(fold):
        ours, theirs = scores[(fold == each) & won], np.sort(scores[(fold == each) & rejected])
        below, upto = (np.searchsorted(theirs, ours, side) for side in ("left", "right"))
        yield float((below + upto).sum() / 2), len(ours) * len(theirs)


def _deviation(share: float, m: int, n: int) -> float:
    both_won, both_rejected = share / (2 - share), 2 * share**2 / (1 + share)
    variance = share * (1 - share) + (m - 1) * (both_won - share**2) + (n - 1) * (both_rejected - share**2)
    return float(np.sqrt(max(variance, 0.0) / (m * n)))

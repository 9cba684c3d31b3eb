"""Blends of rankers: the geometric mean of their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from graphlead.core.arrays import Floats, Ints, Reals

BLEND = "blend"
"""The blend's name beside the single rankers."""


def blend(scores: Mapping[str, Floats], members: Sequence[str], fold: npt.NDArray[np.int8]) -> Floats:
    """Scores (m,) in [0, 1) by the geometric mean of the members' ranks within each fold, higher is better.

    Unlike an arithmetic mean, it keeps a company near the top that one ranker puts in its top hundred, whether
    the other puts it a tenth or half of the way down the list. Ties share their mean rank.
    """
    return _blended([share_ranked_before(scores[name], fold) for name in members])


def blend_among(scores: Mapping[str, Floats], members: Sequence[str], candidates: Ints, rows: Ints) -> Floats:
    """Blended scores (len(rows),) of the companies ``rows`` by their ranks among the candidates.

    scores: ranker to scores (n,) of all companies; candidates, rows: indices; rows need not be candidates.
    """
    return _blended([share_before(scores[name][candidates], scores[name][rows]) for name in members])


def _blended(shares: Sequence[Reals]) -> Floats:
    mean = np.mean(np.log(shares), axis=0)
    return np.asarray(1 - np.exp(mean), np.float32)


def share_before(reference: Floats, scores: Floats) -> Reals:
    """Rank among the reference scores, from the top, over their number: (len(scores),) in (0, 1]; ties share ranks."""
    ordered = np.sort(reference)
    left, right = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    rank = len(ordered) - right + (right - left + 1) / 2
    return np.minimum(rank / len(ordered), 1.0)


def share_ranked_before(scores: Floats, fold: npt.NDArray[np.int8]) -> Reals:
    """Rank within the fold, from the top, over the fold's size: (m,) in (0, 1]; ties share their mean rank."""
    share = np.empty(len(scores))
    for each in np.unique(fold):
        here = fold == each
        share[here] = rankdata(-scores[here]) / here.sum()
    return share

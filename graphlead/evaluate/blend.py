"""Blends of rankers: the weighted geometric mean of their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Floats, Ints, Reals

Members = Mapping[str, float]
"""The rankers of a blend, and how much each counts in it; these shares add up to 1."""

BLEND = "blend"
"""The blend's name beside the single rankers."""


def equally(names: Sequence[str]) -> Members:
    """A blend in which all count the same."""
    return {name: 1 / len(names) for name in names}


def blend(
    scores: Mapping[str, Floats],
    members: Members,
    fold: npt.NDArray[np.int8],
    weight: Floats | None = None,
) -> Floats:
    """Scores (m,) in [0, 1) by the weighted geometric mean of the members' ranks in each fold, higher is better.

    Unlike an arithmetic mean, it keeps a company near the top that one ranker puts in its top hundred, whether
    the other puts it a tenth or half of the way down the list. Ties share their mean rank. weight (m,): how many
    companies each stands for; None for one each.
    """
    return _blended(
        [share_ranked_before(scores[name], fold, weight) for name in members], list(members.values())
    )


def blend_among(
    scores: Mapping[str, Floats],
    members: Members,
    candidates: Ints,
    rows: Ints,
    weight: Floats | None = None,
) -> Floats:
    """Blended scores (len(rows),) of the companies ``rows`` by their ranks among the candidates.

    scores: ranker to scores (n,) of all companies; candidates, rows: indices; rows need not be candidates. weight: how
    many companies each candidate stands for; None for one each.
    """
    return _blended(
        [share_before(scores[name][candidates], scores[name][rows], weight) for name in members],
        list(members.values()),
    )


def _blended(shares: Sequence[Reals], counting: Sequence[float]) -> Floats:
    mean = np.average(np.log(shares), axis=0, weights=counting)
    return np.asarray(1 - np.exp(mean), np.float32)


def share_before(reference: Floats, scores: Floats, weight: Floats | None = None) -> Reals:
    """Rank among the reference scores, from the top, over their number: (len(scores),) in (0, 1]; ties share ranks.

    weight: how many companies each reference score stands for; None for one each.
    """
    if weight is None:
        ordered, below = np.sort(reference), np.arange(len(reference) + 1.0)
    else:
        order = np.argsort(reference)
        ordered, below = reference[order], np.append(0, np.cumsum(weight[order], dtype=np.float64))
    left, right = (below[np.searchsorted(ordered, scores, side)] for side in ("left", "right"))
    rank: Reals = below[-1] - right + (right - left + 1) / 2
    return np.asarray(np.minimum(rank / below[-1], 1.0))


def share_ranked_before(scores: Floats, fold: npt.NDArray[np.int8], weight: Floats | None = None) -> Reals:
    """Rank within the fold, from the top, over the fold's size: (m,) in (0, 1]; ties share their mean rank."""
    share = np.empty(len(scores))
    for each in np.unique(fold):
        here = fold == each
        share[here] = share_before(scores[here], scores[here], None if weight is None else weight[here])
    return share

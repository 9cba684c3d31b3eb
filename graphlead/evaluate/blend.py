"""Blends of rankers: the weighted geometric mean of their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Floats, Ints, Longs, Reals

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
    shares = []
    for name in members:
        reference = scores[name][candidates]
        shares.append(
            share_before(reference, reference if rows is candidates else scores[name][rows], weight)
        )
    return _blended(shares, list(members.values()))


def _blended(shares: Sequence[Reals], counting: Sequence[float]) -> Floats:
    mean = np.average(np.log(shares), axis=0, weights=counting)
    return np.asarray(1 - np.exp(mean), np.float32)


def share_before(reference: Floats, scores: Floats, weight: Floats | None = None) -> Reals:
    """Rank among the reference scores, from the top, over their number: (len(scores),) in (0, 1]; ties share ranks.

    weight: how many companies each reference score stands for; None for one each.
    """
    order = np.argsort(reference)
    ordered = reference[order]
    below = np.arange(len(order) + 1.0)
    if weight is not None:
        below[1:] = np.cumsum(weight[order], dtype=np.float64)
    if scores is reference:
        return _ranks_in_place(order, ordered, below)
    left, right = (below[np.searchsorted(ordered, scores, side)] for side in ("left", "right"))
    return _share(left, right, below[-1])


def _ranks_in_place(order: Longs, ordered: Floats, below: Reals) -> Reals:
    """The same (m,) of the reference scores themselves, which need no search: ``order`` puts them in theirs."""
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, len(ordered))
    starts = np.append(0, ends[:-1])
    share = np.empty(len(ordered))
    share[order] = np.repeat(_share(below[starts], below[ends], below[-1]), ends - starts)
    return share


def _share(left: Reals, right: Reals, total: float) -> Reals:
    rank = total - right + (right - left + 1) / 2
    return np.asarray(np.minimum(rank / total, 1.0))


def share_ranked_before(scores: Floats, fold: npt.NDArray[np.int8], weight: Floats | None = None) -> Reals:
    """Rank within the fold, from the top, over the fold's size: (m,) in (0, 1]; ties share their mean rank."""
    share = np.empty(len(scores))
    for each in np.unique(fold):
        here = fold == each
        mine = scores[here]
        share[here] = share_before(mine, mine, None if weight is None else weight[here])
    return share

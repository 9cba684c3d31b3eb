"""Blends of rankers: the weighted geometric mean of their ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.order import Ordered

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
        [np.log(share_ranked_before(scores[name], fold, weight)) for name in members], list(members.values())
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
    among = Among(scores, members, candidates, weight)
    return among.own() if rows is candidates else among.of({name: scores[name][rows] for name in members})


class Among:
    """Candidates, sorted once by each ranker of a blend, for the blended scores of any companies beside them.

    See ``blend_among``.
    """

    def __init__(
        self,
        scores: Mapping[str, Floats],
        members: Members,
        candidates: Ints,
        weight: Floats | None = None,
    ) -> None:
        self._counting = list(members.values())
        ladders = side_by_side(lambda name: _Ladder(scores[name][candidates], weight), list(members))
        self._ladders = dict(zip(members, ladders, strict=True))

    def own(self) -> Floats:
        """The scores of the candidates themselves."""
        return self.of({name: ladder.ordered.numbers for name, ladder in self._ladders.items()})

    def of(self, scores: Mapping[str, Floats]) -> Floats:
        """The scores (m,) of companies with these scores (m,) by ranker."""

        def log_share(name: str) -> Reals:
            return np.log(self._ladders[name].share_before(scores[name]))

        return _blended(list(side_by_side(log_share, list(self._ladders))), self._counting)


class Alone:
    """The same for a ranker that is chosen alone: its own scores."""

    def __init__(self, scores: Mapping[str, Floats], name: str, candidates: Ints) -> None:
        self._name, self._own = name, scores[name][candidates]

    def own(self) -> Floats:
        """The scores of the candidates themselves."""
        return self._own

    def of(self, scores: Mapping[str, Floats]) -> Floats:
        """The scores (m,) of companies with these scores (m,) by ranker."""
        return scores[self._name]


def _blended(logs: Sequence[Reals], counting: Sequence[float]) -> Floats:
    """The blended scores (m,) from the logarithms (m,) of the members' shares."""
    mean = np.average(logs, axis=0, weights=counting)
    return np.asarray(1 - np.exp(mean), np.float32)


def share_before(reference: Floats, scores: Floats, weight: Floats | None = None) -> Reals:
    """Rank among the reference scores, from the top, over their number: (len(scores),) in (0, 1]; ties share ranks.

    weight: how many companies each reference score stands for; None for one each.
    """
    return _Ladder(reference, weight).share_before(scores)


class _Ladder:
    """Reference scores (n,), and how many companies each stands for (n,); None for one each."""

    def __init__(self, reference: Floats, weight: Floats | None) -> None:
        self.ordered = Ordered(reference)
        self._below = (
            np.arange(len(reference) + 1.0)
            if weight is None
            else np.append(0, np.cumsum(weight[self.ordered.order], dtype=np.float64))
        )

    def share_before(self, scores: Floats) -> Reals:
        left, right = (self._below[places] for places in self.ordered.places(scores))
        rank: Reals = self._below[-1] - right + (right - left + 1) / 2
        return np.asarray(np.minimum(rank / self._below[-1], 1.0))


def share_ranked_before(scores: Floats, fold: npt.NDArray[np.int8], weight: Floats | None = None) -> Reals:
    """Rank within the fold, from the top, over the fold's size: (m,) in (0, 1]; ties share their mean rank."""
    share = np.empty(len(scores))
    for each in np.unique(fold):
        here = fold == each
        mine = scores[here]
        share[here] = share_before(mine, mine, None if weight is None else weight[here])
    return share

"""Choice of the ranker that makes the lead list: the best on held-out clients, or a blend where that wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.errors import CarrierError
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import average_precision, from_the_top
from graphlead.evaluate.positions import Resamples, positions, resample

BLEND = "blend"
"""The blend's name beside the single rankers."""

BLENDED_FROM = 3
"""How many of the best single rankers are paired into blends; a choice: more pairs invite a lucky winner."""

MARGIN = 0.5
"""Standard errors by which a blend must beat the best single ranker; a choice: it costs a second model."""


@dataclass(frozen=True)
class Choice:
    """The chosen ranker: ``name`` is a single ranker or BLEND, ``members`` the rankers that it uses."""

    name: str
    members: tuple[str, ...]
    reason: str


def choose(results: Sequence[HeldOut], seed: int) -> Choice:
    """The ranker with the best average precision, mean over the splits; deterministic by seed.

    A blend of two of the best three rankers is chosen when it beats the best single one by more than MARGIN
    standard errors of the difference, by resampling the held-out clients. Only rankers scored on every split
    take part. Raises CarrierError when there is none.
    """
    names = [name for name in results[0].scores if all(name in result.scores for result in results)]
    if not names:
        raise CarrierError("choose: expected a ranker scored on every split, got none.")
    draws = [resample(result, seed + i) for i, result in enumerate(results)]
    single = {name: _precision(results, draws, (name,)) for name in names}
    best_first = sorted(names, key=lambda name: -single[name][0])
    best = best_first[0]
    pairs = combinations(best_first[:BLENDED_FROM], 2)
    blends = {pair: _precision(results, draws, pair) for pair in pairs}
    pair = max(blends, key=lambda members: blends[members][0], default=None)
    if pair is not None:
        gain = blends[pair] - single[best]
        if gain[0] > MARGIN * gain[1:].std():
            return Choice(
                BLEND, pair, _because(f"{' and '.join(pair)} together", blends[pair], best, single[best])
            )
    second = best_first[1] if len(best_first) > 1 else ""
    return Choice(best, (best,), _because(best, single[best], second, single.get(second)))


def with_blend(results: Sequence[HeldOut], choice: Choice) -> list[HeldOut]:
    """The splits with the chosen blend as one more ranker; unchanged when a single ranker was chosen."""
    if choice.name != BLEND:
        return list(results)
    return [
        replace(result, scores={**result.scores, BLEND: blend(result.scores, choice.members, result.fold)})
        for result in results
    ]


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


def _precision(results: Sequence[HeldOut], draws: Sequence[Resamples], members: tuple[str, ...]) -> Reals:
    """Average precision of a ranker or blend, mean over the splits, (1 + resamples,)."""
    each = []
    for result, resamples in zip(results, draws, strict=True):
        one = members[0]
        scores = result.scores[one] if len(members) == 1 else blend(result.scores, members, result.fold)
        each.append(average_precision(from_the_top(positions(result, scores, resamples), resamples)))
    fewest = min(map(len, each))
    mean: Reals = np.mean([series[:fewest] for series in each], axis=0)
    return mean


def _because(chosen: str, precision: Reals, rival: str, rivals: Reals | None) -> str:
    reached = f"{chosen}: average precision {precision[0]:.3f} on held-out clients"
    return f"{reached}." if rivals is None else f"{reached}, against {rivals[0]:.3f} of {rival}."

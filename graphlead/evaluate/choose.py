"""Choice of the rankers that make the lead list: the blend of them all, without those that it is better without.

No ranker is picked as the best: on a few hundred held-out clients the best one changes with the seed, and the list with
it. On registers of US filings (11,000 and 38,000 companies, 21 sellers) the blend of the walk, the trees and the
network had an average precision on later clients of 0.354 and 0.350, the ranker that was best on held-out ones, or a
blend of two, 0.347 and 0.340.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from graphlead.core.arrays import Flags, Floats, Ints, Reals
from graphlead.core.errors import CarrierError
from graphlead.evaluate.blend import BLEND, blend
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import average_precision, from_the_top
from graphlead.evaluate.positions import Positions, Resamples, positions, resample
from graphlead.evaluate.verdict import in_words

MARGIN = 2.0
"""Standard errors by which the blend must be better without a member, on every split that judges, to lose it. To ask
instead that the member alone be so much worse than the best would leave the walk out for 15 of these 21 sellers, by
clients held out at random, though the blend is so much better without it for 3 of them only."""

DRAWS = 50
"""Resamples that a standard error is taken from: it is then known to a tenth."""

_TINY = 1e-12
"""The least standard error: of rankers that differ nowhere."""


@dataclass(frozen=True)
class Choice:
    """The chosen rankers: ``members`` make the list, as a blend unless ``name`` is that of a single ranker.

    by_fold: the blend's members in each fold of each split, chosen by the clients of the other folds; empty without a
    blend.
    """

    name: str
    members: tuple[str, ...]
    reason: str
    by_fold: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


def choose(results: Sequence[HeldOut], seed: int) -> Choice:
    """The blend of the rankers that are scored on every split, or the only one; see ``MARGIN`` for whom it loses.

    The splits that hold every client out judge, and only where there are several: what one split alone shows, another
    seed may not. Raises CarrierError when there is no ranker.
    """
    names = tuple(name for name in results[0].scores if all(name in result.scores for result in results))
    if not names:
        raise CarrierError("choose: expected a ranker scored on every split, got none.")
    nobody = np.zeros(0, np.int32)
    jury = _Jury(results, [nobody, *chain.from_iterable(map(_clients_by_fold, results))], seed)
    kept = [jury.kept(names, nth) for nth in range(len(jury.unseen))]
    reason = _because(names, kept[0], len(jury.results))
    if len(names) == 1:
        return Choice(names[0], kept[0], reason)
    by_fold, others = {}, iter(kept[1:])
    for result in results:
        by_fold[result.split] = tuple(next(others) for _ in _clients_by_fold(result))
    return Choice(BLEND, kept[0], reason, by_fold)


def with_blend(results: Sequence[HeldOut], choice: Choice) -> list[HeldOut]:
    """The splits with the blend as one more ranker, unchanged where a single ranker was chosen.

    Its members in each fold were chosen by other clients than those held out there, so its figures are honest.
    """
    if choice.name != BLEND:
        return list(results)
    return [
        replace(result, scores={**result.scores, BLEND: _by_fold(result, choice.by_fold[result.split])})
        for result in results
    ]


def _by_fold(result: HeldOut, members: Sequence[tuple[str, ...]]) -> Floats:
    """The blended scores (m,) of a split, each fold by members of its own."""
    blended = np.zeros(len(result.fold), np.float32)
    for fold in np.unique(result.fold).tolist():
        here = result.fold == fold
        scores = {name: result.scores[name][here] for name in members[fold]}
        blended[here] = blend(scores, members[fold], result.fold[here])
    return blended


def _clients_by_fold(result: HeldOut) -> list[Ints]:
    """The companies held out in each fold."""
    return [
        result.companies[result.held_out & (result.fold == fold)]
        for fold in range(int(result.fold.max()) + 1)
    ]


class _Jury:
    """The splits that judge: those that hold out the most clients, all of them; the others repeat a part of these.

    unseen: sets of clients; each decision is made without one of them.
    """

    def __init__(self, results: Sequence[HeldOut], unseen: Sequence[Ints], seed: int) -> None:
        most = max(result.n_held_out for result in results)
        self.results = [result for result in results if result.n_held_out == most]
        self.unseen = unseen
        self._draws = [_resamples(result, seed + i) for i, result in enumerate(self.results)]
        self._precisions: dict[tuple[int, tuple[str, ...]], list[Reals]] = {}

    def kept(self, names: tuple[str, ...], nth: int) -> tuple[str, ...]:
        """The ``names`` without those that the blend is better without, decided without the nth unseen clients."""
        members = names
        while len(self.results) > 1 and len(members) > 1:
            gains = {name: self._gain_without(name, members, nth) for name in members}
            worst = max(members, key=lambda name: gains[name])
            if gains[worst] <= MARGIN:
                break
            members = tuple(name for name in members if name != worst)
        return members

    def _gain_without(self, name: str, members: tuple[str, ...], nth: int) -> float:
        """The gain in average precision without a member, in standard errors, on the split where it is least."""
        rest = tuple(member for member in members if member != name)
        splits = range(len(self.results))
        gains = [self._precision(i, rest)[nth] - self._precision(i, members)[nth] for i in splits]
        return min(float(gain[0] / max(gain[1:].std(), _TINY)) for gain in gains)

    def _precision(self, split: int, members: tuple[str, ...]) -> list[Reals]:
        """The average precision of a blend (1 + resamples,) by the clients other than each of the unseen."""
        if (split, members) not in self._precisions:
            result, draws = self.results[split], self._draws[split]
            places = positions(result, blend(result.scores, members, result.fold), draws)
            clients = result.companies[result.held_out]
            self._precisions[split, members] = [
                _precision_by(places, draws, ~np.isin(clients, gone)) for gone in self.unseen
            ]
        return self._precisions[split, members]


def _precision_by(places: Positions, draws: Resamples, seen: Flags) -> Reals:
    """The average precision (1 + resamples,) by some of the held-out clients (P,); 0 by none."""
    if not seen.any():
        return np.zeros(len(draws))
    some = Positions(places.low[:, seen], places.high[:, seen], places.n_unlabelled)
    return average_precision(from_the_top(some, replace(draws, clients=draws.clients[:, seen])))


def _resamples(result: HeldOut, seed: int) -> Resamples:
    """The sample and its first DRAWS resamples."""
    draws = resample(result, seed)
    return replace(draws, clients=draws.clients[: DRAWS + 1], companies=draws.companies[: DRAWS + 1])


def _because(names: tuple[str, ...], members: tuple[str, ...], judges: int) -> str:
    if len(names) == 1:
        return "no other ranker that can make a list was trained."
    steady = "a company stands high where they agree, so the list stays much the same from run to run"
    gone = [in_words(name) for name in names if name not in members]
    if gone:
        why = (
            f"left out: {' and '.join(gone)}, without which more of the clients held back come early, "
            "in every way of holding them back"
        )
    elif judges > 1:
        why = "none is left out, as the list is not clearly better without any of them"
    else:
        why = "none is left out, as that takes two ways of holding clients back that agree"
    return f"{steady}; {why}. Their figures as a blend come from clients that had no say in this."

"""Choice of the rankers that make the lead list: the blend of all, each counting by what it finds.

No ranker is picked as the best: on a few hundred held-out clients the best one changes with the seed, and the list with
it. On two registers of US filings (15 and 6 sellers) the blend of the walk, the trees and the network had an average
precision on later clients of 0.291 and 0.384, the ranker or blend that was best on held-out ones 0.287 and 0.391.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graphlead.core.arrays import Floats, Ints
from graphlead.core.errors import CarrierError
from graphlead.evaluate.blend import BLEND, Members, blend, equally
from graphlead.evaluate.found import NOBODY, Found, clients_by_fold
from graphlead.evaluate.heldout import HeldOut, at_random
from graphlead.evaluate.verdict import in_words

POWER = 3
"""The power of a ranker's average precision by which it counts. On two registers of US filings the average precision
on later clients was 0.314 and 0.398 with it, 0.314 and 0.394 where all counted the same; on eight generated ones, where
the walk finds two thirds of what the others do, 0.356 (3,000 companies) and 0.454 (30,000) instead of 0.347 and 0.431.
To leave out who finds less than 0.6 of the best changed none of them, less than 0.75 cost 0.003 on the first."""


@dataclass(frozen=True)
class Choice:
    """The chosen rankers: ``members`` make the list, as a blend unless ``name`` is that of a single ranker.

    by_fold: the blend's members in each fold of each split, as the clients of the other folds decide how much each
    counts; empty without a blend.
    """

    name: str
    members: Members
    reason: str
    by_fold: Mapping[str, tuple[Members, ...]] = field(default_factory=dict)


def choose(results: Sequence[HeldOut], few: bool) -> Choice:
    """The blend of the rankers that are scored on every split, or the only one; see ``POWER`` for how much each counts.

    The clients held out at random decide, unless they are too few: then all count the same. Raises CarrierError when
    there is no ranker.
    """
    names = tuple(name for name in results[0].scores if all(name in result.scores for result in results))
    if not names:
        raise CarrierError("choose: expected a ranker scored on every split, got none.")
    if len(names) == 1:
        return Choice(names[0], equally(names), "no other ranker that can make a list was trained.")
    found = Found.of(at_random(results), names)
    power = 0 if few else POWER
    members = _members(found, NOBODY, power)
    by_fold = {
        result.split: tuple(_members(found, clients, power) for clients in clients_by_fold(result))
        for result in results
    }
    return Choice(BLEND, members, _because(members, few), by_fold)


def _members(found: Found, unseen: Ints, power: float) -> Members:
    """The rankers by what each finds, by all clients but these."""
    precision = {name: value**power for name, value in found.without(unseen).items()}
    return {name: value / sum(precision.values()) for name, value in precision.items()}


def with_blend(results: Sequence[HeldOut], choice: Choice) -> list[HeldOut]:
    """The splits with the blend as one more ranker, unchanged where a single ranker was chosen.

    How much its members count in a fold was decided by other clients than those held out there, so its figures are
    honest.
    """
    if choice.name != BLEND:
        return list(results)
    return [
        replace(result, scores={**result.scores, BLEND: _by_fold(result, choice.by_fold[result.split])})
        for result in results
    ]


def _by_fold(result: HeldOut, members: Sequence[Members]) -> Floats:
    """The blended scores (m,) of a split, each fold by members of its own."""
    blended = np.zeros(len(result.fold), np.float32)
    for fold in np.unique(result.fold).tolist():
        here = result.fold == fold
        scores = {name: result.scores[name][here] for name in members[fold]}
        blended[here] = blend(scores, members[fold], result.fold[here], result.weight[here])
    return blended


def _because(members: Members, few: bool) -> str:
    steady = "a company stands high where they agree, so the list stays much the same from run to run"
    if few:
        return f"{steady}; all count the same, as so few clients cannot tell which finds most."
    shares = ", ".join(f"{in_words(name)} {share:.0%}" for name, share in members.items())
    return (
        f"{steady}; each counts by the cube of what it finds: {shares}. The list's figures come from clients that "
        "had no say in this."
    )

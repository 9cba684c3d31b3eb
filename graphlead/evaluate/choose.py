"""Choice of the rankers that make the lead list: the blend of all that find nearly as much as the best one.

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
from graphlead.evaluate.blend import BLEND, blend
from graphlead.evaluate.found import NOBODY, Found, clients_by_fold
from graphlead.evaluate.heldout import HeldOut, at_random
from graphlead.evaluate.verdict import in_words

SHARE = 0.6
"""The least average precision of a member over that of the best ranker. For 21 sellers on registers of US filings the
walk's was 0.71 to 1.40 of the best other ranker's; on a generated register of 200,000 companies it was 0.23, and the
list had 0.146 with the walk and 0.169 without it."""


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


def choose(results: Sequence[HeldOut], few: bool) -> Choice:
    """The blend of the rankers that are scored on every split, or the only one; see ``SHARE`` for who takes no part.

    The clients held out at random decide, unless they are too few: then all take part. Raises CarrierError when there
    is no ranker.
    """
    names = tuple(name for name in results[0].scores if all(name in result.scores for result in results))
    if not names:
        raise CarrierError("choose: expected a ranker scored on every split, got none.")
    if len(names) == 1:
        return Choice(names[0], names, "no other ranker that can make a list was trained.")
    found = Found.of(at_random(results), names)
    share = 0.0 if few else SHARE
    members = _members(found, NOBODY, share)
    by_fold = {
        result.split: tuple(_members(found, clients, share) for clients in clients_by_fold(result))
        for result in results
    }
    return Choice(BLEND, members, _because(names, members, few), by_fold)


def _members(found: Found, unseen: Ints, share: float) -> tuple[str, ...]:
    """The rankers that find this share of what the best finds, by all clients but these."""
    precision = found.without(unseen)
    return tuple(name for name in precision if precision[name] >= share * max(precision.values()))


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
        blended[here] = blend(scores, members[fold], result.fold[here], result.weight[here])
    return blended


def _because(names: tuple[str, ...], members: tuple[str, ...], few: bool) -> str:
    gone = [in_words(name) for name in names if name not in members]
    why = f"none is left out, as each finds at least {SHARE:.0%} of what the best one finds"
    if few:
        why = "none is left out, as so few clients cannot tell which finds least"
    elif gone:
        why = f"left out for finding less than {SHARE:.0%} of what the best one finds: {' and '.join(gone)}"
    honest = "The list's figures come from clients that had no say in this."
    if len(members) == 1:
        return f"{why}. {honest}"
    steady = "a company stands high where they agree, so the list stays much the same from run to run"
    return f"{steady}; {why}. {honest}"

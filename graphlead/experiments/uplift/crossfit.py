"""Cross-fitting: the uplift of every case by learners that did not see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphlead.common.deal import dealt
from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress, silent
from graphlead.experiments.uplift.learners import LEARNERS, Guess
from graphlead.experiments.uplift.trial import Trial
from graphlead.learn.cases.encode import encoded
from graphlead.learn.cases.parallel import side_by_side
from graphlead.learn.cases.splits import keys_of

FOLDS = 5
FIRST = next(iter(LEARNERS))
TOGETHER, RESPONSE = "together", "response"
"""The mean of all learners; the outcome if treated, which is no uplift but may rank as well."""


@dataclass(frozen=True)
class HeldOut:
    """Of every case (n,): its fold, its score by each ranking, and the first learner's guess."""

    fold: Ints
    scores: Mapping[str, Reals]
    guess: Guess


def held_out(trial: Trial, seed: int, progress: Progress = silent) -> HeldOut:
    """Every learner on every case that it did not see."""
    fold = dealt(keys_of(trial.cases.group), FOLDS, "uplift", seed)
    parts = [fold == each for each in range(FOLDS)]

    def learned(held: Flags) -> dict[str, Guess]:
        return guesses(trial.rows(~held), trial.cases.rows(held), seed)

    found = list(side_by_side(learned, parts, progress))
    whole = {name: _gathered(parts, [each[name] for each in found]) for name in LEARNERS}
    return HeldOut(fold, scores_of(whole), whole[FIRST])


def guesses(train: Trial, held: Cases, seed: int) -> dict[str, Guess]:
    """Every learner, trained on a trial, applied to these cases."""
    table = encoded(train.cases, keys_of(train.cases.group), seed)
    rows = table.encoding.apply(held)
    return {name: learner.guess(train, table, rows, seed) for name, learner in LEARNERS.items()}


def scores_of(found: Mapping[str, Guess]) -> dict[str, Reals]:
    """What may rank the cases (n,), by name."""
    scores = {name: each.uplift for name, each in found.items()}
    return scores | {TOGETHER: np.mean(list(scores.values()), axis=0), RESPONSE: found[FIRST].treated}


def _gathered(parts: list[Flags], found: list[Guess]) -> Guess:
    treated, control = np.zeros((2, len(parts[0])))
    for held, each in zip(parts, found, strict=True):
        treated[held], control[held] = each.treated, each.control
    return Guess(treated, control)

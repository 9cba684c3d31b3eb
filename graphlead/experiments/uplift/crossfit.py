"""Cross-fitting: the uplift of every case by learners that did not see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphlead.common.deal import dealt
from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress, silent
from graphlead.experiments.uplift.learners import LEARNERS, Guess, Model
from graphlead.experiments.uplift.trial import Trial
from graphlead.learn.cases.encode import Encoding, encoded
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
        return fitted(trial.rows(~held), seed).guesses(trial.cases.rows(held))

    found = list(side_by_side(learned, parts, progress))
    whole = {name: _gathered(parts, [each[name] for each in found]) for name in LEARNERS}
    return HeldOut(fold, scores_of(whole), whole[FIRST])


@dataclass(frozen=True)
class Models:
    """Every learner's model by name, and the encoding of the cases that they see."""

    encoding: Encoding
    models: Mapping[str, Model]

    def guesses(self, cases: Cases) -> dict[str, Guess]:
        """What each makes of these cases."""
        rows = self.encoding.apply(cases)
        return {name: model.guess(rows) for name, model in self.models.items()}


def fitted(trial: Trial, seed: int) -> Models:
    """Every learner, trained on a trial."""
    table = encoded(trial.cases, keys_of(trial.cases.group), seed)
    return Models(
        table.encoding, {name: learner.fit(trial, table, seed) for name, learner in LEARNERS.items()}
    )


def scores_of(found: Mapping[str, Guess]) -> dict[str, Reals]:
    """What may rank the cases (n,), by name."""
    scores = {name: each.uplift for name, each in found.items()}
    return scores | {TOGETHER: np.mean(list(scores.values()), axis=0), RESPONSE: found[FIRST].treated}


def _gathered(parts: list[Flags], found: list[Guess]) -> Guess:
    treated, control = np.zeros((2, len(parts[0])))
    for held, each in zip(parts, found, strict=True):
        treated[held], control[held] = each.treated, each.control
    return Guess(treated, control)

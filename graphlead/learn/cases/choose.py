"""The choice among what members offer, by held-out loss, and honest figures that count the choice in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from graphlead.core.arrays import Flags, Ints, Longs, Reals
from graphlead.learn.cases.crossfit import Paths
from graphlead.learn.cases.registry import FURTHER, PENALISED, PLAIN, STACK
from graphlead.learn.cases.stack import Calibration, Odds, Stack, calibrated, log_loss, stacked

ALONE = ("naive_bayes",)
"""Members that are compared but do not enter the stack of a table. Naive Bayes takes columns for independent: of ten
tables the stack gained from it on three, by .0008 of loss at most, and lost on four, by up to .0046. For a later day it
is one of the simple members."""
CLEARLY = 2.0
"""Standard errors by which the stack has to have the smaller loss for the plain rule of a table to give way, and the
stack with a further member for that to enter; so a further member changes nothing where it brings nothing."""
NEARLY = 1.0
"""Standard errors within which a simpler candidate is taken for as good (Breiman et al. 1984), for a later day. Of the
clients of 6 and of 15 agencies the AUC is the same with it, and .642 instead of .621 and .657 a year before; on tables
of 700 leads, which know no later day, it lost .004."""


@dataclass(frozen=True)
class Choice:
    """Each member's candidate and calibration, the stack of the members, and which of all is used."""

    candidates: Mapping[str, int]
    calibrations: Mapping[str, Calibration]
    stack: Stack
    name: str

    def odds(self, paths: Mapping[str, Reals]) -> dict[str, Reals]:
        """The calibrated log-odds (n,) of each member and of the stack, from those of the candidates (n, k)."""
        own = {name: paths[name][:, at] for name, at in self.candidates.items()}
        found = {name: self.calibrations[name].of(each) for name, each in own.items()}
        return found | {STACK: self.stack.of(own)}

    def slopes(self) -> dict[str, float]:
        """How much a step of its own log-odds moves those of the choice, for each member that is used."""
        if self.name == STACK:
            return self.stack.slopes()
        return {self.name: self.calibrations[self.name].slope}


def choose(paths: Mapping[str, Reals], outcome: Reals, group: Longs, later: bool = False) -> Choice:
    """The choice by the held-out log-odds (n, k) of each member's candidates.

    group: (n,) rows that go together. later: what is scored are customers on a later day than all that was learned
    from: then the simple is preferred, and it has its weight in the stack instead of a turn of its own.
    """
    candidates = {name: _best(each, outcome) for name, each in paths.items()}
    if later:
        simplest = {name: _simplest(paths[name], outcome, group) for name in PENALISED if name in paths}
        candidates |= simplest
    own = {name: paths[name][:, at] for name, at in candidates.items()}
    calibrations = {name: calibrated(each, outcome) for name, each in own.items()}
    choice = Choice(candidates, calibrations, _stack_of(own, outcome, group, later), STACK)
    if PLAIN not in paths or later:
        return choice
    odds = choice.odds(paths)
    better = log_loss(odds[PLAIN], outcome) - log_loss(odds[STACK], outcome)
    return choice if _certainty(better, group) > CLEARLY else replace(choice, name=PLAIN)


def _stack_of(own: Odds, outcome: Reals, group: Longs, later: bool) -> Stack:
    """The stack of the members; a further one enters where it is clearly better with it."""
    outside = FURTHER if later else (*ALONE, *FURTHER)
    inside = {name: each for name, each in own.items() if name not in outside}
    stack = stacked(inside, outcome, later)
    for name in FURTHER:
        if name in own:
            wider = stacked(inside | {name: own[name]}, outcome, later)
            better = log_loss(stack.of(own), outcome) - log_loss(wider.of(own), outcome)
            if _certainty(better, group) > CLEARLY:
                inside, stack = inside | {name: own[name]}, wider
    return stack


def heldout_odds(
    paths: Paths, outcome: Reals, group: Longs, folds: Ints, later: bool = False
) -> tuple[dict[str, Reals], Reals]:
    """The log-odds (m,) of every model, and of the choice, for each held-out row.

    What is chosen, calibrated and weighed for a row is so by the rows of the other folds alone. outcome, group, folds:
    (m,) of the held-out rows.
    """
    every: dict[str, Reals] = {name: np.zeros(len(outcome)) for name in (*paths.odds, STACK)}
    chosen = np.zeros(len(outcome))
    for fold in np.unique(folds):
        held = folds == fold
        choice = choose(_rows(paths, ~held), outcome[~held], group[~held], later)
        odds = choice.odds(_rows(paths, held))
        for name, values in odds.items():
            every[name][held] = values
        chosen[held] = odds[choice.name]
    return every, chosen


def _rows(paths: Paths, rows: Flags) -> dict[str, Reals]:
    return {name: each[rows] for name, each in paths.odds.items()}


def _best(path: Reals, outcome: Reals) -> int:
    return int(log_loss(path, outcome[:, None]).mean(axis=0).argmin())


def _simplest(path: Reals, outcome: Reals, group: Longs) -> int:
    """The first candidate (n, k) that is, calibrated, nearly as good as the best."""
    odds = (calibrated(each, outcome).of(each) for each in path.T)
    losses = np.stack([log_loss(each, outcome) for each in odds], axis=1)
    best = losses[:, losses.mean(axis=0).argmin()]
    return next(at for at, each in enumerate(losses.T) if _certainty(each - best, group) <= NEARLY)


def _certainty(better: Reals, group: Longs) -> float:
    """The mean gain (n,) in standard errors, rows of one group taken together."""
    place = np.unique(group, return_inverse=True)[1]
    away = np.bincount(place, better - better.mean())
    error = float(np.sqrt((away**2).sum()))
    return float(better.sum()) / error if error > 0 else 0.0

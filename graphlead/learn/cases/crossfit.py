"""Cross-fitting: every row is scored by models that were trained on other groups, under each of their candidates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphlead.common.deal import dealt
from graphlead.core.arrays import Ints, Keys, Longs, Reals
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress
from graphlead.learn.cases.encode import encoded
from graphlead.learn.cases.registry import by_view, seen_by

FOLDS = 5


@dataclass(frozen=True)
class Paths:
    """Out-of-fold log-odds (n, k) of each member's candidates, and the fold (n,) of each row."""

    odds: dict[str, Reals]
    fold: Ints


def keys_of(group: Longs) -> Keys:
    """A key (n,) for each row by which random choices are dealt, the same for all rows of a group."""
    return group.astype(np.uint64)


def folds_of(cases: Cases, seed: int) -> Ints:
    """The fold (n,) of each row; groups with an outcome of 1 are dealt evenly, and so are the others."""
    keys = keys_of(cases.group)
    groups, place = np.unique(keys, return_inverse=True)
    positive = np.bincount(place, cases.outcome == 1) > 0
    fold = np.zeros(len(groups), np.int32)
    for each in (positive, ~positive):
        fold[each] = dealt(groups[each], FOLDS, "fold", seed)
    return np.asarray(fold[place])


def crossfitted(cases: Cases, seed: int, progress: Progress) -> Paths:
    """Train every candidate of every member without one fold, for each fold of these known cases."""
    fold = folds_of(cases, seed)
    odds: dict[str, Reals] = {}
    for number in range(FOLDS):
        progress(number, FOLDS, f"training fold {number + 1} of {FOLDS}")
        held = fold == number
        for name, values in _held_out(cases.rows(~held), cases.rows(held), seed):
            odds.setdefault(name, np.zeros((len(cases), values.shape[1])))[held] = values
    progress(FOLDS, FOLDS, "trained")
    return Paths(odds, fold)


def _held_out(train: Cases, held: Cases, seed: int) -> Iterator[tuple[str, Reals]]:
    """The name of each member and the log-odds (n, k) of its candidates on the held-out rows."""
    outcome = train.outcome.astype(np.float64)
    for view, members in by_view(train).items():
        table = encoded(seen_by(view, train), keys_of(train.group), seed)
        rows = table.encoding.apply(held)
        for name, member in members.items():
            yield name, member.path(table, outcome, rows, seed)

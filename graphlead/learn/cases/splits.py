"""Which rows are held out from which models: whole groups, or later days from models of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.common.deal import dealt
from graphlead.common.deal import keys_of as hashed
from graphlead.core.arrays import Flags, Ints, Keys, Longs
from graphlead.core.cases import Cases, Outcomes

FOLDS = 5
FEWEST = 5
"""Rows of each outcome that a training part needs, a choice."""
ENOUGH = 1 / 3
"""The share of the known rows that a training part of earlier days needs, a choice: with fewer, what is chosen by it is
not what serves models of all rows."""


@dataclass(frozen=True)
class Splits:
    """The fold (n,) of each row, -1 for an open one, and the folds seen (k, k) from each: never itself.

    The rows of a fold in ``held`` are held out in turn, and models are trained on the rows of the folds that it sees.
    """

    fold: Ints
    seen: Flags
    held: tuple[int, ...]

    def parts(self) -> Iterator[tuple[Flags, Flags]]:
        """For each fold that is held out, the rows to train on and the rows held out, bool (n,)."""
        for fold in self.held:
            yield self.sees(fold), self.fold == fold

    def sees(self, fold: int) -> Flags:
        """The rows that a fold sees, bool (n,)."""
        return np.append(self.seen[fold], False)[self.fold]


def splits_of(cases: Cases, seed: int) -> Splits:
    """How the known rows of these cases are held out.

    Rows of several days, with outcomes that fall within a period, are held out as they will be scored: from models that
    were trained on rows with a period that was over by then, of the same customers too. Otherwise groups are held out.
    """
    by_day = _by_day(cases)
    return by_day if by_day and by_day.held else _by_group(cases, seed)


def _by_day(cases: Cases) -> Splits | None:
    """Each day a fold; the later half of the days are held out, as far as there is enough to train on."""
    if not cases.horizon:
        return None
    days = np.unique(cases.day[cases.known])
    fold = np.where(cases.known, np.searchsorted(days, cases.day), -1).astype(np.int32)
    seen = days[None, :] + np.timedelta64(cases.horizon, "D") <= days[:, None]
    later = Splits(fold, seen, tuple(range(len(days) // 2, len(days))))
    least = ENOUGH * int(cases.known.sum())
    enough = [each for each in later.held if _is_enough(cases.outcome[later.sees(each)], least)]
    return Splits(fold, seen, tuple(enough))


def _is_enough(outcome: Outcomes, least: float) -> bool:
    return len(outcome) >= least and bool(np.bincount(outcome, minlength=2).min() >= FEWEST)


def _by_group(cases: Cases, seed: int) -> Splits:
    fold = np.where(cases.known, folds_of(cases, seed), -1).astype(np.int32)
    return Splits(fold, ~np.eye(FOLDS, dtype=bool), tuple(range(FOLDS)))


def fixed_order(cases: Cases) -> Longs:
    """The rows (n,) by day and id: trees draw rows by their position, which the order of a file must not decide."""
    return np.lexsort((hashed(pa.array(cases.ids, pa.string())), cases.day))


def keys_of(group: Longs) -> Keys:
    """A key (n,) for each row by which random choices are dealt, the same for all rows of a group."""
    return group.astype(np.uint64)


def folds_of(cases: Cases, seed: int) -> Ints:
    """A fold (n,) for each row by its group; groups with an outcome of 1 are dealt evenly, and so are the others."""
    keys = keys_of(cases.group)
    groups, place = np.unique(keys, return_inverse=True)
    positive = np.bincount(place, cases.outcome == 1) > 0
    fold = np.zeros(len(groups), np.int32)
    for each in (positive, ~positive):
        fold[each] = dealt(groups[each], FOLDS, "fold", seed)
    return np.asarray(fold[place])

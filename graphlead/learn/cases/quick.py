"""A quick model of cases, to ask what a column brings."""

from __future__ import annotations

import numpy as np

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Cases, Kind
from graphlead.learn.cases.encode import encoded
from graphlead.learn.cases.members.boosting import Boosting
from graphlead.learn.cases.splits import FOLDS, fixed_order, folds_of, keys_of

QUICK = Boosting(shapes=((3, 0.15),), rounds=(60,))


def are_alike(known: Cases, seed: int) -> bool:
    """Whether there is nothing to learn from: known cases that differ in no column, or are all of one group."""
    if not len(known) or (known.group == known.group[0]).all():
        return True
    if any(
        known.features[each.name].nunique(dropna=False) > 1
        for each in known.columns
        if each.kind is not Kind.TEXT
    ):
        return False
    return not encoded(known, keys_of(known.group), seed).encoding.raw_kinds()


def quick_odds(cases: Cases, seed: int) -> Reals:
    """The held-out log-odds (n,) of boosted trees on these known cases; 0 where nothing is to be learned from."""
    order, odds = fixed_order(cases), np.zeros(len(cases))
    cases = cases.rows(order)
    fold = folds_of(cases, seed)
    parts = [fold == each for each in range(FOLDS) if (fold == each).any()]

    def held_out(held: Flags) -> Reals:
        train = cases.rows(~held)
        table = encoded(train, keys_of(train.group), seed)
        if not table.encoding.raw_kinds():
            return np.zeros(int(held.sum()))
        rows = table.encoding.apply(cases.rows(held))
        return QUICK.path(table, train.outcome.astype(np.float64), rows, seed)[:, 0]

    for held, found in zip(parts, side_by_side(held_out, parts), strict=True):
        odds[order[held]] = found
    return odds

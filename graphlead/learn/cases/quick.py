"""A quick model of cases, to ask what a column brings."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Cases
from graphlead.learn.cases.encode import encoded
from graphlead.learn.cases.members.boosting import Boosting
from graphlead.learn.cases.parallel import side_by_side
from graphlead.learn.cases.splits import FOLDS, fixed_order, folds_of, keys_of

QUICK = Boosting(shapes=((3, 0.15),), rounds=(60,))


def quick_odds(cases: Cases, seed: int) -> Reals:
    """The held-out log-odds (n,) of boosted trees on these known cases."""
    order, odds = fixed_order(cases), np.zeros(len(cases))
    cases = cases.rows(order)
    fold = folds_of(cases, seed)
    parts = [fold == each for each in range(FOLDS) if (fold == each).any()]

    def held_out(held: Flags) -> Reals:
        train = cases.rows(~held)
        table = encoded(train, keys_of(train.group), seed)
        rows = table.encoding.apply(cases.rows(held))
        return QUICK.path(table, train.outcome.astype(np.float64), rows, seed)[:, 0]

    for held, found in zip(parts, side_by_side(held_out, parts), strict=True):
        odds[order[held]] = found
    return odds

"""Cross-fitting: every held-out row is scored by models that did not train on it, under each of their candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress
from graphlead.learn.cases.encode import encoded
from graphlead.learn.cases.registry import by_view, seen_by
from graphlead.learn.cases.splits import keys_of, splits_of


@dataclass(frozen=True)
class Paths:
    """The held-out rows (m,), by their position, and their log-odds (m, k) by each member's candidates."""

    rows: Longs
    odds: dict[str, Reals]


def crossfitted(cases: Cases, seed: int, progress: Progress, trials: int = 0) -> Paths:
    """Train every candidate of every member without the rows held out, in turn; see ``splits_of`` and ``by_view``."""
    parts = list(splits_of(cases, seed).parts())

    def odds_of(part: tuple[Flags, Flags]) -> dict[str, Reals]:
        train, held = part
        return _held_out(cases.rows(train), cases.rows(held), seed, trials)

    found = list(side_by_side(odds_of, parts, progress))
    names = [name for name in found[0] if all(name in odds for odds in found)]
    whole = {name: np.concatenate([odds[name] for odds in found]) for name in names}
    return Paths(np.concatenate([np.flatnonzero(held) for _, held in parts]), whole)


def _held_out(train: Cases, held: Cases, seed: int, trials: int) -> dict[str, Reals]:
    """The log-odds (n, k) of each member's candidates on the held-out rows."""
    outcome, found = train.outcome.astype(np.float64), {}
    for view, members in by_view(train, trials).items():
        table = encoded(seen_by(view, train), keys_of(train.group), seed)
        rows = table.encoding.apply(held)
        for name, member in members.items():
            found[name] = member.path(table, outcome, rows, seed)
    return found

"""Cross-fitting: every held-out row is scored by models that did not train on it, under each of their candidates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Longs, Reals
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


def crossfitted(cases: Cases, seed: int, progress: Progress) -> Paths:
    """Train every candidate of every member without the rows held out, in turn; see ``splits_of``."""
    parts = list(splits_of(cases, seed).parts())
    rows: list[Longs] = []
    odds: dict[str, list[Reals]] = {}
    for number, (train, held) in enumerate(parts):
        progress(number, len(parts), f"training {number + 1} of {len(parts)}")
        rows.append(np.flatnonzero(held))
        for name, values in _held_out(cases.rows(train), cases.rows(held), seed):
            odds.setdefault(name, []).append(values)
    progress(len(parts), len(parts), "trained")
    whole = {name: np.concatenate(each) for name, each in odds.items() if len(each) == len(parts)}
    return Paths(np.concatenate(rows), whole)


def _held_out(train: Cases, held: Cases, seed: int) -> Iterator[tuple[str, Reals]]:
    """The name of each member and the log-odds (n, k) of its candidates on the held-out rows."""
    outcome = train.outcome.astype(np.float64)
    for view, members in by_view(train).items():
        table = encoded(seen_by(view, train), keys_of(train.group), seed)
        rows = table.encoding.apply(held)
        for name, member in members.items():
            yield name, member.path(table, outcome, rows, seed)

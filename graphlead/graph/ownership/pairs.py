"""Sparse columns of effective shares: for each owned company, its owners with the bounds of their shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import NONE, Flags, Ints, Longs, Reals

SMALLEST = 1e-4
"""Effective shares with a smaller upper bound are left out: too small to matter, and the most numerous."""
MOST_OWNERS = 256
"""Owners kept per company, the largest first: bounds the memory of long chains and dense cores."""


def ragged(starts: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> Longs:
    """The concatenated ranges start, start + 1, ..., start + count - 1."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - (ends - counts), counts)


@dataclass(frozen=True, kw_only=True)
class Arcs:
    """Direct shares among m nodes: arrays (S,) sorted by owned, and slack (m,) as in ``Ledger``."""

    owner: Ints
    owned: Ints
    low: Reals
    high: Reals
    slack: Reals

    def __len__(self) -> int:
        return len(self.owner)

    def into(self, nodes: npt.NDArray[np.integer]) -> Longs:
        """The indices of the arcs into these companies."""
        first = np.searchsorted(self.owned, nodes, "left")
        return ragged(first, np.searchsorted(self.owned, nodes, "right") - first)


@dataclass(frozen=True)
class Pairs:
    """Effective shares, arrays of shape (P,), sorted by owned and then owner."""

    owner: Ints
    owned: Ints
    low: Reals
    high: Reals

    def __len__(self) -> int:
        return len(self.owner)

    def keys(self, n: int) -> Longs:
        return self.owned.astype(np.int64) * n + self.owner

    def take(self, rows: Flags | Longs) -> Pairs:
        return Pairs(self.owner[rows], self.owned[rows], self.low[rows], self.high[rows])


@dataclass(frozen=True)
class Walks:
    """Chains of ownership, arrays (W,): the last arc, the first owner, and its share in the owner of that arc."""

    arc: Longs
    start: Ints
    low: Reals
    high: Reals


class Columns:
    """The pairs of the companies settled so far, indexed by owned company; grows by whole columns."""

    def __init__(self, n: int) -> None:
        self.first = np.zeros(n, np.int64)
        self.count = np.zeros(n, np.int64)
        self._size = 0
        self._owner = np.empty(1024, np.int32)
        self._low = np.empty(1024, np.float32)
        self._high = np.empty(1024, np.float32)

    def add(self, pairs: Pairs) -> None:
        """Append the columns of companies that have none yet."""
        if not len(pairs):
            return
        starts = np.flatnonzero(np.r_[True, np.diff(pairs.owned) != 0])
        self.first[pairs.owned[starts]] = self._size + starts
        self.count[pairs.owned[starts]] = np.diff(np.r_[starts, len(pairs)])
        end = self._size + len(pairs)
        self._reserve(end)
        self._owner[self._size : end] = pairs.owner
        self._low[self._size : end] = pairs.low
        self._high[self._size : end] = pairs.high
        self._size = end

    def _reserve(self, size: int) -> None:
        if size > len(self._owner):
            room = max(size, 2 * len(self._owner))
            for name in ("_owner", "_low", "_high"):
                grown = np.empty(room, getattr(self, name).dtype)
                grown[: self._size] = getattr(self, name)[: self._size]
                setattr(self, name, grown)

    def walks(self, arcs: Arcs, rows: Longs) -> Walks:
        """All chains that end with one of these arcs (the arc alone included), except those that start at its end."""
        above = arcs.owner[rows]
        counts = self.count[above]
        at = ragged(self.first[above], counts)
        arc = np.r_[rows, np.repeat(rows, counts)]
        start = np.r_[above, self._owner[at]]
        low = np.r_[np.ones(len(rows)), self._low[at]]
        high = np.r_[np.ones(len(rows)), self._high[at]]
        onward = start != arcs.owned[arc]
        return Walks(arc[onward], start[onward], low[onward], high[onward])

    def pairs(self) -> tuple[Ints, Ints, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Owner, owned, low and high of all settled pairs, sorted by owned company."""
        at = ragged(self.first, self.count)
        owned = np.repeat(np.arange(len(self.count), dtype=np.int32), self.count)
        return self._owner[at], owned, self._low[at], self._high[at]


def gather(arcs: Arcs, walks: Walks) -> Pairs:
    """The chains summed by their first owner and their last company.

    The upper bound is the least of: 1; the sum with the arcs' upper bounds; and the sum with their lower bounds and
    the slack of the company given to the uncertain arc that is best for the first owner.
    """
    n = len(arcs.slack)
    keys = arcs.owned[walks.arc].astype(np.int64) * n + walks.start
    order = np.argsort(keys, kind="stable")
    keys, arc = keys[order], walks.arc[order]
    low, high = walks.low[order], walks.high[order]
    if not len(keys):
        return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), low, high)
    starts = np.flatnonzero(np.r_[True, np.diff(keys) != 0])
    owned, owner = np.divmod(keys[starts], n)
    sure = np.add.reduceat(arcs.low[arc] * high, starts)
    best = np.maximum.reduceat(np.where(arcs.high[arc] > arcs.low[arc], high, 0.0), starts)
    most = np.minimum(np.add.reduceat(arcs.high[arc] * high, starts), sure + arcs.slack[owned] * best)
    least = np.minimum(np.add.reduceat(arcs.low[arc] * low, starts), 1.0)
    return Pairs(
        owner.astype(np.int32), owned.astype(np.int32), least, np.maximum(least, np.minimum(most, 1.0))
    )


def trim(pairs: Pairs) -> Pairs:
    """The pairs without shares below SMALLEST, and with at most MOST_OWNERS owners per company."""
    pairs = pairs.take(pairs.high >= SMALLEST)
    starts = np.flatnonzero(np.diff(pairs.owned, prepend=NONE))
    counts = np.diff(starts, append=len(pairs))
    if counts.max(initial=0) <= MOST_OWNERS:
        return pairs
    order = np.lexsort((pairs.owner, -(pairs.low + pairs.high), pairs.owned))
    place = np.arange(len(pairs)) - np.repeat(starts, counts)
    return pairs.take(np.sort(order[place < MOST_OWNERS]))

"""Values of two tables in bins: numbers by the quantiles of the old table, categories by their levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Longs, Reals
from graphlead.core.drift import Bins, Form, Pair

MOST_BINS, FEWEST_BINS, ROWS = 10, 3, 20
"""Bins of numbers, and the rows of the smaller table that each is to have."""
FEWEST = 5.0
"""Rows that a bin is expected to have in the smaller table at least: with fewer, chance looks like drift."""
FREQUENT, MOST_LEVELS = 0.01, 20
"""The share from which a level has a bin of its own, and how many levels have one."""
MISSING, OTHERS, UNSEEN = "missing", "other values", "values not seen before"


def bins_of(pair: Pair) -> Bins:
    """The bins of a column; its missing values are a bin of their own, where there are any."""
    old, new = pair.old, pair.new
    assert old is not None and new is not None  # noqa: S101, of a column that is compared
    if pair.form is Form.FILLED:
        counts = [np.array([float(side.sum()), float((~side).sum())]) for side in (old, new)]
        return Bins(labels=("filled", MISSING), old=counts[0], new=counts[1])
    here = [side.dropna() for side in (old, new)]
    smaller = min(len(old), len(new))
    if pair.form is Form.CATEGORY:
        found = _levels(here[0], here[1], len(old), len(new))
    else:
        found = _ranges(here[0].to_numpy(np.float64), here[1].to_numpy(np.float64), smaller)
    return _with_missing(found, len(old) - len(here[0]), len(new) - len(here[1]))


def _with_missing(found: Bins, old: int, new: int) -> Bins:
    if not old and not new:
        return found
    return Bins(
        labels=(*found.labels, MISSING),
        old=np.append(found.old, old),
        new=np.append(found.new, new),
        fresh=(*found.fresh, False) if found.fresh else (),
    )


def _ranges(old: Reals, new: Reals, smaller: int) -> Bins:
    """Bins of about equally many rows of the old table; a value that fills one alone, such as 0, is one by itself."""
    if not len(old):
        return Bins(labels=("filled",), old=np.zeros(1), new=np.array([float(len(new))]))
    old, new = np.sort(old), np.sort(new)
    wanted = int(np.clip(smaller // ROWS, FEWEST_BINS, MOST_BINS))
    cuts = old[np.ceil(np.arange(1, wanted) / wanted * len(old)).astype(np.int64) - 1]
    heavy = _heavy(old, len(old) / wanted)
    edges = np.unique(np.concatenate([cuts, heavy, np.nextafter(heavy, -np.inf)]))
    edges, counts = _merged(edges, [_counts(side, edges) for side in (old, new)], smaller)
    return Bins(labels=_ranges_in_words(edges, old, new), old=counts[0], new=counts[1])


def _heavy(ascending: Reals, least: float) -> Reals:
    """The values that come at least so many times."""
    starts = np.flatnonzero(np.r_[True, ascending[1:] != ascending[:-1]])
    times = np.diff(np.r_[starts, len(ascending)])
    return np.asarray(ascending[starts[times >= least]])


def _counts(ascending: Reals, edges: Reals) -> Reals:
    """The values in each bin (e + 1,): up to the first edge, over it up to the second, ... over the last."""
    return np.diff(_places(ascending, edges)).astype(np.float64)


def _places(ascending: Reals, edges: Reals) -> Longs:
    """Where each bin begins, and the last one ends (e + 2,)."""
    return np.concatenate([[0], np.searchsorted(ascending, edges, "right"), [len(ascending)]])


def _merged(edges: Reals, counts: list[Reals], smaller: int) -> tuple[Reals, list[Reals]]:
    """The bins with too few rows joined with the smaller of their neighbours, the smallest first."""
    old, new = counts
    while len(edges):
        share = old / max(old.sum(), 1) / 2 + new / max(new.sum(), 1) / 2
        at = int(share.argmin())
        if share[at] * smaller >= FEWEST:
            break
        left = at == len(edges) or (at > 0 and share[at - 1] <= share[at + 1])
        edge = at - 1 if left else at
        edges = np.delete(edges, edge)
        old, new = (_joined(side, edge) for side in (old, new))
    return edges, [old, new]


def _joined(counts: Reals, edge: int) -> Reals:
    whole = counts[edge] + counts[edge + 1]
    return np.concatenate([counts[:edge], [whole], counts[edge + 2 :]])


def _ranges_in_words(edges: Reals, old: Reals, new: Reals) -> tuple[str, ...]:
    """Each bin by its smallest and its largest value in either table."""
    places = [(side, _places(side, edges)) for side in (old, new)]
    return tuple(
        _range(np.concatenate([side[at[i] : at[i + 1]][[0, -1]] for side, at in places if at[i + 1] > at[i]]))
        for i in range(len(edges) + 1)
    )


def _range(inside: Reals) -> str:
    low, high = shown(float(inside.min())), shown(float(inside.max()))
    return low if low == high else f"{low} to {high}"


def shown(value: float) -> str:
    """A number for readers: whole ones in full, others with three digits."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _levels(old: pd.Series, new: pd.Series, n: int, m: int) -> Bins:
    """A bin for each frequent level, and two for the rest: values that are seen in other rows of the old table, and
    values that are not.

    The second counts those of the old table that come once: by that share a further row of the same source has a value
    not seen before (Good 1953), so it stays where it is when nothing changes, however many levels there are. Fewer than
    that are no change: most rows of a newer register are rows of the older one.
    """
    codes, levels = pd.factorize(pd.concat([old, new]))
    before = np.bincount(codes[: len(old)], minlength=len(levels)).astype(np.float64)
    after = np.bincount(codes[len(old) :], minlength=len(levels)).astype(np.float64)
    share = before / n / 2 + after / m / 2
    enough = np.flatnonzero(share >= max(FREQUENT, FEWEST / min(n, m)))
    own = sorted(enough.tolist(), key=lambda at: (-share[at], str(levels[at])))[:MOST_LEVELS]
    rare = np.ones(len(levels), bool)
    rare[own] = False
    unseen = float((before[rare] == 1).sum()), float(after[rare & (before == 0)].sum())
    seen = float(before[rare].sum()) - unseen[0], float(after[rare].sum()) - unseen[1]
    rest = [each for each in _rest(seen, unseen, n, m) if each[1] + each[2]]
    return Bins(
        labels=(*(str(levels[at]) for at in own), *(label for label, _, _ in rest)),
        old=np.array([*before[own], *(each for _, each, _ in rest)]),
        new=np.array([*after[own], *(each for _, _, each in rest)]),
        fresh=(*(bool(before[at] == 0) for at in own), *(False for _ in rest)),
    )


def _rest(
    seen: tuple[float, float], unseen: tuple[float, float], n: int, m: int
) -> list[tuple[str, float, float]]:
    """The two bins of rare levels, in one where either would have too few rows, or nothing new is seen."""
    few = [(old / n + new / m) / 2 * min(n, m) < FEWEST for old, new in (seen, unseen)]
    if any(few) or unseen[1] / m <= unseen[0] / n:
        return [(OTHERS, seen[0] + unseen[0], seen[1] + unseen[1])]
    return [(OTHERS, *seen), (UNSEEN, *unseen)]

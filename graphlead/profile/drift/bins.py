"""Values of two tables in bins: numbers by the quantiles of the old table, categories by their levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Reals
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
    wanted = int(np.clip(smaller // ROWS, FEWEST_BINS, MOST_BINS))
    values, times = np.unique(old, return_counts=True)
    heavy = values[times >= len(old) / wanted]
    cuts = np.quantile(old, np.arange(1, wanted) / wanted, method="inverted_cdf")
    edges = np.unique(np.concatenate([cuts, heavy, np.nextafter(heavy, -np.inf)]))
    counts = [_counts(side, edges) for side in (old, new)]
    edges, counts = _merged(edges, counts, smaller)
    return Bins(labels=_ranges_in_words(edges, old, new), old=counts[0], new=counts[1])


def _counts(values: Reals, edges: Reals) -> Reals:
    """The values in each bin (e + 1,): up to the first edge, over it up to the second, ... over the last."""
    return np.bincount(np.searchsorted(edges, values, "left"), minlength=len(edges) + 1).astype(np.float64)


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
    values = np.concatenate([old, new])
    at = np.searchsorted(edges, values, "left")
    labels = []
    for i in range(len(edges) + 1):
        inside = values[at == i]
        labels.append(_range(inside) if len(inside) else "")
    return tuple(labels)


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
    not seen before (Good 1953), so it stays where it is when nothing changes, however many levels there are.
    """
    counts = pd.concat([old.value_counts(), new.value_counts()], axis=1, keys=["old", "new"]).fillna(0.0)
    share = counts["old"] / n / 2 + counts["new"] / m / 2
    enough = share >= max(FREQUENT, FEWEST / min(n, m))
    ranked = sorted(counts.index[enough], key=lambda level: (-share[level], str(level)))[:MOST_LEVELS]
    own, rest = counts.loc[ranked], counts.drop(ranked)
    unseen = float((rest["old"] == 1).sum()), float(rest.loc[rest["old"] == 0, "new"].sum())
    seen = float(rest["old"].sum()) - unseen[0], float(rest["new"].sum()) - unseen[1]
    rows = [
        (str(level), float(before), float(after))
        for level, before, after in zip(own.index, own["old"], own["new"], strict=True)
    ]
    fresh = [not before for _, before, _ in rows]
    rows += [each for each in _rest(seen, unseen, n, m) if each[1] + each[2]]
    return Bins(
        labels=tuple(label for label, _, _ in rows),
        old=np.array([each for _, each, _ in rows]),
        new=np.array([each for _, _, each in rows]),
        fresh=(*fresh, *(False for _ in rows[len(fresh) :])),
    )


def _rest(
    seen: tuple[float, float], unseen: tuple[float, float], n: int, m: int
) -> list[tuple[str, float, float]]:
    """The two bins of rare levels, in one where either would have too few rows."""
    few = [(old / n + new / m) / 2 * min(n, m) < FEWEST for old, new in (seen, unseen)]
    if any(few):
        return [(OTHERS, seen[0] + unseen[0], seen[1] + unseen[1])]
    return [(OTHERS, *seen), (UNSEEN, *unseen)]

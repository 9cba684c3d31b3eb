"""Cases dealt into arms: exact shares within strata, by lots that follow from the ids and the seed alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of, lots
from graphlead.core.arrays import Ints, Longs, Reals

PARTS, MANY = 5, 20
"""A column of more than ``MANY`` different numbers is dealt within its fifths: a choice."""
EMPTY = "(empty)"
"""The stratum of the rows without a value."""


def strata_of(columns: Sequence[pd.Series[Any]], rows: int) -> pd.Series[Any]:
    """The stratum (n,) of each row as text: its values in these columns, a number's by its fifth."""
    found = pd.Series([""] * rows, dtype=object)
    for at, column in enumerate(columns):
        part = _parts(column.reset_index(drop=True))
        found = part if at == 0 else found + ", " + part
    return found


def dealt_arms(ids: Sequence[str], strata: pd.Series[Any], shares: Reals, seed: int) -> Ints:
    """The arm (n,) of each case, by its position in ``shares`` (a,), which sum to 1.

    The cases of an arm in a stratum, and in all, differ from their share by less than one; see ``counts_of``. Which
    cases it takes is decided by a lot of each id, so that the order of the rows has no part in it.
    """
    lot = lots(keys_of(pa.array(ids, pa.string())), "arm", seed)
    names, place = np.unique(strata.to_numpy(str), return_inverse=True)
    sizes = np.bincount(place, minlength=len(names))
    turn = np.argsort(lots(keys_of(pa.array(names, pa.string())), "stratum", seed), kind="stable")
    counts = np.zeros((len(names), len(shares)), np.int64)
    counts[turn] = counts_of(sizes[turn], shares)
    arm = np.empty(len(ids), np.int32)
    arm[np.lexsort((lot, place))] = np.tile(np.arange(len(shares)), len(names)).repeat(counts.ravel())
    return arm


def counts_of(sizes: Longs, shares: Reals) -> Longs:
    """How many cases (s, a) each arm takes of strata of these sizes (s,), in their order.

    Each arm gets its share rounded down; the cases left over, fewer than there are arms, go one each to the arms that
    are most behind by then, of those with a claim to a part of one.
    """
    found = np.zeros((len(sizes), len(shares)), np.int64)
    behind = np.zeros(len(shares))
    for at, size in enumerate(sizes):
        exact = size * shares
        whole = np.floor(exact + 1e-9).astype(np.int64)
        behind += exact - whole
        claims = exact - whole > 1e-9
        order = np.argsort(np.where(claims, -behind, np.inf), kind="stable")
        extra = order[: size - whole.sum()]
        whole[extra] += 1
        behind[extra] -= 1
        found[at] = whole
    return found


def _parts(column: pd.Series[Any]) -> pd.Series[Any]:
    """Each value as text; of many different numbers, the fifth that it is in."""
    filled = column.notna() & (column.astype(str).str.strip() != "")
    numbers = pd.to_numeric(column.where(filled), errors="coerce")
    if numbers[filled].isna().any() or numbers.nunique() <= MANY:
        return column.where(filled, EMPTY).astype(str).astype(object)
    edges = np.unique(np.nanquantile(numbers, np.arange(1, PARTS) / PARTS, method="lower"))
    bounds = [-np.inf, *edges, np.inf]
    names = [
        f"up to {edges[0]:.10g}",
        *(f"over {a:.10g} to {b:.10g}" for a, b in pairwise(edges)),
    ]
    names.append(f"over {edges[-1]:.10g}")
    cut = pd.cut(numbers, bounds, labels=names).astype(object)
    return cut.where(filled, EMPTY)

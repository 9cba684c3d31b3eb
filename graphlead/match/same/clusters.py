"""From pairs of records to companies."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from graphlead.core.arrays import Ints


def clusters(left: Ints, right: Ints, n: int) -> Ints:
    """The cluster of each record (n,), as its smallest index; pairs (p,): ``left`` and ``right``.

    Chains of pairs drift from one company to the next, so a cluster is a star (Aslam, Pelekhov and Rus 2004): a record
    with all others that it is paired with, the records with most pairs first. Each round takes one star of every
    component that is left.
    """
    cluster = np.arange(n, dtype=np.int32)
    paired, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, two = np.split(ends.astype(np.int32), 2)
    of = _stars(one, two, len(paired))
    cluster[paired] = paired[of]
    return cluster


def _stars(left: Ints, right: Ints, n: int) -> Ints:
    """The same for records that are all in pairs."""
    cluster = np.arange(n, dtype=np.int32)
    while len(left):
        centre = _centres(left, right, n)
        of = _star(left, right, centre, n)
        members = np.flatnonzero(of >= 0)
        smallest = np.full(n, n, np.int32)
        np.minimum.at(smallest, of[members], members.astype(np.int32))
        cluster[members] = smallest[of[members]]
        free = (of[left] < 0) & (of[right] < 0)
        left, right = left[free], right[free]
    return cluster


def _centres(left: Ints, right: Ints, n: int) -> Ints:
    """The record with most pairs of each component, the smallest index first."""
    ones = np.ones(len(left), np.int8)
    _, component = connected_components(sp.coo_array((ones, (left, right)), shape=(n, n)), directed=False)
    pairs = np.bincount(left, minlength=n) + np.bincount(right, minlength=n)
    tied = np.flatnonzero(pairs)
    best = tied[np.lexsort((tied, -pairs[tied], component[tied]))]
    first = np.flatnonzero(np.diff(component[best], prepend=-1))
    return best[first].astype(np.int32)


def _star(left: Ints, right: Ints, centre: Ints, n: int) -> Ints:
    """The centre of each record (n,) that is one or is paired with one, -1 for the others."""
    of = np.full(n, -1, np.int32)
    of[centre] = centre
    is_centre = of >= 0
    for one, two in ((left, right), (right, left)):
        mine = is_centre[one]
        of[two[mine]] = one[mine]
    return of

"""How far two distributions lie apart, and how far sampling alone takes them."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from graphlead.core.arrays import Reals
from graphlead.core.drift import Bins

LEAST = 0.1
"""The PSI beyond that of sampling from which a column has changed: by custom, 0.1 is a shift and 0.25 a large one."""
FALSE_ALARMS = 0.002
"""The chance that sampling alone takes any of the columns beyond their limits, shared equally among them. The limits
are those of large samples: in tables of 200 rows, whose bins hold few, columns exceeded them up to 3 times as often."""
HALF_A_ROW = 0.5
"""What an empty bin counts as: its logarithm would be infinite."""


def psi(bins: Bins) -> float:
    """The population stability index: the sum of (new - old) ln(new / old) over the shares of the bins.

    It is the symmetric divergence of Kullback and Leibler (1951), 0 for equal shares. A bin that is empty in one table
    counts as half a row there; one that is empty in both counts for nothing.
    """
    return float(contributions(bins).sum())


def contributions(bins: Bins) -> Reals:
    """What each bin (b,) adds to the PSI."""
    (n, m), there = bins.sizes, (bins.old + bins.new) > 0
    if not n or not m:
        return np.zeros(len(bins.old))
    old = np.where(there, np.maximum(bins.old, HALF_A_ROW), 1.0) / n
    new = np.where(there, np.maximum(bins.new, HALF_A_ROW), 1.0) / m
    return np.asarray(np.where(there, (new - old) * np.log(new / old), 0.0))


def js(bins: Bins) -> float:
    """The Jensen-Shannon divergence in bits (Lin 1991): 0 for equal shares, 1 for tables without a value in common."""
    old, new = bins.shares()
    middle = (old + new) / 2
    return float(sum(_entropy_from(each, middle) for each in (old, new)) / 2)


def expected(bins: Bins) -> float:
    """The PSI that two samples of one source have on average: (b - 1) (1/n + 1/m) for b bins (Yurdakul 2018)."""
    return _freedom(bins) * _scale(bins)


def limit(bins: Bins, columns: int) -> float:
    """The PSI that two samples of one source hardly ever exceed, where so many columns are compared.

    n m / (n + m) times the PSI then has a chi-square distribution with b - 1 degrees of freedom; see FALSE_ALARMS.
    """
    if not _freedom(bins):
        return 0.0
    return float(chdtri(_freedom(bins), FALSE_ALARMS / max(columns, 1))) * _scale(bins)


def is_sure(bins: Bins, columns: int) -> bool:
    """Whether the tables differ by more than sampling gives, be it ever so little."""
    return psi(bins) > limit(bins, columns)


def is_alarm(bins: Bins, columns: int) -> bool:
    """Whether the difference is sure, and its size at least LEAST beyond what sampling gives on average."""
    return psi(bins) - expected(bins) >= LEAST and is_sure(bins, columns)


def _freedom(bins: Bins) -> int:
    return max(int(((bins.old + bins.new) > 0).sum()) - 1, 0)


def _scale(bins: Bins) -> float:
    n, m = bins.sizes
    return 1 / n + 1 / m if n and m else 0.0


def _entropy_from(part: Reals, middle: Reals) -> float:
    there = part > 0
    return float((part[there] * np.log2(part[there] / middle[there])).sum())

"""The connected components of companies, by pairs that come in batches: memory holds integers for each company."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from graphlead.core.arrays import Ints, Longs


class Components:
    """The components of n companies that pairs of them connect; each company is one of its own at first."""

    def __init__(self, n: int) -> None:
        self._label = np.arange(n, dtype=np.int32)

    def connect(self, one: npt.NDArray[np.integer], two: npt.NDArray[np.integer]) -> None:
        """Connect pairs (m,) of companies. A call takes time and memory in proportion to n + m."""
        one, two = self._label[one], self._label[two]
        apart = one != two
        if not apart.any():
            return
        n, ends = len(self._label), (one[apart], two[apart])
        between = sp.csr_matrix((np.ones(len(ends[0]), bool), ends), shape=(n, n))
        self._label = connected_components(between, directed=False)[1][self._label]

    def first(self) -> Ints:
        """The smallest company of the component of each company, shape (n,)."""
        every = np.arange(len(self._label), dtype=np.int32)
        smallest = np.empty_like(every)
        smallest[self._label[::-1]] = every[::-1]
        return smallest[self._label]


def totals(component: Ints, values: Longs) -> Longs:
    """The sum of values (n,) over each component, at its smallest company and 0 elsewhere, shape (n,)."""
    total = np.zeros(len(component), np.int64)
    np.add.at(total, component, values)
    return total

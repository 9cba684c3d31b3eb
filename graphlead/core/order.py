"""Numbers in order, and the places of others among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Longs

Numbers = npt.NDArray[np.number[Any]]


class Ordered:
    """Numbers (n,) without NaN, sorted once: ``ascending`` (n,) are ``values`` (n,) in the ``order`` (n,)."""

    def __init__(self, values: Numbers) -> None:
        self.values = values
        self.order = np.argsort(values)
        self.ascending = values[self.order]

    def places(self, others: Numbers) -> tuple[Longs, Longs]:
        """How many of the numbers are lower than each of ``others`` (m,), and how many lower or equal."""
        if others is self.values:
            return self._own_places()
        left, right = (np.searchsorted(self.ascending, others, side) for side in ("left", "right"))
        return left, right

    def _own_places(self) -> tuple[Longs, Longs]:
        """The same for the numbers themselves, by the runs of equal ones."""
        new = np.append(True, self.ascending[1:] != self.ascending[:-1])[: len(self.ascending)]
        run, starts = np.cumsum(new) - 1, np.flatnonzero(new)
        left, right = np.empty(len(new), np.int64), np.empty(len(new), np.int64)
        left[self.order] = starts[run]
        right[self.order] = np.append(starts[1:], len(new))[run]
        return left, right

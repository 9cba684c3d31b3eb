"""Numbers in order, and the places of others among them."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Longs

Number = TypeVar("Number", np.float32, np.float64)


class Ordered(Generic[Number]):
    """Numbers (n,) without NaN, sorted once: ``ascending`` (n,) are ``numbers`` (n,) in the ``order`` (n,)."""

    def __init__(self, numbers: npt.NDArray[Number]) -> None:
        self.numbers: npt.NDArray[Number] = numbers
        self.order = np.argsort(numbers)
        self.ascending: npt.NDArray[Number] = numbers[self.order]

    def places(self, others: npt.NDArray[Number]) -> tuple[Longs, Longs]:
        """How many of the numbers are lower than each of ``others`` (m,), and how many lower or equal."""
        if others is self.numbers:
            return self._own_places()
        left = np.searchsorted(self.ascending, others, "left")
        return left, np.searchsorted(self.ascending, others, "right")

    def _own_places(self) -> tuple[Longs, Longs]:
        """The same for the numbers themselves, by the runs of equal ones."""
        new = np.append(True, self.ascending[1:] != self.ascending[:-1])[: len(self.ascending)]
        run, starts = np.cumsum(new) - 1, np.flatnonzero(new)
        left, right = np.empty(len(new), np.int64), np.empty(len(new), np.int64)
        left[self.order] = starts[run]
        right[self.order] = np.append(starts[1:], len(new))[run]
        return left, right

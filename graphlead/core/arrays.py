"""Types and checks that all carriers share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from graphlead.core.errors import CarrierError

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int8]
"""The fold of each company, counted from 0."""
Keys = npt.NDArray[np.uint64]
"""A hash of each company's id, that random choices are dealt by."""
Json = dict[str, Any]

NONE = -1
"""The index that means "no such node" wherever a carrier holds int32 indices."""


def require(holds: bool, carrier: str, expected: str, got: object) -> None:
    if not holds:
        raise CarrierError(f"{carrier}: expected {expected}, got {got}.")


def require_indices(carrier: str, name: str, values: Ints, size: int, lowest: int = 0) -> None:
    require(values.dtype == np.int32, carrier, f"{name} as int32", values.dtype)
    if len(values):
        low, high = int(values.min()), int(values.max())
        require(low >= lowest and high < size, carrier, f"{name} in [{lowest}, {size})", f"[{low}, {high}]")

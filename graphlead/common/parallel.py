"""Work that is done side by side, a thread for each core."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

from graphlead.core.contracts import Progress, silent

Item = TypeVar("Item")
Found = TypeVar("Found")


def side_by_side(
    work: Callable[[Item], Found], items: Sequence[Item], progress: Progress = silent
) -> Iterator[Found]:
    """The result for each item, in their order.

    The libraries below get one thread each: where two of their pools share the cores, each waits for the other, and
    trees took twenty times as long.
    """
    with threadpool_limits(1), ThreadPoolExecutor(_cores()) as pool:
        for number, found in enumerate(pool.map(work, items)):
            progress(number + 1, len(items), f"{number + 1} of {len(items)}")
            yield found


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

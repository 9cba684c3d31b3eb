"""Work that is done side by side: a thread for each core, or two pieces of different work in two threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from threadpoolctl import threadpool_limits

from graphlead.common.memory import budget, held
from graphlead.core.contracts import Progress, silent

Item = TypeVar("Item")
Found = TypeVar("Found")


class _OneThreadEach:
    """One thread for each operation of NumPy, SciPy and scikit-learn, until nobody asks for that any more.

    A limit that ends restores what it found, so of two that overlap the last would restore that of the other. OpenBLAS
    may not obey another thread than the one that set its threads first: so a run asks for all that it does.
    """

    def __init__(self) -> None:
        self._lock, self._asking = Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._asking:
                self._limit = threadpool_limits(1)
            self._asking += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._asking -= 1
            if not self._asking:
                self._limit.restore_original_limits()


one_thread_each = _OneThreadEach()
"""For sums in the same order at any number of cores, and for work in several threads."""


def side_by_side(
    work: Callable[[Item], Found], items: Sequence[Item], progress: Progress = silent
) -> Iterator[Found]:
    """The result for each item, in their order.

    The libraries below get one thread each: where two of their pools share the cores, each waits for the other, and
    trees took twenty times as long.
    """
    with one_thread_each, ThreadPoolExecutor(_cores()) as pool:
        for number, found in enumerate(pool.map(work, items)):
            progress(number + 1, len(items), f"{number + 1} of {len(items)}")
            yield found


def one_ahead(work: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
    """The result for each item, in their order, each worked out in a thread while the one before it is used."""
    with ThreadPoolExecutor(1) as pool:
        coming: Future[Found] | None = None
        for item in items:
            done, coming = coming, pool.submit(work, item)
            if done is not None:
                yield done.result()
        if coming is not None:
            yield coming.result()


@contextmanager
def meanwhile(work: Callable[[], Found], bytes_: int = 0) -> Iterator[Callable[[], Found]]:
    """Begin ``work`` in a thread of its own while the body runs; the body gets a function that waits for its result.

    bytes_: memory that it takes beside the body; where the budget has not as much left, or there is one core, the work
    is done when its result is asked for. An error of the work is raised there; if the body fails before, it is lost.
    """
    if _cores() == 1 or budget() - held() < bytes_:
        yield work
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

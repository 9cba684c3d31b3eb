"""Memory available to the process, and the time and peak memory of a piece of work."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

INTERVAL = 0.05
"""Seconds between two samples of the memory held: fine enough for stages of seconds, at no cost worth counting."""

_MIB = 2**20
_given: int | None = None
_RESOURCE_UNIT = 1 if sys.platform == "darwin" else 1024


class Meter:
    """A context manager that measures its body: ``seconds``, ``processor_s``, those of the processor in all threads of
    the process, and ``peak_mb``, the most memory held in MiB.

    The operating system only reports the peak since the process began. If the body raises that peak, it is the
    answer; if not, the answer is the highest of the samples taken every INTERVAL seconds. (Linux can reset the peak,
    but that would mislead whoever measures the process from outside.)
    """

    seconds = 0.0
    processor_s = 0.0
    peak_mb = 0.0

    def __enter__(self) -> Self:
        self._began, self._before = time.monotonic(), highest_mb()
        self._spent = time.process_time()
        self._over = threading.Event()
        self._seen = held_mb()
        self._watch = threading.Thread(target=self._look, name="memory", daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self.seconds = time.monotonic() - self._began
        self.processor_s = time.process_time() - self._spent
        highest = highest_mb()
        self.peak_mb = highest if highest > self._before else max(self._seen, held_mb()) or highest

    def _look(self) -> None:
        while not self._over.wait(INTERVAL):
            self._seen = max(self._seen, held_mb())


def highest_mb() -> float:
    """The peak memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RESOURCE_UNIT / _MIB


def held_mb() -> float:
    """The memory that this process holds now, in MiB; 0 where the system does not report it."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MIB


@contextmanager
def at_most(bytes_: int | None) -> Iterator[None]:
    """A budget of these bytes for the process while the body runs; None leaves it as it is."""
    global _given  # noqa: PLW0603 - one process has one budget, in all of its threads
    before = _given
    _given = bytes_ or before
    try:
        yield
    finally:
        _given = before


def budget() -> int:
    """The bytes that this process may hold, what it holds already included.

    The least of what the machine has left, the control group's limit, the process's own, and what was given.
    """
    held = int(held_mb() * _MIB)
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    limits = [_available() + held, *_of_control_group(), *([_given] if _given else [])]
    return min(limits if soft == resource.RLIM_INFINITY else [*limits, soft])


def share_of_budget(share: float, least: int) -> int:
    """The bytes of this share of the budget, but at least ``least``."""
    return max(least, int(budget() * share))


def _available() -> int:
    """The bytes available without swapping; all physical memory where the system does not report them."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _of_control_group() -> Iterator[int]:
    """The control group's memory limits (version 2, version 1), where one is set."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            yield int(Path("/sys/fs/cgroup", name).read_text("ascii"))

"""How much memory there is, and how long a piece of work takes and how much it holds at most."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

INTERVAL = 0.05
"""Seconds between two looks at the memory held."""

_MIB = 2**20
_RESOURCE_UNIT = 1 if sys.platform == "darwin" else 1024


class Meter:
    """A context that measures what happens within: ``seconds``, and ``peak_mb``, the most memory held in MiB.

    The operating system only tells the highest memory since the process began. Where the work raises that, it is
    the answer; where not, the memory is looked at every INTERVAL seconds meanwhile. (Linux could be told to forget
    its record, but whoever measures the process from outside would then be misled.)
    """

    seconds = 0.0
    peak_mb = 0.0

    def __enter__(self) -> Self:
        self._began, self._before = time.monotonic(), highest_mb()
        self._over = threading.Event()
        self._seen = held_mb()
        self._watch = threading.Thread(target=self._look, name="memory", daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self.seconds = time.monotonic() - self._began
        highest = highest_mb()
        self.peak_mb = highest if highest > self._before else max(self._seen, held_mb()) or highest

    def _look(self) -> None:
        while not self._over.wait(INTERVAL):
            self._seen = max(self._seen, held_mb())


def highest_mb() -> float:
    """The most memory that this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RESOURCE_UNIT / _MIB


def held_mb() -> float:
    """The memory that this process holds now, in MiB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / _MIB


def budget() -> int:
    """The bytes that this process may hold: the least of what the machine has left, its control group and its limits.

    Memory that the process holds already counts as its own.
    """
    held = int(held_mb() * _MIB)
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    limits = [_available() + held, *_of_control_group()]
    return min(limits if soft == resource.RLIM_INFINITY else [*limits, soft])


def _available() -> int:
    """The bytes that the machine could give without swapping; all it has where it does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _of_control_group() -> Iterator[int]:
    """The limits of the control group, of version 2 and 1; none where there is no number."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            yield int(Path("/sys/fs/cgroup", name).read_text("ascii"))

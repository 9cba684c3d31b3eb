"""Memory available to the process, and the time and peak memory of a piece of work."""

from __future__ import annotations

import ctypes
import math
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Self

INTERVAL = 0.05
"""Seconds between two samples of the memory held: fine enough for stages of seconds, at no cost worth counting."""

PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_MIB = 2**20
_given: int | None = None


class Meter:
    """A context manager that measures its body: ``seconds``, ``processor_s``, those of the processor in all threads of
    the process, and ``peak_mb``, the most memory held in MiB. Two that run at the same time both count what both use.

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
    """The peak memory of this program so far, in MiB: on Linux VmHWM, on Windows the peak working set, elsewhere what
    is held now.

    VmHWM is what getrusage has as ru_maxrss, without that of the process that started this one: a small program that a
    large one starts has the large one's peak there.
    """
    try:
        found = PEAK.search(Path("/proc/self/status").read_text("ascii", "replace"))
    except OSError:
        found = None
    if found:
        return int(found[1]) * 1024 / _MIB
    about = _memory_info()
    return float(getattr(about, "peak_wset", about.rss) / _MIB)


def held_mb() -> float:
    """The memory that this process holds now, in MiB."""
    return held() / _MIB


def held() -> int:
    """The bytes that this process holds now."""
    return int(_memory_info().rss)


def give_back() -> None:
    """Hand what this process holds and does not use back to the system, as far as its C library and Arrow can.

    Each thread has a heap of its own, and what one has freed is of no use to another.
    """
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


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

    The least of what the machine has left and of what the process may ever hold.
    """
    return min(_available() + held(), most())


def most() -> int:
    """The bytes that this process may ever hold, whatever else the machine does now.

    The least of what the machine has, the control group's limit, the process's own, and what was given.
    """
    limits = [_installed(), *_of_control_group(), *([_given] if _given else [])]
    return int(min(*limits, process_limit("RLIMIT_AS")))


def share_of_budget(share: float, least: int) -> int:
    """The bytes of this share of the budget, but at least ``least``."""
    return max(least, int(budget() * share))


def _installed() -> int:
    import psutil

    return int(psutil.virtual_memory().total)


def _available() -> int:
    """The bytes available without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def process_limit(name: str) -> float:
    """The limit of this process of that name in psutil, in bytes; infinite where there is none, or none can be set."""
    import psutil

    if not hasattr(psutil, name):  # limits are of Linux and FreeBSD
        return math.inf
    soft = psutil.Process().rlimit(getattr(psutil, name))[0]
    return math.inf if soft == psutil.RLIM_INFINITY else float(soft)


def _memory_info() -> Any:
    return _process(os.getpid()).memory_info()


@cache
def _process(number: int) -> Any:
    import psutil

    return psutil.Process(number)


def _of_control_group() -> Iterator[int]:
    """The control group's memory limits (version 2, version 1), where one is set."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            yield int(Path("/sys/fs/cgroup", name).read_text("ascii"))

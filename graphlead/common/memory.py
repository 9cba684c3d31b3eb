"""How long a piece of work takes and how much memory it holds at most."""

from __future__ import annotations

import resource
import sys
import threading
import time
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

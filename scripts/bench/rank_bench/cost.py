"""What a piece of work costs: processor time and memory."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from graphlead.common.memory import highest_mb

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Cost:
    """Seconds of user and system time, those of child processes included, and peak memory in MiB."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0

    def and_then(self, later: Cost) -> Cost:
        """The cost of this and something later."""
        return Cost(self.cpu_s + later.cpu_s, max(self.peak_mb, later.peak_mb))


def processor_seconds() -> float:
    """The user and system time of this process and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread and those it starts on one core: what runs one after another can be measured apart."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def in_own_process(
    function: Callable[Given, Result], *arguments: Given.args, **named: Given.kwargs
) -> tuple[Result, Cost]:
    """What the function returns, and what a new process that does nothing else costs.

    Raises BrokenProcessPool when the process was killed, as where memory ends.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, partial(function, *arguments, **named)).result()


def _measured(work: Callable[[], Result]) -> tuple[Result, Cost]:
    result = work()
    return result, Cost(processor_seconds(), highest_mb())

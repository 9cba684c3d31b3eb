"""A lock of one process on a file, freed by the system when the process ends in whatever way."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from graphlead.core.errors import GraphleadError, RunFolderError

LOOK = 0.2
"""Seconds between two looks at a lock that another process holds, a choice."""


@contextmanager
def locked(path: Path, busy: Callable[[str], GraphleadError]) -> Iterator[None]:
    """The lock file, made when missing, held by this process, whose id it has.

    busy: makes the error to raise where another process holds it, from that one's id. Raises RunFolderError for a link
    or anything else that is no plain file: only a file of its own is emptied.
    """
    with _opened(path) as lock:
        try:
            _take(lock)
        except BlockingIOError as blocked:
            raise busy(_owner(lock)) from blocked
        yield


@contextmanager
def in_turn(path: Path, waiting: Callable[[str], object]) -> Iterator[None]:
    """As ``locked``, but where another process holds the lock it waits until that one is done.

    waiting: called with the other one's id, again and again.
    """
    with _opened(path) as lock:
        while True:
            try:
                _take(lock)
                break
            except BlockingIOError:
                waiting(_owner(lock))
                time.sleep(LOOK)
        yield


def _take(lock: TextIO) -> None:
    """Lock the file and sign it. Raises BlockingIOError where another process holds it."""
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    lock.seek(0)
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _owner(lock: TextIO) -> str:
    lock.seek(0)
    return lock.read(20).strip() or "unknown"


def link_refused(path: Path) -> RunFolderError:
    """The error for a link where a run's folder has none."""
    return RunFolderError(
        "this is a link, or no plain file; graphlead makes no links here and follows none.",
        where=str(path),
        remedy="Remove it if you know where it comes from, or give another folder.",
    )


def _opened(path: Path) -> TextIO:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as refused:
        if refused.errno in (errno.ELOOP, errno.ENXIO):
            raise link_refused(path) from refused
        raise
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        os.close(handle)
        raise link_refused(path)
    return os.fdopen(handle, "r+", encoding="ascii", errors="replace")

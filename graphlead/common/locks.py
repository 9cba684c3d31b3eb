"""A lock of one process on a file, freed by the system when the process ends in whatever way."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from graphlead.core.errors import GraphleadError, RunFolderError

LOOK = 0.2
"""Seconds between two looks at a lock that another process holds, a choice."""
SIGNED = 1
"""Where the holder's id stands in the file: Windows lets nobody else read the first byte, which is the locked one."""
NEVER_ELSEWHERE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Of opening: through no link, and without waiting at a pipe, where a system has them."""
LONGEST = 20
"""Bytes of a holder's id and the blanks that follow it."""


@contextmanager
def locked(path: Path, busy: Callable[[str], GraphleadError]) -> Iterator[None]:
    """The lock file, made when missing, held by this process, whose id it has.

    busy: makes the error to raise where another process holds it, from that one's id. Raises RunFolderError for a link
    or anything else that is no plain file: only a file of its own is emptied.
    """
    with _opened(path) as lock:
        if not _taken(lock):
            time.sleep(LOOK)  # `holder` may have looked
            if not _taken(lock):
                raise busy(_owner(lock))
        yield


@contextmanager
def in_turn(path: Path, waiting: Callable[[str], object]) -> Iterator[None]:
    """As ``locked``, but where another process holds the lock it waits until that one is done.

    waiting: called with the other one's id, again and again.
    """
    with _opened(path) as lock:
        while not _taken(lock):
            waiting(_owner(lock))
            time.sleep(LOOK)
        yield


def holder(path: Path) -> str | None:
    """The id of the process that holds the lock file, None where none does; nothing is changed.

    Raises RunFolderError for a link or anything else that is no plain file.
    """
    from filelock import lock_descriptor

    if not path.exists():
        return None
    with _opened(path, os.O_RDWR) as lock:
        return None if lock_descriptor(lock.fileno(), blocking=False) else _owner(lock)


def _taken(lock: BinaryIO) -> bool:
    """Lock the file and sign it; False where another process holds it."""
    from filelock import lock_descriptor

    if not lock_descriptor(lock.fileno(), blocking=False):
        return False
    lock.write(b"\n" * SIGNED + str(os.getpid()).encode().ljust(LONGEST) + b"\n")
    lock.truncate()
    return True


def _owner(lock: BinaryIO) -> str:
    lock.seek(SIGNED)
    return lock.read(LONGEST).decode("ascii", "replace").strip() or "unknown"


def link_refused(path: Path) -> RunFolderError:
    """The error for a link where a run's folder has none."""
    return RunFolderError(
        "this is a link, or no plain file; graphlead makes no links here and follows none.",
        where=str(path),
        remedy="Remove it if you know where it comes from, or give another folder.",
    )


def _opened(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> BinaryIO:
    try:
        handle = os.open(path, flags | NEVER_ELSEWHERE, 0o666)
    except OSError as refused:
        if refused.errno in (errno.ELOOP, errno.ENXIO):
            raise link_refused(path) from refused
        raise
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        os.close(handle)
        raise link_refused(path)
    return os.fdopen(handle, "r+b", buffering=0)

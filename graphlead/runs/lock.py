"""A lock that lets one process at a time work in a run's folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from graphlead.common.files import disk_errors
from graphlead.core.errors import RunFolderError
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder


@contextmanager
def exclusive(folder: RunFolder) -> Iterator[None]:
    """The folder for this process alone, made when missing; a publication that was cut off is completed first.

    Raises RunFolderError when the folder cannot be written or another process is working in it.
    """
    with disk_errors(folder.path):
        folder.work.mkdir(parents=True, exist_ok=True)
        lock = folder.lock.open("a+", encoding="ascii")
    with lock:
        _take(lock.fileno(), folder)
        with disk_errors(folder.path):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            publication.complete(folder)
        yield


def _take(lock: int, folder: RunFolder) -> None:
    """Lock the file; the system frees it when the process that holds it ends, in whatever way."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as blocked:
        owner = folder.lock.read_text("ascii").strip()
        raise RunFolderError(
            f"another process{f' ({owner})' if owner else ''} is working here.",
            where=str(folder.path),
            remedy="Wait until it is done, or give another --out.",
        ) from blocked

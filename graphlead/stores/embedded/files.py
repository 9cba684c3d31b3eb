"""The files of an embedded store: a lock for its writer, and errors of the disk."""

from __future__ import annotations

import errno
import fcntl
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphlead.common.files import FULL, file_limit
from graphlead.stores.faults import StoreError

FULL_WORDS = ("no space left", "file too large", "disk quota", "cannot write to file")
"""Messages for a full disk from a library that does not raise OSError."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Lock the store for changes by this process; the system frees the lock when the process ends in any way."""
    with path.with_name(f".{path.name}.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as blocked:
            lock.seek(0)
            raise StoreError(
                f"another process ({lock.read().strip() or 'unknown'}) is changing this store.",
                where=str(path),
                remedy="Wait until it is done.",
            ) from blocked
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn the errors of a full disk or an unwritable place into a StoreError."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL or error.errno == errno.EFBIG
        raise _refusal(path, full, os.strerror(error.errno or errno.EIO).lower()) from error
    except RuntimeError as error:
        message = str(error).lower()
        if any(words in message for words in FULL_WORDS):
            raise _refusal(path, True, message.splitlines()[0]) from error
        raise


def _refusal(path: Path, full: bool, reason: str) -> StoreError:
    remedy = "Free some space" if full else "Name a folder where you may write"
    if full and "no space" not in reason and (limit := file_limit()) < math.inf:
        # The library does not know why a write failed.
        reason = f"this process may write files of at most {limit:,} bytes"
        remedy = "Raise the limit (ulimit -f unlimited)"
    return StoreError(
        f"the store cannot be written ({reason}).",
        where=str(path),
        remedy=f"{remedy} and build it again; what was there before is as it was.",
    )


def remove(path: Path) -> None:
    """Remove a store's file and those that the library keeps beside it."""
    for each in (path, *path.parent.glob(f"{path.name}.*")):
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)

"""The files of an embedded store: a lock for its writer, and errors of the disk."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from graphlead.common.disk import FULL, file_limit
from graphlead.common.files import remove as remove_any
from graphlead.common.locks import locked
from graphlead.stores.faults import StoreBusyError, StoreError

FULL_WORDS = ("no space left", "file too large", "disk quota", "cannot write to file")
"""Messages for a full disk from a library that does not raise OSError."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Lock the store for changes by this process; the system frees the lock when the process ends in any way."""
    with locked(path.with_name(f".{path.name}.lock"), lambda owner: _busy(path, owner)):
        yield


def _busy(path: Path, owner: str) -> StoreBusyError:
    return StoreBusyError(
        f"another process ({owner}) is changing this store.",
        where=str(path),
        remedy="Wait until it is done.",
    )


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
        reason = f"this process may write files of at most {limit:,.0f} bytes"
        remedy = "Raise the limit (ulimit -f unlimited)"
    return StoreError(
        f"the store cannot be written ({reason}).",
        where=str(path),
        remedy=f"{remedy} and build it again; what was there before is as it was.",
    )


def remove(path: Path) -> None:
    """Remove a store's file and those that the library keeps beside it; of a link, the link alone."""
    for each in (path, *path.parent.glob(f"{escape(path.name)}.*")):
        remove_any(each)

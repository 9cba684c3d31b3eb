"""Open files of the embedded store: one handle a process and path, each with its share of the memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ladybug

from graphlead.common.memory import share_of_budget
from graphlead.stores.faults import REBUILD, StoreError

BUFFER_SHARE = 1 / 16
"""The share of the process's memory budget that the buffer pool holds; a build or a query that needs more spills to
disk or fails."""

LEAST_BUFFER = 2**30
"""Bytes of the buffer pool at least: a million companies with four million relationships are loaded within it."""


@dataclass
class Handle:
    """An open file, shared by the stores of this process that read it."""

    database: ladybug.Database
    readers: int = 0


HANDLES: dict[tuple[int, int], Handle] = {}
_LOCK = threading.Lock()


@contextmanager
def written(part: Path) -> Iterator[ladybug.Connection]:
    """A connection that writes to a file nobody else knows yet; at the end that file has everything."""
    database = ladybug.Database(str(part), buffer_pool_size=share_of_budget(BUFFER_SHARE, LEAST_BUFFER))
    try:
        connection = ladybug.Connection(database)
        try:
            yield connection
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
    finally:
        database.close()


def acquire(path: Path) -> tuple[tuple[int, int], Handle]:
    """The file and its one handle in this process; a new file at the same path is another one."""
    try:
        status = path.stat()
    except OSError as missing:
        raise StoreError("there is no store here.", where=str(path), remedy=REBUILD) from missing
    file = (status.st_dev, status.st_ino)
    with _LOCK:
        if file not in HANDLES:
            HANDLES[file] = Handle(_database(path))
        handle = HANDLES[file]
        handle.readers += 1
    return file, handle


def release(file: tuple[int, int]) -> None:
    """Give back a handle; the last reader of a file closes it."""
    with _LOCK:
        handle = HANDLES[file]
        handle.readers -= 1
        if not handle.readers:
            handle.database.close()
            del HANDLES[file]


def _database(path: Path) -> ladybug.Database:
    try:
        return ladybug.Database(
            str(path), read_only=True, buffer_pool_size=share_of_budget(BUFFER_SHARE, LEAST_BUFFER)
        )
    except RuntimeError as broken:
        reason = str(broken)
        version = "different version" in reason
        raise StoreError(
            "the store was built by another version of its library."
            if version
            else f"the store is broken ({reason}).",
            where=str(path),
            remedy=REBUILD,
        ) from broken

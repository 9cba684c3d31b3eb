"""Limits on what an archive may unpack to, so that a small file cannot fill the disk."""

from __future__ import annotations

import gzip
import math
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from graphlead.core.errors import InputError

MIB = 2**20
CHUNK = 2**16
"""Bytes unpacked at once; zipfile reads up to as many in advance, which must not hide how much a file grows."""
UNSUSPICIOUS_MB = 256
"""MiB that any archive may unpack to."""

MOST_GROWTH = 200
"""Times the bytes read that a larger one may unpack to, a choice: registers in CSV and JSON shrink to a 5th to a 60th,
and deflate shrinks nothing but repetitions to less than a 200th, at most to a 1,030th."""

LEFT_FREE = 2
"""Times its own size that an unpacked file leaves free on its disk: the tables made of it need about as much."""


def check_growth(packed: int, unpacked: int, folder: Path, where: str) -> None:
    """Raise InputError when so many bytes, unpacked from so many, are no data or would fill the disk of ``folder``."""
    size = f"its first {packed / MIB:,.1f} MiB unpack to {unpacked / MIB:,.0f} MiB"
    if unpacked > UNSUSPICIOUS_MB * MIB and unpacked > MOST_GROWTH * packed:
        raise InputError(
            f"this archive grows more than {MOST_GROWTH} times ({size}), which data do not.",
            where=where,
            remedy="Get it again from its publisher; if it is what it should be, unpack it and give the unpacked file.",
        )
    disk = shutil.disk_usage(folder)
    free = disk.free if disk.total else math.inf
    if LEFT_FREE * unpacked > free:
        raise InputError(
            f"unpacked, this file fills too much of the disk ({size}, and {free / MIB:,.0f} MiB are free).",
            where=where,
            remedy=f"Free some space on the disk of {folder}, or name a folder on a larger one.",
        )


def limited(pieces: Iterable[bytes], packed: Callable[[], int], folder: Path, where: str) -> Iterator[bytes]:
    """The pieces of an unpacked file, until ``check_growth`` refuses their sum; packed: the bytes read for them."""
    unpacked = 0
    for piece in pieces:
        unpacked += len(piece)
        check_growth(packed(), unpacked, folder, where)
        yield piece


def unpack(path: Path, member: str, target: Path, where: str) -> None:
    """Write the content of a member of a zip archive, or of a gzip file where ``member`` is empty, to ``target``.

    Raises InputError when it is more than ``check_growth`` allows, and the libraries' errors for a damaged archive.
    """
    with ExitStack() as opened:
        packed = opened.enter_context(path.open("rb"))
        if member:
            archive = opened.enter_context(zipfile.ZipFile(packed))
            start, read = archive.getinfo(member).header_offset, archive.open(member).read
        else:
            start, read = 0, opened.enter_context(gzip.open(packed)).read
        file = opened.enter_context(target.open("wb"))
        pieces = iter(partial(read, CHUNK), b"")
        for piece in limited(pieces, lambda: packed.tell() - start, target.parent, where):
            file.write(piece)

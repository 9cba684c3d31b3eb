"""Limits on what an archive may unpack to, so that a small file cannot fill the disk."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from graphlead.core.errors import InputError

MIB = 2**20
UNSUSPICIOUS_MB = 256
"""MiB that any archive may unpack to."""

MOST_GROWTH = 200
"""Times its own size that a larger one may unpack to, a choice: registers in CSV and JSON shrink to a 5th to a 60th,
and deflate shrinks nothing but repetitions to less than a 200th, at most to a 1,030th."""

LEFT_FREE = 2
"""Times its own size that an unpacked file leaves free on its disk: the tables made of it need about as much."""


def check_growth(packed: int, unpacked: int, folder: Path, where: str) -> None:
    """Raise InputError when these numbers of bytes are no archive of data, or would fill the disk of ``folder``."""
    size = f"{packed / MIB:,.1f} MiB unpack to {unpacked / MIB:,.0f} MiB or more"
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


def limited(pieces: Iterable[bytes], packed: int, folder: Path, where: str) -> Iterator[bytes]:
    """The pieces of an unpacked file, until ``check_growth`` refuses their sum."""
    unpacked = 0
    for piece in pieces:
        unpacked += len(piece)
        if unpacked > packed:
            check_growth(packed, unpacked, folder, where)
        yield piece

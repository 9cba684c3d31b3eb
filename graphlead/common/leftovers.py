"""Scratch folders, each locked while its process lives, so that those of killed processes can be told and removed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = ".graphlead-held-"
SCRATCH = re.compile(r"\.(graphlead-held|tables)-[a-z0-9_]{8}")
"""The names of scratch folders; tables are of version 0.1, in the folder of an embedded store. Others of that version
hold no lock while their process lives, and are left alone."""


def make_locked(parent: Path) -> tuple[Path, int]:
    """A new folder in ``parent``, and the handle that holds its lock until it is closed or the process ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue  # swept before it was opened
        # A file system without locks has none for the processes that sweep either.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():
            return folder, handle
        os.close(handle)  # swept before it was locked


def sweep(parent: Path) -> None:
    """Remove the scratch folders of this user in ``parent`` that no process holds locked; links are left alone."""
    with suppress(OSError):
        for folder in [path for path in parent.iterdir() if SCRATCH.fullmatch(path.name)]:
            with suppress(OSError):
                _remove_dead(folder)


def _remove_dead(folder: Path) -> None:
    """Remove a scratch folder. Raises OSError where a living process holds it, or it is a link or someone else's."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)

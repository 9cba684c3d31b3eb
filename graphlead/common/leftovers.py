"""Scratch folders, each locked while its process lives, so that those of killed processes can be told and removed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = ".graphlead-scratch-"
LOCK = ".lock"
"""The file in a scratch folder that its process holds locked: Windows locks files alone."""
SCRATCH = re.compile(r"\.(graphlead-scratch|tables)-[a-z0-9_]{8}")
"""The names of scratch folders; tables are old ones, beside an embedded store. Those called graphlead-held are
of a version that locked them in another way: from here a living one cannot be told from a dead one, and all stay."""


def make_locked(parent: Path) -> tuple[Path, int]:
    """A new folder in ``parent``, and the handle that holds its lock until it is closed or the process ends."""
    from filelock import lock_descriptor

    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            handle = _opened(folder)
        except FileNotFoundError:
            continue  # swept before it was opened
        # A file system without locks has none for the processes that sweep either.
        with suppress(OSError):
            lock_descriptor(handle)
        if (folder / LOCK).exists():
            return folder, handle
        os.close(handle)  # swept before it was locked


def remove_locked(folder: Path, handle: int) -> None:
    """Remove a folder of ``make_locked`` and free its lock, first: Windows removes no file that is open."""
    os.close(handle)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove the scratch folders of this user in ``parent`` that no process holds locked; links are left alone."""
    with suppress(OSError):
        for folder in [path for path in parent.iterdir() if SCRATCH.fullmatch(path.name)]:
            with suppress(OSError):
                if _is_own(folder):
                    _remove_dead(folder)


def _is_own(folder: Path) -> bool:
    """Whether this is a folder, not a link to one, and this user's."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return sys.platform == "win32" or folder.lstat().st_uid == os.geteuid()


def _remove_dead(folder: Path) -> None:
    """Remove a scratch folder unless a living process holds it. Raises OSError where it cannot be opened."""
    from filelock import lock_descriptor

    handle = _opened(folder)
    try:
        if lock_descriptor(handle, blocking=False):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
    if sys.platform == "win32":  # which keeps the lock file while it is open
        (folder / LOCK).unlink()
        folder.rmdir()


def _opened(folder: Path) -> int:
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)

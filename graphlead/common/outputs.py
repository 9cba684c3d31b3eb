"""Outputs checked before any work: none replaces a file that is read, and each can be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graphlead.common.disk import disk_errors
from graphlead.common.files import part_of
from graphlead.core.errors import SettingsError
from graphlead.core.paths import file_of

Identity = tuple[int, int] | str
"""Device and inode, the same for every spelling and every link of a file; the path where there is no file yet."""


def check_files(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Raise before any work when one of these files cannot be written, or would replace an input.

    None stands for no file; an input may be a folder, of which every file is read. Raises SettingsError, naming both,
    for an output that is an input or another output, and for one that is no plain file; RunFolderError where it cannot
    be written. A folder that does not exist counts as writable where it can be made. Nothing is left behind.
    """
    wanted = list(filter(None, outputs))
    _check_apart(wanted)
    _check_inputs(wanted, inputs)
    for path in wanted:
        _check_plain(path)
        _check_writable(path.parent)


def check_folder(out: Path, names: Iterable[str], inputs: Iterable[Path | None]) -> None:
    """The same for the entries ``names`` of the folder ``out``, which replace what has their names, folders too."""
    _check_inputs([out / name for name in names], inputs)
    _check_writable(out)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """The folder of a file that is about to be written, made when missing; errors are those of ``disk_errors``."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield


def _check_inputs(outputs: Iterable[Path], inputs: Iterable[Path | None]) -> None:
    # A file is written under another name first, which is not to be that of an input either.
    claimed = [path for output in outputs for path in (output, part_of(output))]
    read = [
        (path, _identity(path), _places(path), _contents(path)) for path in map(file_of, filter(None, inputs))
    ]
    for output in claimed:
        own, around = _identity(output), _places(output)
        for path, identity, places, contents in read:
            if own in places or own in contents or identity in around:
                raise SettingsError(
                    f"the output would replace an input ({path}).",
                    where=str(output),
                    remedy="Name another place for the output, or move the input.",
                )


def _check_apart(outputs: list[Path]) -> None:
    for i, path in enumerate(outputs):
        for other in outputs[:i]:
            if _identity(path) in _places(other) or _identity(other) in _places(path):
                raise SettingsError(
                    f"one output would replace another ({other}).",
                    where=str(path),
                    remedy="Give each a name of its own.",
                )


def _check_plain(path: Path) -> None:
    with disk_errors(path):
        _existing(part_of(path))
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device or a pipe"
        raise SettingsError(
            f"this cannot be written: it is {what}.", where=str(path), remedy="Name a file for the output."
        )


def _check_writable(folder: Path) -> None:
    with disk_errors(folder):
        try:
            with tempfile.TemporaryFile(dir=_existing(folder.absolute())):
                pass
        except OSError as error:
            # The folder is to be named, not the temporary file.
            raise OSError(error.errno, error.strerror, str(folder)) from error


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    try:
        folder.lstat()
    except FileNotFoundError:
        return _existing(folder.parent)
    return folder


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError:
        # Where case does not matter, two names of files that do not exist yet may be those of one.
        return os.path.realpath(path).casefold()
    return found.st_dev, found.st_ino


def _places(path: Path) -> set[Identity]:
    """The path and every folder that it lies in, as it is written and with its links followed."""
    ways = (path.absolute(), Path(os.path.realpath(path)))
    return {_identity(each) for way in ways for each in (way, *way.parents)}


def _contents(path: Path) -> set[Identity]:
    """Everything in a folder; nothing for a file."""
    return {_identity(each) for each in path.rglob("*")} if path.is_dir() else set()

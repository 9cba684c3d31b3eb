"""Files written whole, so that a crash leaves nothing half done, and read with clear errors."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from graphlead.common.disk import FULL
from graphlead.common.leftovers import make_locked, remove_locked, sweep
from graphlead.core.errors import InputError, Place, RunFolderError, damage
from graphlead.core.paths import file_of, is_path

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from graphlead.core.arrays import Json

Result = TypeVar("Result")

EDITED = {".csv", ".xlsx", ".json", ".toml", ".txt", ".md", ".html"}
"""Suffixes of files that people edit in place: they are copied, for edits to a hard link would change the run's own."""


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """A temporary folder inside ``parent`` (made when missing; by default the system's), removed afterwards.

    Those that killed processes left there are removed first. Raises RunFolderError when the parent cannot be
    written to.
    """
    try:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        place = parent or Path(tempfile.gettempdir())
        sweep(place)
        folder, lock = make_locked(place)
    except OSError as refused:
        raise RunFolderError(
            f"the folder cannot be written to ({refused.strerror}).",
            where=str(parent or "the folder for temporary files (TMPDIR)"),
            remedy="Choose another, or give yourself the right to write there.",
        ) from refused
    try:
        yield folder
    finally:
        remove_locked(folder, lock)


def part_of(path: Path) -> Path:
    """The temporary file beside ``path`` that ``write_whole`` renames."""
    return path.with_name(f".{path.name}.part")


def write_whole(path: Path, write: Callable[[Path], Result]) -> Result:
    """Let ``write`` fill a temporary file beside ``path``, then rename it: ``path`` is complete or as it was before.

    A temporary file that a killed process left, or a link under its name, is removed first and never written through.
    """
    part = part_of(path)
    part.unlink(missing_ok=True)
    try:
        result = write(part)
        part.replace(path)
        return result
    finally:
        part.unlink(missing_ok=True)


def check_readable(paths: Iterable[Path | None]) -> None:
    """Raise InputError for the first of these files that cannot be read; None stands for no file."""
    for path in filter(None, paths):
        if not is_path(path):
            raise InputError(
                "the file's name is not valid UTF-8.",
                where=str(path),
                remedy="Rename it, or use a UTF-8 locale.",
            )
        with input_errors(path), file_of(path).open("rb"):
            pass


@contextmanager
def input_errors(path: Path) -> Iterator[None]:
    """Raise InputError where reading a file that was given is refused."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise InputError(
            f"the file cannot be read ({reason}).", where=Place.of(path), remedy="Check the path."
        ) from error


def read_json(path: Path) -> Json:
    """The JSON in a file of a run's folder. Raises RunFolderError when it is missing or damaged."""
    with damage(path):
        content: Json = json.loads(path.read_text("utf-8"))
        return content


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A table, or some of its columns, in a run's folder. Raises RunFolderError when it is missing or damaged."""
    import pyarrow.parquet as pq

    with damage(path):
        return pq.read_table(path, columns=columns)


def write_json(path: Path, content: Json) -> None:
    """Write indented JSON, whole and synced to disk; NaN and infinity become null, for JSON has neither."""
    text = json.dumps(jsonable(content), indent=1, ensure_ascii=False, allow_nan=False)

    def write(part: Path) -> None:
        part.write_text(text + "\n", "utf-8")
        sync(part)

    write_whole(path, write)


def write_parquet(path: Path, table: pd.DataFrame | pa.Table, repeated: Sequence[str] | None = None) -> None:
    """Write a table without its index, compressed with zstd, whole or not at all.

    repeated: the columns that have few different values, which alone are looked through for them; None for all.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, preserve_index=False)
    few = True if repeated is None else list(repeated)
    write_whole(path, lambda part: pq.write_table(table, part, compression="zstd", use_dictionary=few))


def jsonable(value: object) -> object:
    """The value in JSON's types: NumPy scalars as Python's, paths as text, NaN and infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each) for each in value]
    if callable(scalar := getattr(value, "item", None)):
        value = scalar()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.as_posix() if isinstance(value, Path) else value


def sync(path: Path, *, deep: bool = True) -> None:
    """Flush a file, or a folder and (when ``deep``) everything in it, to disk.

    Windows flushes files that can be written to, and no folders.
    """
    if deep and path.is_dir():
        for each in path.iterdir():
            sync(each)
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link(source: Path, target: Path) -> None:
    """Put a file or folder at ``target`` too: hard-linked where that is safe, else copied."""
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_link_file)
    else:
        _link_file(source, target)


def _link_file(source: str | Path, target: str | Path) -> None:
    if Path(source).suffix not in EDITED:
        try:
            os.link(source, target)
            return
        except OSError as error:
            if error.errno in FULL:
                raise
    shutil.copy2(source, target)

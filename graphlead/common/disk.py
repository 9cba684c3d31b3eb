"""Clear errors where the disk refuses: full, limited, or not to be written to."""

from __future__ import annotations

import errno
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graphlead.common.memory import process_limit
from graphlead.core.errors import GraphleadError, RunFolderError

FULL = {errno.ENOSPC, errno.EDQUOT}
REFUSED = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EIO,
    errno.ENOLCK, errno.ENOTSUP, errno.ENOENT, errno.ELOOP, errno.EBUSY,
}  # fmt: skip
LEAST_FREE_MB = 1.0
"""Below this much free space a failed write counts as a full disk: NumPy and XGBoost give no reason of their own."""


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk, a limit on the size of files and a path that cannot be written into a RunFolderError.

    path: the file or folder that is written, which the error names where the system names none. DuckDB, Arrow and
    safetensors have errors of their own, recognised by their message; a library may also report no more than that a
    write failed, so free space is checked.
    """
    try:
        yield
    except GraphleadError:
        raise
    except Exception as error:
        refusal = disk_refusal(error, path)
        if refusal is None:
            raise
        raise refusal from error


def disk_refusal(error: Exception, path: Path) -> RunFolderError | None:
    """The error with a remedy for one of the disk's; None for any other. See ``disk_errors``."""
    code = _code(error)
    if code == errno.EFBIG:
        return _too_large(path)
    free, place = min((_free_mb(each), each) for each in _places(path))
    if code in FULL or free < LEAST_FREE_MB:
        reason = "disk quota exceeded; " if code == errno.EDQUOT else ""
        return RunFolderError(
            f"the disk is full ({reason}{free:,.0f} MiB free in {place}).",
            where=str(path),
            remedy="Free some space and run the same command again: what was finished is kept.",
        )
    return _refused(code, getattr(error, "filename", None) or path) if code in REFUSED else None


def _places(path: Path) -> Iterator[Path]:
    """The places that may be full: that of the path, and of temporary files, if there is one at all."""
    yield path
    with suppress(FileNotFoundError):
        yield Path(tempfile.gettempdir())


def _code(error: Exception) -> int | None:
    """The system's number of an error, also where a library gives its text only."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    written = (errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    return next((code for code in written if os.strerror(code) in str(error)), None)


def _too_large(path: Path) -> RunFolderError:
    limit = file_limit()
    most = (
        f"this process may write files of at most {limit:,.0f} bytes"
        if limit < math.inf
        else "file too large"
    )
    return RunFolderError(
        f"a file that is needed cannot be written ({most}).",
        where=str(path),
        remedy="Raise the limit (ulimit -f unlimited) and run the same command again."
        if limit < math.inf
        else "Name a folder on a file system that takes larger files.",
    )


def file_limit() -> float:
    """The most bytes that a file of this process may have; infinite where there is no limit (``ulimit -f``)."""
    return process_limit("RLIMIT_FSIZE")


def _refused(code: int | None, path: object) -> RunFolderError:
    fault = "is not there, or cannot be made" if code == errno.ENOENT else "cannot be written"
    return RunFolderError(
        f"this {fault} ({os.strerror(code or 0).lower()}).",
        where=str(path),
        remedy="Name a folder on a disk where you may write, or change its permissions.",
    )


def _free_mb(path: Path) -> float:
    existing = next(
        (each for each in (path, *path.absolute().parents) if os.access(each, os.F_OK)), Path("/")
    )
    usage = shutil.disk_usage(existing)
    return usage.free / 2**20 if usage.total else math.inf

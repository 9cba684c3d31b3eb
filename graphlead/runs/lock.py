"""A lock that lets one process at a time work in a run's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from graphlead.common.disk import disk_errors
from graphlead.common.locks import link_refused, locked
from graphlead.core.errors import BusyError
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder

PRIVATE = 0o700
"""The mode of a new folder: a client list is nobody else's business."""


@contextmanager
def exclusive(folder: RunFolder) -> Iterator[None]:
    """The folder for this process alone, made when missing; a publication that was cut off is completed first.

    Raises BusyError when another process is working in it, RunFolderError when the folder cannot be written, there are
    links among the run's own files, or its manifest or its journal is not graphlead's.
    """
    with ExitStack() as stack:
        with disk_errors(folder.path):
            folder.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            _refuse_links(folder.work)
            folder.work.mkdir(exist_ok=True)
            stack.enter_context(locked(folder.lock, lambda owner: _busy(folder, owner)))
            publication.complete(folder)
            publication.published(folder)
        yield


def _refuse_links(work: Path) -> None:
    for path in (work, *work.rglob("*")):
        if path.is_symlink():
            raise link_refused(path)


def _busy(folder: RunFolder, owner: str) -> BusyError:
    return BusyError(
        f"another process ({owner}) is working here.",
        where=str(folder.path),
        remedy="Wait until it is done, or give another --out.",
    )

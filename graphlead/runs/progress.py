"""What a process does in a run's folder, noted while it does it: the stage, since when, and the error that ended it.

The note is there while a process works and after one that failed or was killed; a published run has none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import write_json
from graphlead.core.errors import GraphleadError
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import graphlead_version

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

INTERRUPTED = {"problem": "interrupted.", "remedy": "The same command resumes from there."}


def note_of(folder: RunFolder) -> Path:
    """The file of the note; the package ``runs`` alone reads and writes it."""
    return folder.work / "progress.json"


def now() -> str:
    """The time in UTC, to the second, as in manifests."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Note:
    """The note in a run's folder; it is kept on disk as far as the disk takes it, for no work stops because of it."""

    def __init__(self, folder: RunFolder, verb: str) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._current: dict[str, str] = {}
        self._content: Json = {
            "graphlead": graphlead_version(), "verb": verb, "process": os.getpid(), "started": now(), "stage": None,
            "since": now(), "done": [], "error": None,
        }  # fmt: skip
        self._write()

    def stage(self, name: str) -> None:
        """A stage is being made now, beside those that are."""
        with self._lock:
            self._current[name] = now()
            self._show()

    def done(self, name: str) -> None:
        """A stage is finished, made now or earlier."""
        with self._lock:
            self._content["done"].append(name)
            self._current.pop(name, None)
            self._show()

    def _show(self) -> None:
        """Note the stages that are being made, since the first of them began."""
        current = self._current
        self._content |= {"stage": ", ".join(current) or None, "since": min(current.values(), default=now())}
        self._write()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note the error that ends the body."""
        try:
            yield
        except GraphleadError as error:
            self._fail(error.parts())
            raise
        except Exception as error:
            self._fail({"problem": f"unexpected: {type(error).__name__}: {error}.", "remedy": ""})
            raise
        except BaseException:
            self._fail(INTERRUPTED)
            raise

    def _fail(self, error: Json) -> None:
        self._content |= {"error": error, "ended": now()}
        self._write()

    def _write(self) -> None:
        with suppress(OSError):
            write_json(note_of(self._folder), self._content)

"""A run's folder: finished stages are kept, results appear all at once, and a killed run goes on where it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import disk_errors, input_errors, remove, sha256, sync, write_json
from graphlead.common.memory import Meter, highest_mb
from graphlead.core.errors import RunFolderError
from graphlead.runs import publication

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

WORK = ".work"
LOCK = "lock"
REPORTED = (
    "duckdb", "networkx", "numpy", "pandas", "pyarrow", "rapidfuzz", "safetensors", "scikit-learn", "scipy", "torch",
    "torch-geometric", "xgboost",
)  # fmt: skip
"""The packages whose versions a manifest tells."""


@contextmanager
def open_run(out: Path) -> Iterator[Run]:
    """The run in the folder ``out``, for this process alone; the folder is made when missing.

    A publication that was cut off is completed first. Raises RunFolderError when the folder cannot be written or
    another process is working in it.
    """
    with disk_errors(out):
        (out / WORK).mkdir(parents=True, exist_ok=True)
        lock = (out / WORK / LOCK).open("a+", encoding="ascii")
    with lock:
        _take(lock.fileno(), out)
        with disk_errors(out):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            publication.complete(out, out / WORK)
        yield Run(out)


def _take(lock: int, out: Path) -> None:
    """Lock the file; the system frees it when the process that holds it ends, in whatever way."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        owner = (out / WORK / LOCK).read_text("ascii").strip()
        raise RunFolderError(
            f"another process{f' ({owner})' if owner else ''} is working here.",
            where=str(out),
            remedy="Wait until it is done, or give another --out.",
        ) from held


@dataclass
class Run:
    """A run's folder while it is open. ``stages`` tells of each stage so far its seconds and peak memory."""

    out: Path
    stages: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._work = self.out / WORK
        self._started, self._clock = _now(), time.monotonic()
        self._used = {LOCK}

    def stage(self, name: str, key: Json, make: Callable[[Path], None]) -> Path:
        """The folder of a stage's results: a finished one of the same key, or else what ``make`` fills anew.

        ``key`` (plain JSON) has to tell everything the results depend on; the code of graphlead is added to it.
        ``make`` writes into an empty folder, which gets its name only when complete. Raises RunFolderError when the
        disk is full or refuses. Stages do not nest.
        """
        identity = _short_hash({"key": key, "code": code_version()})
        folder = self._work / f"{name}-{identity}"
        record = folder.with_name(f"{folder.name}.json")
        self._used |= {folder.name, record.name}
        reused = folder.is_dir() and record.is_file()
        if not reused:
            with disk_errors(self.out):
                self._make(folder, record, make)
        self.stages.append({"stage": name, "reused": reused, **json.loads(record.read_text("utf-8"))})
        return folder

    def _make(self, folder: Path, record: Path, make: Callable[[Path], None]) -> None:
        part = folder.with_name(f"{folder.name}.part")
        remove(part)
        remove(folder)
        part.mkdir()
        try:
            with disk_errors(self.out), Meter() as meter:
                make(part)
            sync(part)
            write_json(record, {"seconds": round(meter.seconds, 3), "peak_mb": round(meter.peak_mb, 1)})
            part.replace(folder)
        finally:
            remove(part)
        sync(self._work, deep=False)

    def manifest(self, *, inputs: Json, settings: Json, device: str, **more: object) -> Json:
        """What was run, on what, with what, how long and in how much memory; ``more`` is added as it is."""
        return {
            "graphlead": graphlead_version(),
            "code": code_version(),
            "started": self._started,
            "finished": _now(),
            "seconds": round(time.monotonic() - self._clock, 3),
            "peak_mb": round(highest_mb(), 1),
            "device": device,
            "seed": settings.get("seed"),
            "settings": settings,
            "inputs": inputs,
            "versions": versions(),
            "stages": list(self.stages),
            **more,
        }

    def publish(self, entries: Mapping[str, Path], manifest: Json) -> None:
        """Put finished files and folders into the run's folder under their names, all or nothing, manifest.json last.

        Results of the last publication are replaced, or removed when they are no more; what graphlead did not
        write, or somebody edited since, is kept beside as NAME.before. Stages that this run did not use are removed.
        """
        with disk_errors(self.out):
            publication.prepare(self.out, self._work, entries, manifest)
            publication.complete(self.out, self._work)
            for each in self._work.iterdir():
                if each.name not in self._used:
                    remove(each)


def read_manifest(run: Path) -> Json:
    """The manifest of a finished run. Raises RunFolderError when the folder is no run's, or its run is unfinished."""
    if publication.is_cut_off(run / WORK):
        with open_run(run):
            pass
    manifest = publication.published(run)
    if not manifest:
        begun = (run / WORK).is_dir()
        raise RunFolderError(
            "the run is unfinished." if begun else "this is not the folder of a run.",
            where=str(run),
            remedy="Run the command that began it again."
            if begun
            else "Give the --out of a `graphlead run`.",
        )
    return manifest


def hash_inputs(paths: Mapping[str, Path | None]) -> dict[str, Json]:
    """Path, bytes and SHA-256 of each input, by its name; None is left out. Raises InputError when one is missing."""
    return {name: _input(path) for name, path in paths.items() if path is not None}


def _input(path: Path) -> Json:
    with input_errors(path):
        return {"path": path.as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that results depend on, as far as they are installed."""
    found = {"python": platform.python_version()}
    for package in REPORTED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def graphlead_version() -> str:
    try:
        return version("graphlead")
    except PackageNotFoundError:
        return "not installed"


@cache
def code_version() -> str:
    """A short hash over the package's own files: results of other code are never taken for this one's."""
    package = Path(__file__).parents[1]
    files = sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return _short_hash({path.relative_to(package).as_posix(): sha256(path) for path in files})


def _short_hash(content: Json) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

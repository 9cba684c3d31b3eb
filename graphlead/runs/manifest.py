"""The manifest of a finished run: the hashes of its inputs, the versions it was made with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import input_errors, sha256
from graphlead.core.errors import InputError, RunFolderError, damage
from graphlead.core.paths import file_of, sheet_of
from graphlead.runs import publication
from graphlead.runs.code import PACKAGE, all_files
from graphlead.runs.layout import RunFolder
from graphlead.runs.stages import short_hash

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

REPORTED = (
    "duckdb", "lifelines", "networkx", "numpy", "pandas", "pyarrow", "rapidfuzz", "safetensors", "scikit-learn",
    "scipy", "torch", "torch-geometric", "xgboost",
)  # fmt: skip
"""The packages that results depend on; a manifest records their versions."""
RUNS = ("run", "earlier", "old_run", "new_run")
"""Inputs that are finished runs, not files."""

BY_ENGINE = "score"
"""The verb of a folder with the scores and lists that an engine made by the models of a run."""


def read_manifest(run: Path) -> Json:
    """The manifest of a finished run; the folder is only read.

    Raises RunFolderError when the folder is no run's, its run is unfinished, results are being replaced or were left so
    by a killed process, or the manifest is damaged.
    """
    folder = RunFolder(run)
    if publication.is_cut_off(folder):
        raise RunFolderError(
            "the results of this run are being replaced, or its process was killed while it replaced them.",
            where=str(run),
            remedy="Wait for a process that works here; else run the command that wrote the folder again.",
        )
    manifest = publication.published(folder)
    _check(folder.manifest)
    if not manifest:
        begun = folder.work.is_dir()
        raise RunFolderError(
            "the run is unfinished." if begun else "this is not the folder of a run.",
            where=str(run),
            remedy="Run the command that began it again."
            if begun
            else "Give the --out of a `graphlead run`.",
        )
    return manifest


def verb_of(run: Path) -> str:
    """The verb that a finished run is of, ``run`` also where another one was applied on one machine.

    Errors are those of ``read_manifest``.
    """
    return str(read_manifest(run).get("verb", "run"))


def check_verb(run: Path, verbs: Collection[str]) -> None:
    """Raise RunFolderError for the folder of another verb's run. Errors are those of ``read_manifest`` too."""
    if (verb := verb_of(run)) == BY_ENGINE:
        raise RunFolderError(
            "an engine made these scores and lists, and nothing that could be asked for more.",
            where=str(run),
            remedy="Give the run that was applied, or score without --engine.",
        )
    if verb not in verbs:
        raise RunFolderError(
            f"this is the folder of a `graphlead {verb}`.",
            where=str(run),
            remedy=f"Give the --out of a `graphlead {' or '.join(verbs)}`.",
        )


def _check(path: Path) -> None:
    """Raise RunFolderError where a manifest is no JSON, or is graphlead's and lacks what commands on a run read."""
    if path.exists():
        with damage(path):
            manifest = json.loads(path.read_text("utf-8"))
            if "graphlead" in manifest:
                datetime.fromisoformat(manifest["finished"])
                _ = manifest["settings"].keys(), manifest["files"].keys()


def hash_inputs(paths: Mapping[str, Path | None]) -> dict[str, Json]:
    """Path, bytes and SHA-256 of each input, by its name; None is left out. Where the path names a sheet of a workbook,
    the SHA-256 has it behind a colon. Raises InputError when a file is missing.
    """
    return {name: _input(path) for name, path in paths.items() if path is not None}


def hash_run(run: Path) -> Json:
    """Path and time of a finished run that another one builds on, and the SHA-256 of its manifest.

    Raises RunFolderError when the run is not finished.
    """
    finished = read_manifest(run)["finished"]
    return {"path": run.as_posix(), "finished": finished, "sha256": sha256(RunFolder(run).manifest)}


def _check_inputs(inputs: Json) -> None:
    for name, entry in inputs.items():
        path = Path(entry["path"])
        now = hash_run(path) if name in RUNS else _input(path)
        if now["sha256"] != entry["sha256"]:
            raise InputError(
                "the file was changed while it was read; nothing of it is kept.",
                where=str(RunFolder(path).manifest if name in RUNS else path),
                remedy="Run the command again when nothing writes to it.",
            )


@contextmanager
def unchanged(inputs: Json) -> Iterator[None]:
    """Raise InputError where an input is not what was hashed any more: what was read of it may be of either file.

    inputs: of ``hash_inputs``, and of ``hash_run`` under the names in ``RUNS``. The whole content is hashed, as times
    can be set back.
    """
    try:
        yield
    except Exception:
        _check_inputs(inputs)
        raise
    _check_inputs(inputs)


def _input(path: Path) -> Json:
    file, sheet = file_of(path), sheet_of(path)
    with input_errors(path):
        found = f"{sha256(file)}:{sheet}" if sheet else sha256(file)
        return {"path": path.as_posix(), "bytes": file.stat().st_size, "sha256": found}


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that results depend on, as far as they are installed."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in REPORTED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def graphlead_version() -> str:
    """The version of graphlead, as installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("graphlead")
    except PackageNotFoundError:
        return "not installed"


@cache
def code_version() -> str:
    """A short hash over all files of the package, so that a manifest identifies the code of its run."""
    return short_hash({path.relative_to(PACKAGE).as_posix(): sha256(path) for path in all_files()})

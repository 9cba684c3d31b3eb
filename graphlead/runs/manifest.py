"""The manifest of a finished run: the hashes of its inputs, the versions it was made with."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import input_errors, sha256
from graphlead.core.errors import RunFolderError
from graphlead.runs import publication
from graphlead.runs.code import PACKAGE, all_files
from graphlead.runs.layout import RunFolder
from graphlead.runs.lock import exclusive
from graphlead.runs.stages import short_hash

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

REPORTED = (
    "duckdb", "networkx", "numpy", "pandas", "pyarrow", "rapidfuzz", "safetensors", "scikit-learn", "scipy", "torch",
    "torch-geometric", "xgboost",
)  # fmt: skip
"""The packages that results depend on; a manifest records their versions."""


def read_manifest(run: Path) -> Json:
    """The manifest of a finished run. Raises RunFolderError when the folder is no run's, or its run is unfinished."""
    folder = RunFolder(run)
    if publication.is_cut_off(folder):
        with exclusive(folder):
            pass
    manifest = publication.published(folder)
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


def hash_inputs(paths: Mapping[str, Path | None]) -> dict[str, Json]:
    """Path, bytes and SHA-256 of each input, by its name; None is left out. Raises InputError when one is missing."""
    return {name: _input(path) for name, path in paths.items() if path is not None}


def hash_run(run: Path) -> Json:
    """Path and time of a finished run that another one builds on, and the SHA-256 of its manifest.

    Raises RunFolderError when the run is not finished.
    """
    finished = read_manifest(run)["finished"]
    return {"path": run.as_posix(), "finished": finished, "sha256": sha256(RunFolder(run).manifest)}


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
    """The version of graphlead, as installed."""
    try:
        return version("graphlead")
    except PackageNotFoundError:
        return "not installed"


@cache
def code_version() -> str:
    """A short hash over all files of the package, so that a manifest identifies the code of its run."""
    return short_hash({path.relative_to(PACKAGE).as_posix(): sha256(path) for path in all_files()})

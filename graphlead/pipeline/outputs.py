"""Outputs of the commands on runs, checked against the files that they read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from graphlead.common.outputs import check_files, check_folder
from graphlead.runs.layout import RunFolder
from graphlead.runs.publication import entries_of, published


def check_run(out: Path, inputs: Iterable[Path | None]) -> None:
    """Raise before any work when a run into ``out`` would replace one of its inputs, or cannot write there.

    A run replaces everything under the names of its results, and what an earlier one has published there. Errors are
    those of ``check_files``.
    """
    folder = RunFolder(out)
    names = [*(path.name for path in entries_of(folder)), *published(folder).get("files", ())]
    check_folder(out, names, inputs)


def parts_of(run: Path) -> list[Path]:
    """The files and folders of a run that is read, as inputs of ``check_files``."""
    return [path for path in entries_of(RunFolder(run)) if os.path.lexists(path)]


def report_to_replace(run: Path) -> Path:
    """The report of a finished run, which is about to be written once more. Errors are those of ``check_files``."""
    report = RunFolder(run).report
    check_files([report], [path for path in parts_of(run) if path != report])
    return report

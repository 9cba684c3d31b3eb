"""The uplift of open cases in a run's folder: the table, what is known of its ranking, and the models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import read_json, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.core.cases import Cases
from graphlead.ingest.cases.files import load_cases, save_cases
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from graphlead.experiments.uplift.fit import Uplift

CONTENT, UNDERSTOOD, OPENED = "uplift.json", "understood.json", "opened"
"""Within the folder of the models: what is known of the ranking, how columns are read, and the cases ranked first."""


def load_content(folder: RunFolder) -> Json:
    """What ``save_uplift`` wrote of the ranking. Raises RunFolderError when it is missing or damaged."""
    return read_json(folder.model / CONTENT)


def load_understood(folder: RunFolder) -> Json:
    """How the columns are read. Raises RunFolderError when it is missing or damaged."""
    return read_json(folder.model / UNDERSTOOD)


def load_opened(folder: RunFolder) -> Cases:
    """The open cases that were ranked when the models were trained."""
    return load_cases(folder.model / OPENED)


def save_uplift(folder: RunFolder, found: Uplift) -> None:
    """Write the table, what is known of its ranking, the open cases, and the models."""
    folder.model.mkdir()
    write_parquet(folder.uplift, found.table)
    write_json(folder.model / CONTENT, found.content)
    write_json(folder.model / UNDERSTOOD, found.understood)
    save_cases(found.opened, folder.model / OPENED)
    for at, model in enumerate(found.models.values()):
        model.save(folder_of(folder, at))


def folder_of(folder: RunFolder, at: int) -> Path:
    """The folder of the models of an arm, by its position."""
    return folder.model / f"arm_{at}"

"""The uplift of open cases in a run's folder: the table, what is known of its ranking, and the models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import read_json, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from graphlead.experiments.uplift.fit import Uplift

CONTENT, UNDERSTOOD = "uplift.json", "understood.json"
"""Within the folder of the models: what is known of the ranking, and how columns are read."""


def load_content(folder: RunFolder) -> Json:
    """What ``save_uplift`` wrote of the ranking. Raises RunFolderError when it is missing or damaged."""
    return read_json(folder.model / CONTENT)


def load_understood(folder: RunFolder) -> Json:
    """How the columns are read. Raises RunFolderError when it is missing or damaged."""
    return read_json(folder.model / UNDERSTOOD)


def save_uplift(folder: RunFolder, found: Uplift) -> None:
    """Write the table, what is known of its ranking, and the models."""
    folder.model.mkdir()
    write_parquet(folder.uplift, found.table)
    write_json(folder.model / CONTENT, found.content)
    write_json(folder.model / UNDERSTOOD, found.understood)
    for at, model in enumerate(found.models.values()):
        model.save(folder_of(folder, at))


def folder_of(folder: RunFolder, at: int) -> Path:
    """The folder of the models of an arm, by its position."""
    return folder.model / f"arm_{at}"

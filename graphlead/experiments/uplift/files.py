"""The uplift of open cases in a run's folder: the table, and what is known of its ranking."""

from __future__ import annotations

import pandas as pd

from graphlead.common.files import read_json, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.runs.layout import RunFolder

CONTENT = "uplift.json"
"""Within the folder of the models."""


def load_content(folder: RunFolder) -> Json:
    """What ``save_uplift`` wrote of the ranking. Raises RunFolderError when it is missing or damaged."""
    return read_json(folder.model / CONTENT)


def save_uplift(folder: RunFolder, table: pd.DataFrame, content: Json) -> None:
    """Write the table and what is known of its ranking."""
    folder.model.mkdir()
    write_parquet(folder.uplift, table)
    write_json(folder.model / CONTENT, content)

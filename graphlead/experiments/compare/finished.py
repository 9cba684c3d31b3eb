"""A finished comparison: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.common.outputs import check_files
from graphlead.core.arrays import Json
from graphlead.experiments.compare.compare import VERB, content_of
from graphlead.pipeline.outputs import parts_of
from graphlead.report.compare.build import write_comparison_report
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import check_verb, read_manifest


@dataclass(frozen=True)
class FinishedComparison:
    """The comparison in the folder ``path``. Raises RunFolderError for no run, an unfinished one, and another verb."""

    path: Path

    def __post_init__(self) -> None:
        check_verb(self.path, (VERB,))

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.path)

    @cached_property
    def comparison(self) -> Json:
        """As in compare.json."""
        return read_json(self.folder.comparison)

    @cached_property
    def moved(self) -> pd.DataFrame | None:
        """Who moved, None where tables were compared."""
        if self.comparison["moved"] is None:
            return None
        table: pd.DataFrame = read_parquet(self.folder.moved).to_pandas()
        return table.astype({"old_rank": "Int64", "new_rank": "Int64"})

    def report(self) -> Path:
        """Write the report once more, and return its path."""
        report = self.folder.report
        check_files([report], [path for path in parts_of(self.path) if path != report])
        made = datetime.fromisoformat(read_manifest(self.path)["finished"]).astimezone().date()
        with disk_errors(report):
            write_comparison_report(report, content_of(self.folder, made))
        return report

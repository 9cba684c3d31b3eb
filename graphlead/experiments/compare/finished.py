"""A finished comparison: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.core.arrays import Json
from graphlead.experiments.compare.compare import VERB, content_of
from graphlead.pipeline.outputs import report_to_replace
from graphlead.report.compare.build import write_comparison_report
from graphlead.runs.finished import Finished


@dataclass(frozen=True)
class FinishedComparison(Finished):
    """The comparison in the folder ``path``."""

    VERBS = (VERB,)

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
        report = report_to_replace(self.path)
        with disk_errors(report):
            write_comparison_report(report, content_of(self.folder, self.finished_on))
        return report

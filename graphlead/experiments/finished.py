"""A finished run of ``experiment``: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.core.arrays import Json
from graphlead.core.errors import damage
from graphlead.experiments.rows import read_texts
from graphlead.pipeline.outputs import report_to_replace
from graphlead.report.experiments.build import write_experiment_report
from graphlead.runs.finished import Finished

VERB = "experiment"


@dataclass(frozen=True)
class FinishedExperiment(Finished):
    """The run of ``experiment assign`` or ``experiment read`` in the folder ``path``."""

    VERBS = (VERB,)

    @cached_property
    def content(self) -> Json:
        """What the experiment shows, or can show: as in experiment.json."""
        return read_json(self.folder.experiment)

    @cached_property
    def assignment(self) -> pd.DataFrame:
        """The list with the arm of each row, cells as text."""
        with damage(self.folder.assignment):
            return read_texts(self.folder.assignment)

    @cached_property
    def uplift(self) -> pd.DataFrame:
        """What the treatment adds for each open case, the most first."""
        table: pd.DataFrame = read_parquet(self.folder.uplift).to_pandas()
        return table


def report_experiment(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    finished = FinishedExperiment(run)
    report = report_to_replace(run)
    with console.stage("writing the report"), disk_errors(report):
        write_experiment_report(report, finished.content, finished.finished_on)
    return report

"""A finished run of ``experiment``: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.common.outputs import check_files
from graphlead.core.arrays import Json
from graphlead.core.errors import damage
from graphlead.experiments.rows import read_texts
from graphlead.pipeline.outputs import parts_of
from graphlead.report.experiments.build import write_experiment_report
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import check_verb, read_manifest

VERB = "experiment"


@dataclass(frozen=True)
class FinishedExperiment:
    """The run of ``experiment assign`` or ``experiment read`` in the folder ``path``.

    Raises RunFolderError for no run, an unfinished one, and one of another verb.
    """

    path: Path

    def __post_init__(self) -> None:
        check_verb(self.path, (VERB,))

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.path)

    @cached_property
    def content(self) -> Json:
        """What the experiment shows, or can show: as in experiment.json."""
        return read_json(self.folder.experiment)

    @cached_property
    def metrics(self) -> Json:
        return read_json(self.folder.metrics)

    @property
    def day(self) -> date:
        """The day on which the run was finished."""
        with damage(self.folder.manifest):
            return datetime.fromisoformat(read_manifest(self.path)["finished"]).astimezone().date()

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
    report = finished.folder.report
    check_files([report], [path for path in parts_of(run) if path != report])
    with console.stage("writing the report"), disk_errors(report):
        write_experiment_report(report, finished.content, finished.day)
    return report

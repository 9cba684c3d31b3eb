"""``experiment assign`` from end to end: a list is dealt, handed over and reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json
from graphlead.common.spreadsheets import restored
from graphlead.common.workbooks import Made
from graphlead.core.arrays import Json
from graphlead.core.experiments import AssignSettings
from graphlead.experiments.assign.assign import assigning
from graphlead.experiments.finished import FinishedExperiment
from graphlead.pipeline.outputs import check_run
from graphlead.report.experiments.build import write_experiment_report
from graphlead.report.workbooks.lists import write_arms
from graphlead.runs.experiment_stages import ASSIGN_STAGES
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs
from graphlead.runs.run import open_run


def run_assignment(
    settings: AssignSettings, console: Console, *, config: Path | None = None
) -> FinishedExperiment:
    """Deal the list of these settings into arms, into a run's folder.

    config: the file that the settings are from, if any; like the list, it is not replaced by a result.
    """
    check_run(settings.out, [config, *settings.inputs().values()])
    inputs = hash_inputs(settings.inputs())
    with (
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json(), ASSIGN_STAGES, "experiment") as run,
    ):
        with console.stage("dealing the list"):
            results = run.stage("results", assigning(settings))
        with console.stage("writing the report"):
            content = read_json(results.experiment)
            made = run.provenance
            run.stage("report", lambda folder: _present(folder, results, content, made))
            run.publish(run.manifest(device="cpu", verb="experiment"))
    return FinishedExperiment(settings.out)


def _present(folder: RunFolder, results: RunFolder, content: Json, made: Made) -> None:
    """Write what people open: the report, and the list as a workbook."""
    write_experiment_report(folder.report, content, date.today())
    table = restored(pd.read_csv(results.assignment, dtype=str, keep_default_na=False))
    write_arms(folder.workbook(folder.assignment), table, content["notes"], made, folder.assignment.name)

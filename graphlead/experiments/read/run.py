"""``experiment read`` from end to end: results are read, open cases ranked by uplift, and both reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json
from graphlead.core.experiments import ReadSettings
from graphlead.experiments.finished import FinishedExperiment
from graphlead.experiments.read.deliver import delivering
from graphlead.experiments.uplift.files import load_content
from graphlead.pipeline.outputs import check_run
from graphlead.report.experiments.build import write_experiment_report
from graphlead.runs.experiment_stages import READ_STAGES
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs
from graphlead.runs.run import Run, open_run


def run_reading(
    settings: ReadSettings, console: Console, *, config: Path | None = None
) -> FinishedExperiment:
    """Read the results of these settings into a run's folder.

    config: the file that the settings are from, if any; like the inputs, it is not replaced by a result.
    """
    check_run(settings.out, [config, *settings.inputs().values()])
    inputs = hash_inputs(settings.inputs())
    with (
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json(), READ_STAGES, "experiment") as run,
    ):
        learned = _learned(run, settings, console) if settings.open else None
        with console.stage("comparing the arms"):
            results = run.stage("results", delivering(settings, learned))
        with console.stage("writing the report"):
            content = read_json(results.experiment)
            run.stage("report", lambda folder: write_experiment_report(folder.report, content, date.today()))
            run.publish(run.manifest(device="cpu", verb="experiment"))
    return FinishedExperiment(settings.out)


def _learned(run: Run, settings: ReadSettings, console: Console) -> RunFolder:
    from graphlead.experiments.uplift.learning import learning

    with console.stage("learning what the treatment adds") as progress:
        folder = run.stage("uplift", learning(settings, progress))
    console.table(
        "How the columns are understood:", ["column", "as", "because"], load_content(folder)["plan"]
    )
    return folder

"""Newer open cases ranked by what the treatment adds, by the models of a finished reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import link, read_json, write_json, write_parquet
from graphlead.core.errors import RunFolderError
from graphlead.experiments.finished import FinishedExperiment
from graphlead.experiments.uplift.files import folder_of, load_content, load_opened, load_understood
from graphlead.experiments.uplift.model import ArmModel, ranked
from graphlead.experiments.uplift.read import with_ids_restored
from graphlead.ingest.cases.tables import read_open
from graphlead.ingest.cases.understood import understood_of
from graphlead.pipeline.drifted import case_inputs, drift_notes, save_drift, score_pair
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.report.experiments.build import write_experiment_report
from graphlead.runs.experiment_stages import SCORE_STAGES
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run, read_manifest
from graphlead.runs.run import open_run


def score_newer(run: Path, opened: Path, out: Path, console: Console) -> FinishedExperiment:
    """Rank newer cases by the models of the reading in ``run``, into a run's folder of their own.

    Raises RunFolderError for a run that learned no uplift, InputError where the table lacks a column learned from.
    """
    finished = FinishedExperiment(run)
    if not finished.content.get("uplift"):
        raise RunFolderError(
            "this experiment has no models.",
            where=str(run),
            remedy="Give the --out of a `graphlead experiment read` with --open.",
        )
    check_run(out, [opened, *parts_of(run)])
    inputs = hash_inputs({"open": opened}) | {"earlier": hash_run(run)}
    settings = read_manifest(run)["settings"] | {"open": opened.as_posix(), "out": out.as_posix()}
    with disk_errors(out), open_run(out, inputs, settings, SCORE_STAGES, "experiment") as new:
        with console.stage("ranking the cases"):
            results = new.stage("results", _scoring(finished, opened))
        with console.stage("writing the report"):
            content = read_json(results.experiment)
            new.stage("report", lambda folder: write_experiment_report(folder.report, content, date.today()))
            new.publish(new.manifest(device="cpu", verb="experiment"))
    return FinishedExperiment(out)


def _scoring(finished: FinishedExperiment, opened: Path) -> Callable[[RunFolder], None]:
    """What writes the ranking of the newer cases, and what the experiment showed, into a run's folder."""

    def make(folder: RunFolder) -> None:
        content = load_content(finished.folder)
        understood = understood_of(load_understood(finished.folder))
        found = read_open(opened, understood, content["columns"])
        cases = with_ids_restored(found.cases.without(understood.absent), opened)
        names = [each["arm"] for each in content["arms"]]
        models = {name: ArmModel.load(folder_of(finished.folder, at)) for at, name in enumerate(names)}
        before = load_opened(finished.folder)
        old, new = (
            ranked(rows, {name: each.uplift(rows) for name, each in models.items()})
            for rows in (before, cases)
        )
        write_parquet(folder.uplift, new)
        link(finished.folder.model, folder.model)
        scores = score_pair("uplift", old["uplift"], new["uplift"])
        save_drift(folder, finished.path, case_inputs(before), case_inputs(cases), scores)
        notes = [*drift_notes(folder), *finished.content["notes"], *found.notes]
        uplift = finished.content["uplift"] | {"open": len(cases)}
        write_json(folder.experiment, finished.content | {"uplift": uplift, "notes": notes})
        write_json(folder.metrics, finished.metrics | {"notes": notes})
        folder.noise.write_text("\n".join(["Notes:", *(notes or ["none"])]) + "\n", "utf-8")

    return make

"""Experiments from Python: tables as DataFrames or paths, and a result that holds its own folder, where it has one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.files import check_readable, jsonable
from graphlead.core.arrays import Json
from graphlead.core.errors import GraphleadError
from graphlead.core.exchange import PushOptions
from graphlead.core.experiments import AssignSettings, ReadSettings
from graphlead.core.tables import Table
from graphlead.experiments.assign.run import run_assignment
from graphlead.experiments.finished import FinishedExperiment, report_experiment
from graphlead.experiments.read.light import read_lightly
from graphlead.experiments.read.question import question_of
from graphlead.experiments.read.run import run_reading
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.frames import as_files, as_settings, folder_for, frame_of
from graphlead.report.cards import Bar, bars, card, counted
from graphlead.report.experiments.words import headlines

NOWHERE = Path("-")
"""In place of a folder where nothing is written."""


@dataclass(frozen=True, kw_only=True)
class ExperimentResult:
    """What an experiment shows, or can show.

    content: as in experiment.json. folder: of the run, None where nothing was written; one that was made for it is
    removed when nothing refers to the result any more.
    """

    content: Json
    folder: Path | None = None
    own: tempfile.TemporaryDirectory[str] | None = None

    @property
    def arms(self) -> list[Json]:
        """Of a reading, a dict for each arm and outcome: arm, outcome, n, rate, lift, low, high, p_value; of an
        assignment, a dict for each arm: arm, n, share."""
        return list(self.content["arms"])

    @property
    def value(self) -> list[Json]:
        """What each arm brought in a case, what it added, and its return on the cost; empty without a value."""
        return list(self.content.get("value", ()))

    @property
    def power(self) -> Json:
        """The smallest lift that an assignment can show, and how many cases a lift needs; empty for a reading."""
        return dict(self.content.get("power", {}))

    @property
    def metrics(self) -> Json:
        """The figures, as in metrics.json."""
        return self._finished("metrics").metrics

    @property
    def assignment(self) -> pd.DataFrame:
        """The list with the arm of each row, cells as text."""
        return self._finished("assignment").assignment

    @property
    def uplift(self) -> pd.DataFrame:
        """What the treatment adds for each open case, the most first: id, uplift, arm, rank."""
        return self._finished("uplift").uplift

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Add the arms to a graph: ``neo4j``, or ``embedded``, the own graph of the run in the folder ``into``.

        Raises GraphleadError where nothing was written.
        """
        return pushed(self._finished("run to push").path, target, options, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path. Raises GraphleadError where nothing was written."""
        return report_experiment(self._finished("report").path, Console(quiet=True))

    def _repr_html_(self) -> str:
        title, *lines = headlines(self.content)
        chart = bars("Cases by arm", [_size(each) for each in self.arms])
        if self.content["step"] == "read":
            lifts = [_lift(each) for each in self.arms if each["lift"] is not None]
            chart = bars("What each arm added against the control", lifts)
        return card(title, lines, chart, note=f"All of it: {self.folder}" if self.folder else "")

    def score(self, new: Table, *, out: Path | str | None = None, quiet: bool = True) -> ExperimentResult:
        """Newer open cases ranked by what the treatment adds, by the same models."""
        from graphlead.experiments.uplift.score import score_newer

        run = self._finished("model").path
        with as_files({"open": new}) as files, folder_for(out) as (folder, own):
            score_newer(run, Path(files["open"]), folder, Console(quiet=quiet))
            return result_of(folder, own)

    def _finished(self, what: str) -> FinishedExperiment:
        if self.folder is None:
            raise GraphleadError(
                f"nothing was written, so there is no {what}.",
                where="read_experiment",
                remedy="Give out or open.",
            )
        return FinishedExperiment(self.folder)


def _size(arm: Json) -> Bar:
    return Bar(label=arm["arm"], value=arm["n"], text=counted(arm["n"]))


def _lift(arm: Json) -> Bar:
    label = f"{arm['arm']}: {arm['outcome']}"
    return Bar(label=label, value=arm["lift"], text=f"{arm['lift']:+.3g}", low=arm["low"], high=arm["high"])


def result_of(folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> ExperimentResult:
    """The finished run in a folder. Raises RunFolderError where there is none."""
    return ExperimentResult(content=FinishedExperiment(folder).content, folder=folder, own=own)


def assigned(given: Mapping[str, Any], console: Console) -> ExperimentResult:
    """What ``experiment assign`` makes of a list, into a folder of its own where none is given."""
    with as_settings(_listed(given, "by")) as (settings, folder, own):
        run_assignment(AssignSettings.load(None, settings), console)
        return result_of(folder, own)


def read(given: Mapping[str, Any], console: Console) -> ExperimentResult:
    """What ``experiment read`` makes of tables; nothing is written without a folder or open cases."""
    given = _listed(given, "outcome", "exclude")
    if given.get("out") is None and given.get("open") is None:
        return ExperimentResult(content=_light(given))
    with as_settings(given) as (settings, folder, own):
        run_reading(ReadSettings.load(None, settings), console)
        return result_of(folder, own)


def _light(given: Mapping[str, Any]) -> Json:
    table, outcomes = frame_of(given["table"]), frame_of(given.get("outcomes"))
    files = [each for each in (table, outcomes) if isinstance(each, str | Path)]
    check_readable(map(Path, files))
    path = table if isinstance(table, str | Path) else NOWHERE
    stated = {**given, "table": path, "outcomes": None, "out": NOWHERE}
    settings = ReadSettings.load(None, stated)  # type: ignore[arg-type]
    content = read_lightly(table, question_of(settings), outcomes)
    return {name: jsonable(each) for name, each in content.items()}


def _listed(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The same with a single name as a list of one."""
    return {name: [each] if name in names and isinstance(each, str) else each for name, each in given.items()}

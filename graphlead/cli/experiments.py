"""Experiments: a list dealt into arms before it is worked, and results that are read afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, Config, Quiet, console_of, separated
from graphlead.core.errors import SettingsError
from graphlead.core.experiments import AssignGiven, AssignSettings, ReadGiven, ReadSettings, help_of

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.experiments.finished import FinishedExperiment

experiment = typer.Typer(
    help="What a treatment adds: deal a list into arms, and read what became of them.", no_args_is_help=True
)


def _assign(key: str, metavar: str | None = None) -> object:
    return typer.Option(f"--{key}", metavar=metavar, help=help_of(AssignSettings, key))


def _read(key: str, metavar: str | None = None) -> object:
    return typer.Option(f"--{key}", metavar=metavar, help=help_of(ReadSettings, key))


REPEATABLE = "Repeatable."


@experiment.command()
def assign(
    *,
    table: Annotated[Path, typer.Argument(metavar="LIST", help=help_of(AssignSettings, "table"))],
    out: Annotated[Path | None, _assign("out")] = None,
    config: Config = None,
    holdout: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help=f"{help_of(AssignSettings, 'holdout')} Default: 0.2."),
    ] = None,
    explore: Annotated[float | None, _assign("explore", metavar="SHARE")] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=f"{help_of(AssignSettings, 'by')} {REPEATABLE}"),
    ] = None,
    id_: Annotated[str | None, _assign("id", metavar="COLUMN")] = None,
    seed: Annotated[int | None, _assign("seed")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Deal a list into treat and holdout by lot, and state the smallest lift that it can show."""
    given = AssignGiven(
        table=table, out=out, holdout=holdout, explore=explore, by=separated(by), id=id_, seed=seed
    )
    from graphlead.common.files import check_readable

    settings, console = AssignSettings.load(config, given), console_of(quiet, as_json)
    check_readable(settings.inputs().values())

    from graphlead.experiments.assign.run import run_assignment

    _hand_out(run_assignment(settings, console, config=config), console)


@experiment.command()
def read(
    *,
    table: Annotated[Path, typer.Argument(metavar="FILE", help=help_of(ReadSettings, "table"))],
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=f"{help_of(ReadSettings, 'outcome')} {REPEATABLE}"),
    ] = None,
    arm: Annotated[str | None, _read("arm", metavar="COLUMN")] = None,
    control: Annotated[str | None, _read("control", metavar="ARM")] = None,
    positive: Annotated[str | None, _read("positive", metavar="VALUE")] = None,
    value: Annotated[str | None, _read("value", metavar="COLUMN")] = None,
    cost: Annotated[float | None, _read("cost")] = None,
    outcomes: Annotated[Path | None, _read("outcomes")] = None,
    open_: Annotated[Path | None, _read("open")] = None,
    id_: Annotated[str | None, _read("id", metavar="COLUMN")] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=f"{help_of(ReadSettings, 'exclude')} {REPEATABLE}"),
    ] = None,
    out: Annotated[Path | None, _read("out")] = None,
    config: Config = None,
    seed: Annotated[int | None, _read("seed")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """What each arm added against the control, what it is worth, and whom to treat next."""
    given = ReadGiven(
        table=table, out=out, outcome=separated(outcome), arm=arm, control=control, positive=positive, value=value,
        cost=cost, outcomes=outcomes, open=open_, id=id_, exclude=separated(exclude), seed=seed,
    )  # fmt: skip
    from graphlead.common.files import check_readable

    settings, console = ReadSettings.load(config, given), console_of(quiet, as_json)
    check_readable(settings.inputs().values())

    from graphlead.experiments.read.run import run_reading

    _hand_out(run_reading(settings, console, config=config), console)


def score(run: Path, out: Path, console: Console, given: Mapping[str, object]) -> None:
    """Rank newer open cases by what the treatment adds, without learning again; of the options only --open goes."""
    from graphlead.cli.sales_runs import refuse
    from graphlead.common.files import check_readable

    refuse("experiment", run, {**given, "--open": None}, "Give --open with the cases to rank.")
    opened = given["--open"]
    if not isinstance(opened, Path):
        raise SettingsError("open is missing.", where="score", remedy="Give --open with the cases to rank.")
    check_readable((opened,))

    from graphlead.experiments.uplift.score import score_newer

    _hand_out(score_newer(run, opened, out, console), console)


def report(run: Path, console: Console) -> None:
    """Write the report once more."""
    from graphlead.experiments.finished import report_experiment

    path = report_experiment(run, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})


def _hand_out(found: FinishedExperiment, console: Console) -> None:
    from graphlead.report.experiments.summary import experiment_summary

    folder = found.folder
    files = {
        "the list": folder.assignment,
        "whom to treat": folder.uplift,
        "figures": folder.experiment,
        "report": folder.report,
    }
    there = {name: path for name, path in files.items() if path.exists()}
    summary = found.content | {"files": {name: str(path) for name, path in there.items()}}
    console.outcome(experiment_summary(found.content, there), summary)

"""Two runs of a verb, or two tables, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, Config, Quiet, console_of, separated
from graphlead.core.comparison import ComparisonGiven, ComparisonSettings, help_of

if TYPE_CHECKING:
    from graphlead.common.console import Console


def compare(
    *,
    old: Annotated[Path | None, typer.Argument(metavar="OLD", help=help_of("old"))] = None,
    new: Annotated[Path | None, typer.Argument(metavar="NEW", help=help_of("new"))] = None,
    out: Annotated[Path | None, typer.Option(help=help_of("out"))] = None,
    outcomes: Annotated[Path | None, typer.Option(help=help_of("outcomes"))] = None,
    outcome: Annotated[str | None, typer.Option(help=help_of("outcome"))] = None,
    positive: Annotated[str | None, typer.Option(help=help_of("positive"))] = None,
    id_: Annotated[str | None, typer.Option("--id", help=help_of("id"))] = None,
    exclude: Annotated[list[str] | None, typer.Option(help=f"{help_of('exclude')} Repeatable.")] = None,
    seed: Annotated[int | None, typer.Option(help=help_of("seed"))] = None,
    config: Config = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """What changed between two runs or two tables: columns, scores, who moved and why (also between segments, or to
    another first offer), predicted against happened."""
    given = ComparisonGiven(
        old=old, new=new, out=out, outcomes=outcomes, outcome=outcome, positive=positive, id=id_,
        exclude=separated(exclude), seed=seed,
    )  # fmt: skip
    from graphlead.common.files import check_readable

    settings, console = ComparisonSettings.load(config, given), console_of(quiet, as_json)
    check_readable((settings.outcomes, *(each for each in (settings.old, settings.new) if not each.is_dir())))

    from graphlead.experiments.compare.compare import compare as run

    result = run(settings, console, config=config)
    console.outcome(result.text, result.summary)


def report(run: Path, console: Console) -> None:
    """Write the report of a finished comparison once more."""
    from graphlead.experiments.compare.finished import FinishedComparison

    path = FinishedComparison(run).report()
    console.outcome(f"Written to {path}.", {"file": str(path)})

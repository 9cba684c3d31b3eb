"""Segments of customers, from orders or from a table of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, Config, Quiet, console_of, separated
from graphlead.core.segment import SegmentGiven, SegmentSettings, help_of

if TYPE_CHECKING:
    from graphlead.common.console import Console


def segment(
    *,
    events: Annotated[
        list[Path] | None,
        typer.Option("--events", help=f"{help_of('events')} Repeatable: parts of one table."),
    ] = None,
    customers: Annotated[Path | None, typer.Option("--customers", help=help_of("customers"))] = None,
    run: Annotated[Path | None, typer.Option("--run", help=help_of("run"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_of("out"))] = None,
    config: Config = None,
    id_: Annotated[str | None, typer.Option("--id", help=help_of("id"))] = None,
    item: Annotated[str | None, typer.Option("--item", help=help_of("item"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_of("as_of"))] = None,
    noise: Annotated[str | None, typer.Option("--noise", help=help_of("noise"))] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help=f"{help_of('exclude')} Repeatable.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help=help_of("seed"))] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Segments of customers with a name, a value and an offer each, and how noisy every customer is."""
    given = SegmentGiven(
        events=tuple(events) if events else None, customers=customers, run=run, out=out, id=id_, item=item,
        as_of=as_of, noise=noise, exclude=separated(exclude), seed=seed,
    )  # fmt: skip

    from graphlead.common.files import check_readable

    settings, console = SegmentSettings.load(config, given), console_of(quiet, as_json)
    check_readable(settings.inputs().values())

    from graphlead.pipeline.segment.segment import segment as find

    result = find(settings, console, config=config)
    console.outcome(result.text, result.summary)


def report(run: Path, console: Console) -> None:
    """Write the report once more."""
    from graphlead.pipeline.segment.report import report_segments

    path = report_segments(run, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})

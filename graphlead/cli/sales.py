"""From an export with outcomes to a list to work: which lead converts, and which customer leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, Config, Quiet, console_of, separated
from graphlead.core.sales import SalesGiven, SalesSettings, help_of

if TYPE_CHECKING:
    from graphlead.pipeline.sales.predict import Predicted


def _file(key: str, *names: str) -> object:
    return typer.Option(*(names or (f"--{key}",)), help=help_of(key))


Leads = Annotated[Path | None, _file("leads")]
Customers = Annotated[Path | None, _file("customers")]
Events = Annotated[list[Path] | None, typer.Option("--events", help=f"{help_of('events')} Repeatable.")]
Items = Annotated[Path | None, _file("items")]
Deals = Annotated[Path | None, _file("deals")]
Open = Annotated[Path | None, _file("open")]
Companies = Annotated[Path | None, _file("companies")]
Links = Annotated[Path | None, _file("links")]
Discovery = Annotated[Path | None, _file("run")]
Reviewed = Annotated[Path | None, _file("reviewed")]
Out = Annotated[Path | None, _file("out")]
Outcome = Annotated[str | None, _file("outcome")]
Positive = Annotated[str | None, _file("positive")]
Id = Annotated[str | None, _file("id")]
Item = Annotated[str | None, _file("item")]
Duration = Annotated[str | None, _file("duration")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_of("as_of"))]
Within = Annotated[int | None, typer.Option(metavar="DAYS", help=f"{help_of('within')} Default: 90.")]
Active = Annotated[int | None, typer.Option(metavar="DAYS", help=f"{help_of('active')} Default: 180.")]
Threshold = Annotated[float | None, _file("threshold")]
Top = Annotated[int | None, _file("top")]
Cost = Annotated[float | None, _file("cost")]
Gain = Annotated[float | None, _file("gain")]
KeepColumns = Annotated[list[str] | None, typer.Option("--keep", help=f"{help_of('keep')} Repeatable.")]
ExcludeColumns = Annotated[
    list[str] | None, typer.Option("--exclude", help=f"{help_of('exclude')} Repeatable.")
]
AutoMl = Annotated[int | None, typer.Option("--automl", metavar="TRIALS", help=help_of("automl"))]
Seed = Annotated[int | None, _file("seed")]


def convert(
    *,
    leads: Leads = None,
    open_: Open = None,
    deals: Deals = None,
    companies: Companies = None,
    links: Links = None,
    run: Discovery = None,
    reviewed: Reviewed = None,
    out: Out = None,
    config: Config = None,
    outcome: Outcome = None,
    positive: Positive = None,
    id_: Id = None,
    as_of: AsOf = None,
    within: Within = None,
    threshold: Threshold = None,
    top: Top = None,
    cost: Cost = None,
    gain: Gain = None,
    keep: KeepColumns = None,
    exclude: ExcludeColumns = None,
    automl: AutoMl = None,
    seed: Seed = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Which open leads convert: from a CRM export to a list to call, with actions and reasons."""
    given = SalesGiven(
        leads=leads, open=open_, deals=deals, companies=companies, links=links, run=run, reviewed=reviewed, out=out,
        outcome=outcome, positive=positive, id=id_, as_of=as_of, within=within, threshold=threshold, top=top,
        cost=cost, gain=gain, keep=separated(keep), exclude=separated(exclude), automl=automl, seed=seed,
    )  # fmt: skip
    _predict("convert", config, given, quiet=quiet, as_json=as_json)


def churn(
    *,
    customers: Customers = None,
    events: Events = None,
    items: Items = None,
    open_: Open = None,
    companies: Companies = None,
    links: Links = None,
    run: Discovery = None,
    reviewed: Reviewed = None,
    out: Out = None,
    config: Config = None,
    outcome: Outcome = None,
    positive: Positive = None,
    id_: Id = None,
    item: Item = None,
    duration: Duration = None,
    as_of: AsOf = None,
    within: Within = None,
    active: Active = None,
    threshold: Threshold = None,
    top: Top = None,
    cost: Cost = None,
    gain: Gain = None,
    keep: KeepColumns = None,
    exclude: ExcludeColumns = None,
    automl: AutoMl = None,
    seed: Seed = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Which customers leave, when, and what to do about it: from a customer table or from orders."""
    given = SalesGiven(
        customers=customers, events=tuple(events) if events else None, items=items, open=open_, companies=companies,
        links=links, run=run, reviewed=reviewed, out=out, outcome=outcome, positive=positive, id=id_, item=item,
        duration=duration, as_of=as_of, within=within, active=active, threshold=threshold, top=top, cost=cost,
        gain=gain, keep=separated(keep), exclude=separated(exclude), automl=automl, seed=seed,
    )  # fmt: skip
    _predict("churn", config, given, quiet=quiet, as_json=as_json)


def _predict(verb: str, config: Path | None, given: SalesGiven, *, quiet: bool, as_json: bool) -> None:
    from graphlead.common.files import check_readable

    settings, console = SalesSettings.load(verb, config, given), console_of(quiet, as_json)
    check_readable(settings.inputs().values())

    from graphlead.pipeline.sales.predict import predict

    result: Predicted = predict(settings, console, config=config)
    console.outcome(result.text, result.summary)

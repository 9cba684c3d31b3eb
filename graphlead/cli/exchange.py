"""Runs into graph databases and customer systems, and registers and customers out of them: `push` and `pull`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphlead.cli.options import AsJson, Quiet, RunArgument, console_of
from graphlead.connectors.crm.registry import SYSTEMS, with_records
from graphlead.core.exchange import LEAST_SECONDS, PullSettings, PushSettings
from graphlead.stores.registry import OWN
from graphlead.stores.registry import listed as databases_listed

VARIABLES = (
    "Their addresses and secrets are read from the environment alone: SALESFORCE_URL and SALESFORCE_TOKEN (an access "
    "token), HUBSPOT_TOKEN (of a private app) and, if it is another, HUBSPOT_URL, SLACK_WEBHOOK_URL."
)
Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help=f"A graph database: {databases_listed()}; for a sales run also {OWN}, a discovery run's own graph. Or a "
        f"customer system: {', '.join(SYSTEMS)}. {VARIABLES}",
    ),
]
Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help=f"A graph database: {databases_listed()}. Or a customer system: {with_records()}. {VARIABLES}",
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=LEAST_SECONDS, help="Seconds to wait for an answer of a customer system (60)."
    ),
]


Into = Annotated[
    Path | None,
    typer.Option("--into", metavar="DIR", help="The discovery run of which the own graph takes a sales run."),
]
Send = Annotated[
    bool,
    typer.Option(
        "--send", help="Write into the customer system; without it, only show what would be written."
    ),
]
Fields = Annotated[
    Path | None,
    typer.Option("--mapping", help="A TOML file: which columns go into which fields of the customer system."),
]
Every = Annotated[
    bool, typer.Option("--all", help="Every scored lead or customer, not only those on the list.")
]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="The folder that keeps what was sent, so that the next push sends what differs; by default in the "
        "run's. Give the same one for every run of a list that is made anew.",
    ),
]
Link = Annotated[str, typer.Option("--link", help="Slack: the address where readers find the report.")]
Again = Annotated[bool, typer.Option("--again", help="Slack: post a message that was posted before.")]


def push(
    *,
    target: Target,
    run: RunArgument,
    into: Into = None,
    send: Send = False,
    mapping: Fields = None,
    every: Every = False,
    state: State = None,
    link: Link = "",
    again: Again = False,
    timeout: Seconds = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Load a finished run into a graph database, or write its list into a customer system.

    A graph database takes all of a `graphlead run`, or the differences from the run there; a run of churn, recommend,
    segment, experiment or compare is added to the graph: customers at risk, offers, segments, arms, and what moved.

    A customer system takes the list of a run, convert, churn, recommend or segment run, by external id: what is new or
    differs from the last push. Without --send nothing is written. Records that it does not take are in rejected.csv,
    with its reasons, and the exit code is 1. Slack takes a digest.
    """
    settings = PushSettings(
        run=run,
        target=target,
        send=send,
        mapping=mapping,
        every=every,
        state=state,
        link=link,
        again=again,
        timeout=timeout,
        into=into,
    )
    console = console_of(quiet, as_json)

    from graphlead.pipeline.exchange.push import Loaded, push

    done = push(settings, console)
    if isinstance(done, Loaded):
        content = {"run": str(run), "graph": done.graph}
        console.outcome(f"{done.title} holds the run in {run}.", content)
        return

    from graphlead.cli.customers import show_pushed

    show_pushed(done, console)


def pull(
    *,
    source: Source,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; it is made when missing.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file: which labels, types and properties of a graph database are companies and links."
        ),
    ] = None,
    timeout: Seconds = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a register of a graph database, or client lists and outcomes of a customer system.

    A graph database gives companies.parquet and links.parquet, which a run reads. A customer system gives clients.csv
    (accounts with a deal won, since when), outcomes.csv (deals won and lost), suppress.csv (accounts with an open
    deal), events.csv (deals won, as purchases, for churn), deals.csv (every deal, for convert), accounts.csv and
    contacts.csv.
    """
    settings = PullSettings(source=source, out=out, mapping=mapping, timeout=timeout)
    console = console_of(quiet, as_json)

    from graphlead.pipeline.exchange.pull import pull

    pulled = pull(settings, console)
    if source in SYSTEMS:
        from graphlead.cli.customers import show_pulled

        show_pulled(pulled, console)
        return
    files = {name: str(path) for name, path in pulled.files.items()}
    console.outcome(f"Written to {' and '.join(files.values())}.", files)

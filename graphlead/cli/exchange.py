"""Runs into graph databases and customer systems, and registers and customers out of them: `push` and `pull`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, Quiet, RunArgument, console_of
from graphlead.connectors.crm.registry import SYSTEMS, with_records
from graphlead.core.errors import SettingsError, unknown
from graphlead.stores.registry import OWN, database_named, databases
from graphlead.stores.registry import listed as databases_listed

if TYPE_CHECKING:
    from graphlead.common.console import Console

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
    typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer of a customer system (60)."),
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
    _check_known(target, "target", [*databases(), *SYSTEMS, OWN])
    console = console_of(quiet, as_json)
    of_systems = {"--send": send, "--state": state, "--timeout": timeout}
    of_records, of_slack = {"--mapping": mapping, "--all": every}, {"--link": link, "--again": again}
    if target not in SYSTEMS:
        _refuse({**of_systems, **of_records, **of_slack}, target, "customer systems")
        _push_graph(target, run, into, console)
        return
    _refuse({"--into": into}, target, "graph databases")

    from graphlead.cli.customers import push_digest, push_list

    if target == "slack":
        _refuse(of_records, target, "salesforce and hubspot")
        push_digest(run, console, send=send, link=link, again=again, state=state, seconds=timeout)
    else:
        _refuse(of_slack, target, "slack")
        push_list(target, run, console, send=send, mapping=mapping, every=every, state=state, seconds=timeout)


def _refuse(given: Mapping[str, object], name: str, takers: str) -> None:
    """Raise SettingsError for an option that is given and that the target or source does not take."""
    for option, value in given.items():
        if value:
            raise SettingsError(
                f"this is for {takers}, not for {name}.", where=option, remedy="Leave it out."
            )


def _check_known(name: str, what: str, known: list[str]) -> None:
    """Raise SettingsError, with the name probably meant, for a name that is no database and no customer system."""
    if name not in known:
        raise unknown(what, name, known, what)


def _push_graph(store: str, run: Path, into: Path | None, console: Console) -> None:
    title = OWN if store == OWN else database_named(store).title

    from graphlead.runs.manifest import verb_of

    if verb_of(run) != "run":
        from graphlead.pipeline.sales_graph import push_sales

        with console.stage("adding to the graph") as progress:
            where = push_sales(run, store, into, progress=progress)
        console.outcome(f"The graph of {where} holds the run in {run}.", {"run": str(run), "graph": where})
        return
    if store == OWN or into:
        raise SettingsError(
            "a `graphlead run` has a graph of its own.",
            where=str(run),
            remedy="Ask it with --run, or push the run to neo4j.",
        )

    from graphlead.pipeline import store as storing
    from graphlead.pipeline.finished import FinishedRun

    with console.stage(f"loading into {title}") as progress:
        storing.push(FinishedRun(run), store, progress=progress)
    console.outcome(f"{title} holds the run in {run}.", {"run": str(run)})


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
    _check_known(source, "source", [*databases(), *(name for name in SYSTEMS if SYSTEMS[name].system)])
    console = console_of(quiet, as_json)
    if source in SYSTEMS:
        _refuse({"--mapping": mapping}, source, "graph databases")

        from graphlead.cli.customers import pull_files

        pull_files(source, out, console, seconds=timeout)
        return
    _refuse({"--timeout": timeout}, source, "customer systems")
    title = database_named(source).title

    from graphlead.pipeline import store as storing

    with console.stage(f"reading from {title}") as progress:
        companies, links = storing.pull(source, out, mapping, progress=progress)
    files = {"companies": str(companies), "links": str(links)}
    console.outcome(f"Written to {companies} and {links}.", files)

"""The verbs for data before any model: match and profile; and demo, on generated data with known truth."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.engines import match_by_engine
from graphlead.cli.options import (
    AsJson,
    Clients,
    Config,
    Engine,
    Exclude,
    Keep,
    Links,
    Master,
    Memory,
    Quiet,
    Reviewed,
    SomeRegister,
    SomeRun,
    console_of,
    separated,
    settings_of,
)
from graphlead.core.errors import SettingsError, refuse_given
from graphlead.core.settings import Given, Settings, help_of

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.core.clients import Match
    from graphlead.core.profile import Profile
    from graphlead.world import World, WorldSettings

A_CLIENT_IN = 20
MOST_CLIENTS = 2000
"""A demo has one client in A_CLIENT_IN companies, at most MOST_CLIENTS, a choice: enough to learn from at any size."""


def match(
    *,
    clients: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("clients"))],
    companies: SomeRegister = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The list with the companies found: .csv or .xlsx.")
    ],
    config: Config = None,
    review: Annotated[
        Path | None, typer.Option(help="Where to write the candidates of doubtful lines: .csv or .xlsx.")
    ] = None,
    reviewed: Reviewed = None,
    folder: SomeRun = None,
    engine: Engine = None,
    master: Master = None,
    memory: Memory = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find the companies of a typed list in the register, with evidence."""
    from graphlead.common.outputs import check_files, writing

    given = Given(companies=companies, clients=clients, out=output.parent, reviewed=reviewed, memory=memory)
    settings, console = settings_of(config, given), console_of(quiet, as_json)
    check_files([output, review], [config, *settings.inputs().values()])

    from graphlead.pipeline.matched import write_list, write_review_of
    from graphlead.report.summary import counted

    found = _found(settings, folder, output, console, engine, master)
    with writing(output):
        write_list(output, found, settings)
    if review is not None:
        with writing(review):
            write_review_of(review, found, settings)
    counts = found.counts()
    lines = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    hint = "" if review or not counts["review"] else " Add --review FILE for the candidates to choose from."
    console.outcome(
        f"{counted(len(found.table), 'line')}: {lines}. Written to {output}.{hint}",
        {**counts, "file": str(output)},
    )


def _found(
    settings: Settings,
    folder: Path | None,
    output: Path,
    console: Console,
    engine: str | None,
    master: str | None,
) -> Match:
    if engine or master:
        return match_by_engine(
            settings, folder, output, console, engine=engine or "duckdb", master=master or ""
        )
    refuse_given({"--run": folder}, "a match without --engine", where="match", remedy="Leave it out.")

    from graphlead.pipeline.discover import match_list

    return match_list(settings, console)


def profile(
    *,
    folder: SomeRun = None,
    companies: SomeRegister = None,
    links: Links = None,
    clients: Clients = None,
    out: Annotated[
        Path | None, typer.Option(help="Without --run: the folder for profile.json; made when missing.")
    ] = None,
    exclude: Exclude = None,
    keep: Keep = None,
    seed: Annotated[int | None, typer.Option(help=help_of("seed"))] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Your clients against the register, before any model: of a finished run, or of a register and a list."""
    given = Given(
        companies=companies, links=links, clients=clients, out=out,
        exclude=separated(exclude), keep=separated(keep), seed=seed,
    )  # fmt: skip
    console = console_of(quiet, as_json)
    found, path = _profiled(given, console) if folder is None else _profile_of(folder, given)

    from graphlead.profile.sentences import summary

    content = json.loads(path.read_text("utf-8"))
    console.outcome("\n".join([*summary(found), "", f"All of it: {path}"]), content)


def _profiled(given: Given, console: Console) -> tuple[Profile, Path]:
    """The profile of a list, made anew, and its file."""
    settings = settings_of(None, given)

    from graphlead.pipeline.discover import profile_list
    from graphlead.profile.files import PROFILE

    return profile_list(settings, console), settings.out / PROFILE


def _profile_of(run: Path, given: Given) -> tuple[Profile, Path]:
    """The profile of a run, and its file. Raises SettingsError for options that belong to a new profile."""
    beside = [f"--{name}" for name, value in given.items() if value is not None]
    if beside:
        raise SettingsError(
            f"--run does not go with {beside[0]}.", where="profile", remedy="Give one or the other."
        )

    from graphlead.pipeline.finished import FinishedRun
    from graphlead.profile.files import PROFILE

    finished = FinishedRun(run)
    return finished.profile, finished.folder.profile / PROFILE


def clients_of(companies: int) -> int:
    """How many clients the seller of a demo has."""
    return min(companies // A_CLIENT_IN, MOST_CLIENTS)


def demo(
    *,
    out: Annotated[Path, typer.Option(help="The folder for the world and the run.")] = Path("demo"),
    companies: Annotated[int, typer.Option(help="How many companies the world has.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 0,
    sales: Annotated[
        bool, typer.Option("--sales", help="Make the seller's CRM too: leads, customers, events.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a register with known truth, run on it, and measure how good the ranking is."""
    from graphlead.common.disk import disk_errors
    from graphlead.common.outputs import check_folder
    from graphlead.core.settings import Settings
    from graphlead.pipeline.discover import discover
    from graphlead.report.summary import summary_text
    from graphlead.runs.layout import RunFolder
    from graphlead.world import WorldSettings, make_world
    from graphlead.world.truth import against_truth, truth_text

    console = console_of(quiet, as_json)
    wanted = WorldSettings(companies=companies, clients=clients_of(companies), seed=seed)
    check_folder(out, (), ())
    with disk_errors(out), console.stage("making a world") as progress:
        world = make_world(out / "world", wanted, progress)
    settings = Settings(
        companies=world.companies, clients=world.clients, out=out / "run", links=world.links,
        suppress=world.past, seed=seed,
    )  # fmt: skip
    result = discover(settings, console)
    against = against_truth(result.scores, world.truth)
    measured = truth_text(against, wanted.regional_bias)
    text = f"{summary_text(result.summary)}\n{measured}\nThe lead list: {RunFolder(settings.out).leads}"
    truth = {"companies": against.companies, "buyers": against.buyers, **against.rankings}
    commands = _sell(out, world, wanted, console) if sales else []
    if commands:
        text = "\n".join(
            [text, "The seller's CRM is made, with its truth beside it. Learn from it:", *commands]
        )
    console.outcome(text, {**result.summary, "truth": truth} | ({"commands": commands} if commands else {}))


def _sell(out: Path, world: World, wanted: WorldSettings, console: Console) -> list[str]:
    """Make a CRM for the companies of a world; returns the commands that learn from it."""
    from graphlead.common.disk import disk_errors
    from graphlead.world.sales import CrmSettings, make_crm

    with disk_errors(out), console.stage("making a CRM") as progress:
        crm = make_crm(out / "sales", world, CrmSettings.of(wanted.companies, wanted.seed), progress)
    register = f"--companies {quote(str(world.companies))} --links {quote(str(world.links))}"
    events = " ".join(f"--events {quote(str(path))}" for path in (crm.orders, crm.tickets, crm.logins))
    given = {
        "convert": f"convert --leads {quote(str(crm.leads))} {register}",
        "churn": f"churn --customers {quote(str(crm.customers))} {register}",
        "churn_events": f"churn {events}",
    }
    return [f"graphlead {text} --out {quote(str(out / name))}" for name, text in given.items()]

"""The command line: one verb a stage. It parses, calls and prints; nothing heavy is imported before a verb runs."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from graphlead.cli.graph import add_to
from graphlead.cli.options import (
    AsJson,
    Clients,
    Exclude,
    Links,
    Quiet,
    Register,
    Reviewed,
    RunFolder,
    SomeRegister,
    console_of,
    separated,
)
from graphlead.core.errors import GraphleadError
from graphlead.core.settings import help_of

INTERRUPTED = 130

app = typer.Typer(
    name="graphlead",
    help="Find your next business clients in the graph of all companies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

add_to(app)


def main() -> None:
    """Run the command line: exit code 0 done, 2 bad usage or input, 1 failure, 130 interrupted."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            return _fail(
                "interrupted; what was finished is kept: the same command goes on from there.", INTERRUPTED
            )
        return end.code if isinstance(end.code, int) else 0
    except GraphleadError as error:
        return _fail(str(error), error.exit_code)
    except Exception as error:
        return _fail(f"unexpected: {type(error).__name__}: {error}. (GRAPHLEAD_DEBUG=1 shows where.)", 1)
    return 0


def _fail(message: str, code: int) -> int:
    if os.environ.get("GRAPHLEAD_DEBUG") == "1":
        traceback.print_exc()
    sys.stderr.write("error: " + "".join(c if c.isprintable() else " " for c in message) + "\n")
    return code


def _verbs() -> Any:
    return import_module("graphlead.cli.leads")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"graphlead {import_module('graphlead.runs.run').graphlead_version()}")
        raise typer.Exit


@app.callback()
def top_level(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find your next business clients in the graph of all companies."""


@app.command()
def run(
    *,
    companies: SomeRegister = None,
    links: Links = None,
    clients: Clients = None,
    suppress: Annotated[Path | None, typer.Option(help=help_of("suppress"))] = None,
    out: Annotated[Path | None, typer.Option(help=help_of("out"))] = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file with any of these settings.")] = None,
    exclude: Exclude = None,
    reviewed: Reviewed = None,
    seed: Annotated[int | None, typer.Option(help=help_of("seed"))] = None,
    device: Annotated[str | None, typer.Option(help=help_of("device"))] = None,
    top: Annotated[int | None, typer.Option(help=help_of("top"))] = None,
    prior: Annotated[float | None, typer.Option(help=help_of("prior"))] = None,
    classifier: Annotated[str | None, typer.Option(help=help_of("classifier"))] = None,
    store: Annotated[str | None, typer.Option(help=help_of("store"))] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """From a register and a client list to a ranked list of leads."""
    flags = {
        "companies": companies, "links": links, "clients": clients, "suppress": suppress, "out": out,
        "exclude": separated(exclude), "reviewed": reviewed, "seed": seed,
        "device": device, "top": top, "prior": prior, "classifier": classifier, "store": store,
    }  # fmt: skip
    _verbs().run(config, flags, console_of(quiet, as_json))


@app.command()
def init(
    *,
    companies: Register,
    links: Links = None,
    clients: Clients = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "graphlead.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write a configuration file from the data at hand: how each column is understood, and every setting."""
    paths = {"companies": companies, "links": links, "clients": clients}
    _verbs().init(paths, output, console_of(quiet, as_json), force=force)


@app.command()
def match(
    *,
    clients: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("clients"))],
    companies: Register,
    output: Annotated[Path, typer.Option("--output", "-o", help="The list with the companies found (CSV).")],
    review: Annotated[
        Path | None, typer.Option(help="Where to write the candidates of doubtful lines (CSV).")
    ] = None,
    reviewed: Reviewed = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find the companies of a typed list in the register, with evidence."""
    console = console_of(quiet, as_json)
    _verbs().match(clients, companies, output, console, review=review, reviewed=reviewed)


@app.command()
def evaluate(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """The rankers of a run side by side on held-out clients, and whether the graph helps."""
    _verbs().evaluate(folder, console_of(quiet, as_json))


@app.command()
def profile(
    *,
    folder: Annotated[Path | None, typer.Option("--run", help="The folder of a finished run.")] = None,
    companies: SomeRegister = None,
    links: Links = None,
    clients: Clients = None,
    out: Annotated[
        Path | None, typer.Option(help="Without --run: the folder for profile.json; made when missing.")
    ] = None,
    exclude: Exclude = None,
    seed: Annotated[int | None, typer.Option(help=help_of("seed"))] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Your clients against the register, before any model: of a finished run, or of a register and a list."""
    flags = {
        "companies": companies, "links": links, "clients": clients, "out": out,
        "exclude": separated(exclude), "seed": seed,
    }  # fmt: skip
    _verbs().profile(folder, flags, console_of(quiet, as_json))


@app.command()
def explain(
    *,
    company: Annotated[str, typer.Argument(help="The id of a company, or its name.")],
    folder: RunFolder,
    cypher: Annotated[bool, typer.Option("--cypher", help="With the query that shows each tie.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Why a company ranks where it does: what moved its score, the nearest clients, and the way to them."""
    _verbs().explain(folder, company, console_of(quiet, as_json), cypher=cypher)


@app.command()
def report(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Write the report of a finished run once more, from its folder."""
    _verbs().report(folder, console_of(quiet, as_json))


@app.command()
def score(
    *,
    folder: RunFolder,
    companies: Register,
    out: Annotated[Path, typer.Option(help=help_of("out"))],
    links: Links = None,
    clients: Clients = None,
    top: Annotated[int, typer.Option(min=1, help=help_of("top"))] = 500,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Apply a trained run to a newer register, without training again."""
    console = console_of(quiet, as_json)
    _verbs().score(folder, companies, links, out, console, clients=clients, top=top)


@app.command()
def demo(
    *,
    out: Annotated[Path, typer.Option(help="The folder for the world and the run.")] = Path("demo"),
    companies: Annotated[int, typer.Option(help="How many companies the world has.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 0,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a register whose truth is known, run on it, and say how well the ranking does."""
    _verbs().demo(out, console_of(quiet, as_json), companies=companies, seed=seed)

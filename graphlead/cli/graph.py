"""The verbs that work on the graph: databases in and out, and published ownership data."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from graphlead.cli.options import AsJson, Quiet, RunFolder, console_of

OutFolder = Annotated[Path, typer.Option("--out", help="The folder to write to; it is made when missing.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILES...", help="As published: plain, .gz or .zip.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]

SomeRun = Annotated[Path | None, typer.Option("--run", help="The folder of a finished run.")]
Neo4j = Annotated[
    bool, typer.Option("--neo4j", help="The database at NEO4J_URI instead of a run's own graph.")
]

push = typer.Typer(help="Put a finished run into a graph database.", no_args_is_help=True)
pull = typer.Typer(help="Make a register of a graph database.", no_args_is_help=True)
export = typer.Typer(help="Write a finished run as files that other programs load.", no_args_is_help=True)
imports = typer.Typer(
    help="Make a register of published ownership data: companies.parquet and links.parquet.",
    no_args_is_help=True,
)


def _verbs() -> Any:
    return import_module("graphlead.cli.verbs_graph")


def _names(incomplete: str) -> list[str]:
    names: list[str] = import_module("graphlead.cli.asking").complete_names(incomplete)
    return names


def add_to(app: typer.Typer) -> None:
    """Put these verbs beside the others."""
    app.command()(query)
    app.command()(shell)
    app.command()(graph)
    for name, group in (("push", push), ("pull", pull), ("export", export), ("import", imports)):
        app.add_typer(group, name=name)


def query(
    *,
    name: Annotated[
        str | None,
        typer.Argument(help="A query of the library; without one, all are listed.", autocompletion=_names),
    ] = None,
    folder: SomeRun = None,
    neo4j: Neo4j = False,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter; repeat it.")
    ] = None,
    style: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    rows: Annotated[int, typer.Option(min=1, help="The most rows to answer with.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="After which the query is stopped.")] = 60.0,
    explain: Annotated[
        bool, typer.Option("--describe", help="What the query takes, gives and costs.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Ask the graph of a run, or of the database at NEO4J_URI, a query of the library."""
    console = console_of(quiet, False)
    if name is None:
        _verbs().queries(console)
    elif explain:
        _verbs().describe_query(name, console)
    else:
        limits = {"rows": rows, "seconds": seconds}
        _verbs().query(name, folder, param or [], style, console, neo4j=neo4j, **limits)


def shell(
    *,
    folder: SomeRun = None,
    neo4j: Neo4j = False,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the graph.")] = False,
    quiet: Quiet = False,
) -> None:
    """Ask free queries in Cypher; each ends with a semicolon, :help tells more."""
    _verbs().shell(folder, console_of(quiet, False), neo4j=neo4j, write=write)


def graph(
    *,
    company: Annotated[str, typer.Argument(help="The id of a company, or its name.")],
    folder: RunFolder,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("ego.html"),
    hops: Annotated[int, typer.Option(min=1, max=4, help="How many links away.")] = 2,
    most: Annotated[int, typer.Option(min=2, max=1000, help="The most nodes drawn.")] = 200,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Draw what is around a company as an interactive page."""
    _verbs().graph(company, folder, output, console_of(quiet, as_json), hops=hops, most=most)


@push.callback()
@pull.callback()
@export.callback()
@imports.callback()
def _group() -> None:
    """A group of verbs, even where it has only one."""


@push.command("neo4j")
def push_neo4j(*, run: Run, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Make the database at NEO4J_URI hold a run: all of it, or what differs from the run it held."""
    _verbs().push_neo4j(run, console_of(quiet, as_json))


@pull.command("neo4j")
def pull_neo4j(
    *,
    out: OutFolder,
    mapping: Annotated[
        Path | None,
        typer.Option(help="A TOML file: which labels, types and properties are companies and links."),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the company graph at NEO4J_URI as the two files that a run reads."""
    _verbs().pull_neo4j(out, mapping, console_of(quiet, as_json))


@export.command("neo4j-admin")
def export_neo4j_admin(
    *,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The folder for the CSV files.")],
    folder: RunFolder,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """CSV with headers for `neo4j-admin database import full`, and its arguments."""
    _verbs().export_neo4j_admin(folder, out, console_of(quiet, as_json))


@export.command("bods")
def export_bods(
    *,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON lines to write.")],
    folder: RunFolder,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """The register's ownership as statements of the Beneficial Ownership Data Standard 0.4."""
    _verbs().export_bods(folder, out, console_of(quiet, as_json))


@imports.command("bods")
def import_bods(*, files: Files, out: OutFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Statements of the Beneficial Ownership Data Standard 0.4, JSON lines or arrays."""
    _verbs().import_standard("bods", files, out, console_of(quiet, as_json))


@imports.command("gleif")
def import_gleif(*, files: Files, out: OutFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """GLEIF golden copy CSV: level 1 (entities) and, if given, level 2 (relationships)."""
    _verbs().import_standard("gleif", files, out, console_of(quiet, as_json))


@imports.command("companies-house")
def import_companies_house(
    *, files: Files, out: OutFolder, quiet: Quiet = False, as_json: AsJson = False
) -> None:
    """UK Companies House: the basic company data and, if given, people with significant control."""
    _verbs().import_standard("companies-house", files, out, console_of(quiet, as_json))

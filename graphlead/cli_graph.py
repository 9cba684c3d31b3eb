"""The verbs that work on the graph: databases in and out, and published ownership data."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from graphlead.cli_options import AsJson, Quiet, RunFolder, console_of

OutFolder = Annotated[Path, typer.Option("--out", help="The folder to write to; it is made when missing.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILES...", help="As published: plain, .gz or .zip.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]

push = typer.Typer(help="Put a finished run into a graph database.", no_args_is_help=True)
pull = typer.Typer(help="Make a register of a graph database.", no_args_is_help=True)
export = typer.Typer(help="Write a finished run as files that other programs load.", no_args_is_help=True)
imports = typer.Typer(
    help="Make a register of published ownership data: companies.parquet and links.parquet.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    """Put these verbs beside the others."""
    for name, group in (("push", push), ("pull", pull), ("export", export), ("import", imports)):
        app.add_typer(group, name=name)


def _verbs() -> Any:
    return import_module("graphlead.verbs_graph")


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

"""The graph of a run: queries, pictures, files of databases, and published ownership data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from graphlead.cli.options import AsJson, Quiet, RunFolder, SomeRun, console_of
from graphlead.connectors.registry import listed as connectors_listed
from graphlead.connectors.registry import reader
from graphlead.core.contracts import USUAL, Limits
from graphlead.core.errors import SettingsError
from graphlead.stores.registry import listed as databases_listed

OutFolder = Annotated[Path, typer.Option("--out", help="The folder to write to; it is made when missing.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILES...", help="As published: plain, .gz or .zip.")]
SomeDatabase = Annotated[
    str | None,
    typer.Option("--store", help=f"A graph database instead of a run's own graph: {databases_listed()}."),
]
Neo4j = Annotated[bool, typer.Option("--neo4j", help="The same as --store neo4j.")]

export = typer.Typer(help="Write a finished run as files that other programs load.", no_args_is_help=True)


def _names(incomplete: str) -> list[str]:
    from graphlead.cli.answers import complete_names

    return complete_names(incomplete)


def query(
    *,
    name: Annotated[
        str | None,
        typer.Argument(help="A query of the library; without one, all are listed.", autocompletion=_names),
    ] = None,
    folder: SomeRun = None,
    store: SomeDatabase = None,
    neo4j: Neo4j = False,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter; repeat it.")
    ] = None,
    style: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    rows: Annotated[int | None, typer.Option(min=1, help="The most rows to answer with.")] = USUAL.rows,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds after which the query is stopped.")
    ] = USUAL.seconds,
    explain: Annotated[
        bool, typer.Option("--describe", help="Show the query's parameters, columns and cost.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Ask the graph of a run, or a graph database, a query of the library."""
    from graphlead.cli.answers import ask, described, listing, pairs

    console = console_of(quiet)
    if name is None:
        console.outcome(listing("Queries of the library (--describe shows more of one):"), {})
    elif explain:
        console.outcome(described(name), {})
    else:
        where, limits = _where(folder, store, neo4j), Limits(rows, seconds)
        with console.stage("opening the graph") as progress:
            answer = ask(where, name, pairs(param or []), style, limits, progress=progress)
        console.answer(answer)


def shell(
    *,
    folder: SomeRun = None,
    store: SomeDatabase = None,
    neo4j: Neo4j = False,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the graph.")] = False,
    quiet: Quiet = False,
) -> None:
    """Ask free queries in Cypher; each ends with a semicolon, :help shows the commands."""
    where = _where(folder, store, neo4j)

    from graphlead.cli.shell import shell as answer_all
    from graphlead.pipeline.store import store_of

    with console_of(quiet).stage("opening the graph") as progress:
        found = store_of(where, progress=progress)
    with found as opened:
        answer_all(opened, sys.stdin, sys.stdout, write=write)


def _where(run: Path | None, store: str | None, neo4j: bool) -> Path | str:
    """The folder of the run to query, or the name of the graph database."""
    given = [where for where in (run, store, "neo4j" if neo4j else None) if where is not None]
    if len(given) != 1:
        raise SettingsError(
            "it is not clear which graph to query.",
            where="query",
            remedy="Give either --run DIR or --neo4j, or another --store.",
        )
    return given[0]


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
    """Draw the surroundings of a company as an interactive page."""
    from graphlead.pipeline.finished import FinishedRun
    from graphlead.pipeline.picture import picture
    from graphlead.report.summary import counted

    console = console_of(quiet, as_json)
    with console.stage("drawing") as progress:
        count = picture(FinishedRun(folder), company, output, hops=hops, most=most, progress=progress)
    console.outcome(f"{counted(count, 'node')} drawn in {output}.", {"nodes": count, "file": str(output)})


@export.command("neo4j-admin")
def export_neo4j_admin(
    *,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The folder for the CSV files.")],
    folder: RunFolder,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """CSV with headers for `neo4j-admin database import full`, and its arguments."""
    from graphlead.pipeline.finished import FinishedRun
    from graphlead.pipeline.store import export_admin
    from graphlead.stores.neo4j.admin_csv import ARGUMENTS, SCHEMA_FILE

    console = console_of(quiet, as_json)
    with console.stage("writing CSV for neo4j-admin") as progress:
        arguments = export_admin(FinishedRun(folder), out, progress=progress)
    hint = (
        "Run in that folder, with the database stopped:\n"
        f"  neo4j-admin database import full @{ARGUMENTS} neo4j\n"
        "then, with it running, for the indexes without which queries take minutes:\n"
        f"  cypher-shell --file {SCHEMA_FILE}"
    )
    written = {"folder": str(out), "arguments": arguments, "schema": SCHEMA_FILE}
    console.outcome(f"Written to {out}. {hint}", written)


@export.command("bods")
def export_bods(
    *,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON lines to write.")],
    folder: RunFolder,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """The register's ownership as statements of the Beneficial Ownership Data Standard 0.4."""
    from datetime import UTC, datetime

    from graphlead.common.outputs import check_files, writing
    from graphlead.connectors.bods_out import write_bods
    from graphlead.pipeline.finished import FinishedRun
    from graphlead.pipeline.outputs import parts_of
    from graphlead.report.summary import counted

    check_files([out], parts_of(folder))
    console = console_of(quiet, as_json)
    run = FinishedRun(folder)
    day = datetime.fromisoformat(run.finished).astimezone(UTC).date()
    with console.stage("writing statements"), writing(out):
        count = write_bods(run.whole_register, out, day=day)
    text = f"{counted(count, 'statement')} written to {out}."
    console.outcome(text, {"statements": count, "file": str(out)})


def import_(
    *,
    name: Annotated[str, typer.Argument(metavar="SOURCE", help=f"{connectors_listed()}.")],
    files: Files,
    out: OutFolder,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a register of published ownership data: companies.parquet and links.parquet, which a run reads."""
    read, console = reader(name), console_of(quiet, as_json)

    from graphlead.common.disk import disk_errors
    from graphlead.common.outputs import check_folder
    from graphlead.connectors.tables import FILES
    from graphlead.report.summary import counted

    check_folder(out, FILES, files)
    with console.stage("reading the files") as progress, disk_errors(out):
        found = read(files, out, progress)
    aside = [f"  {count:,} set aside: {reason}" for reason, count in found.reasons]
    text = f"{counted(found.n_companies, 'company')} and {counted(found.n_links, 'link')} written to {out}."
    hint = f"Then: graphlead run --companies {found.companies} --links {found.links} --clients FILE --out DIR"
    content = {
        "companies": str(found.companies),
        "links": str(found.links),
        "set_aside": str(found.set_aside),
        "counts": {"companies": found.n_companies, "links": found.n_links},
        "reasons": dict(found.reasons),
    }
    console.outcome("\n".join([text, *aside, hint]), content)

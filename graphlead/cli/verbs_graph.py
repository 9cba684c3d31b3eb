"""What the verbs on the graph do. Imported only when one of them runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from graphlead.cli import asking
from graphlead.cli.shell import shell as free_queries
from graphlead.common.console import Console, laid_out, printable
from graphlead.connectors.bods_out import write_bods
from graphlead.connectors.tables import Imported
from graphlead.core.errors import SettingsError
from graphlead.ingest import load_register
from graphlead.pipeline import store as storing
from graphlead.report.summary import counted
from graphlead.runs.run import read_manifest

READERS = {
    "bods": ("bods", "read_bods"),
    "gleif": ("gleif", "read_gleif"),
    "companies-house": ("companies_house", "read_companies_house"),
}


def queries(console: Console) -> None:
    """List the library."""
    rows = asking.listed()
    text = laid_out("Queries of the library (--describe tells more of one):", ["name", "answers"], rows)
    console.outcome(text, {})


def describe_query(name: str, console: Console) -> None:
    """What a query takes, gives and costs."""
    console.outcome(asking.described(name), {})


def query(
    name: str,
    run: Path | None,
    given: Sequence[str],
    style: str,
    console: Console,
    *,
    neo4j: bool,
    rows: int,
    seconds: float,
) -> None:
    """Answer a query of the library."""
    where = _where(run, neo4j=neo4j)
    with console.stage("opening the graph") as progress:
        answer = asking.ask(
            where, name, asking.pairs(given), style, rows=rows, seconds=seconds, progress=progress
        )
    sys.stdout.write(f"{printable(answer) if style == 'table' else answer}\n")


def shell(run: Path | None, console: Console, *, neo4j: bool, write: bool) -> None:
    """Answer free queries until there are no more."""
    where = _where(run, neo4j=neo4j)
    with console.stage("opening the graph") as progress:
        store = asking.opened(where, progress=progress)
    with store as opened:
        free_queries(opened, sys.stdin, sys.stdout, write=write)


def graph(company: str, run: Path, out: Path, console: Console, *, hops: int, most: int) -> None:
    """Draw what is around a company."""
    from graphlead.pipeline.picture import picture

    with console.stage("drawing") as progress:
        count = picture(run, company, out, hops=hops, most=most, progress=progress)
    console.outcome(f"{counted(count, 'node')} drawn in {out}.", {"nodes": count, "file": str(out)})


def _where(run: Path | None, *, neo4j: bool) -> Path | None:
    """The run whose own graph is asked, None for Neo4j."""
    if neo4j == (run is not None):
        raise SettingsError(
            "it is not clear which graph is asked.", where="query", remedy="Give either --run DIR or --neo4j."
        )
    return run


def push_neo4j(run: Path, console: Console) -> None:
    """Make a Neo4j database hold a run."""
    with console.stage("loading into Neo4j") as progress:
        storing.push(run, progress=progress)
    console.outcome(f"Neo4j holds the run in {run}.", {"run": str(run)})


def pull_neo4j(out: Path, mapping: Path | None, console: Console) -> None:
    """Make a register of a Neo4j database."""
    with console.stage("reading from Neo4j") as progress:
        companies, links = storing.pull(out, mapping, progress=progress)
    console.outcome(
        f"Written to {companies} and {links}.", {"companies": str(companies), "links": str(links)}
    )


def export_neo4j_admin(run: Path, out: Path, console: Console) -> None:
    """Write a run as CSV for neo4j-admin."""
    with console.stage("writing CSV for neo4j-admin") as progress:
        arguments = storing.export_admin(run, out, progress=progress)
    told = " ".join(arguments)
    console.outcome(
        f"Written to {out}. With the database stopped, run in that folder:\n  neo4j-admin {told}",
        {"folder": str(out), "arguments": arguments},
    )


def export_bods(run: Path, out: Path, console: Console) -> None:
    """Write a run's register as BODS 0.4."""
    day = datetime.fromisoformat(read_manifest(run)["finished"]).astimezone(UTC).date()
    with console.stage("writing statements"):
        count = write_bods(load_register(run / "register"), out, day=day)
    console.outcome(
        f"{counted(count, 'statement')} written to {out}.", {"statements": count, "file": str(out)}
    )


def import_standard(name: str, files: Sequence[Path], out: Path, console: Console) -> None:
    """Make a register of published ownership data."""
    module, function = READERS[name]
    with console.stage("reading the files") as progress:
        read = getattr(import_module(f"graphlead.connectors.{module}"), function)
        found: Imported = read(files, out, progress)
    reasons = [f"  {count:,} set aside: {reason}" for reason, count in found.reasons]
    text = f"{counted(found.n_companies, 'company')} and {counted(found.n_links, 'link')} written to {out}."
    hint = f"Then: graphlead run --companies {found.companies} --links {found.links} --clients FILE --out DIR"
    console.outcome(
        "\n".join([text, *reasons, hint]),
        {
            "companies": str(found.companies),
            "links": str(found.links),
            "set_aside": str(found.set_aside),
            "counts": {"companies": found.n_companies, "links": found.n_links},
            "reasons": dict(found.reasons),
        },
    )

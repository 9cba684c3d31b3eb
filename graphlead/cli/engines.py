"""Scoring and matching by an engine, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.errors import SettingsError

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.core.clients import Match
    from graphlead.core.settings import Settings


def engine_for(folder: Path, companies: Path, memory: str | None, console: Console) -> str:
    """The engine for a register that does not fit into memory, with a warning; empty for one that does."""
    from graphlead.core.settings import bytes_of
    from graphlead.runs.need import beyond_memory

    found = beyond_memory(folder, companies, bytes_of(memory) if memory else None)
    if found:
        console.warn(f"{found}: --engine duckdb scores it from disk, without reasons, report and store.")
    return "duckdb" if found else ""


def score_by_engine(
    folder: Path,
    companies: Path | None,
    links: Path | None,
    out: Path,
    console: Console,
    *,
    clients: Path | None,
    top: int,
    memory: str | None,
    engine: str,
    master: str,
) -> None:
    """Score a register by an engine and show where the results are."""
    if companies is None or links is None:
        missing = "companies" if companies is None else "links"
        remedy = f"Give --{missing} with the register's {missing}."
        raise SettingsError(f"{missing} is missing.", where="score", remedy=remedy)

    from graphlead.pipeline.distributed.score import Job
    from graphlead.pipeline.distributed.score import score_by_engine as score

    job = Job(
        run=folder,
        companies=companies,
        links=links,
        out=out,
        clients=clients,
        engine=engine,
        master=master,
        top=top,
        memory=memory,
    )
    content = score(job, console)
    console.outcome(
        f"Scores and leads are in {out}. A distributed run has no reasons, report or store.", content
    )


def match_by_engine(
    settings: Settings, folder: Path | None, output: Path, console: Console, *, engine: str, master: str
) -> Match:
    """Find a list in a register by an engine."""
    if folder is None:
        remedy = "Give --run with a finished run: it knows what the columns of its register mean."
        raise SettingsError("run is missing.", where="match", remedy=remedy)

    from graphlead.pipeline.distributed.match import Listing
    from graphlead.pipeline.distributed.match import match_by_engine as found_by

    listing = Listing(settings=settings, run=folder, folder=output.parent, engine=engine, master=master)
    return found_by(listing, console)

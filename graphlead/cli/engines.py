"""Scoring by an engine, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.errors import SettingsError

if TYPE_CHECKING:
    from graphlead.common.console import Console


def score_by_engine(
    folder: Path,
    companies: Path | None,
    links: Path | None,
    out: Path,
    console: Console,
    *,
    top: int,
    memory: str | None,
    engine: str,
    master: str,
) -> None:
    """Score a cleaned register by an engine and show where the results are."""
    if companies is None or links is None:
        missing = "companies" if companies is None else "links"
        remedy = f"Give --{missing} with {missing}.parquet of a cleaned register, or a folder of such files."
        raise SettingsError(f"{missing} is missing.", where="score", remedy=remedy)

    from graphlead.pipeline.distributed.score import Job
    from graphlead.pipeline.distributed.score import score_by_engine as score

    job = Job(
        run=folder,
        companies=companies,
        links=links,
        out=out,
        engine=engine,
        master=master,
        top=top,
        memory=memory,
    )
    content = score(job, console)
    console.outcome(
        f"Scores and leads are in {out}. A distributed run has no reasons, report or store.", content
    )

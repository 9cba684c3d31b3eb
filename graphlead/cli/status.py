"""What a run's folder is, for a person and for a scheduler."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import AsJson, console_of
from graphlead.runs.status import EXIT_CODES, status_of

if TYPE_CHECKING:
    from graphlead.core.arrays import Json


def status(
    *,
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run, finished or not.")],
    as_json: AsJson = False,
) -> None:
    """What a run's folder is: finished, running, failed or cut off; when, how long, and by which version.

    Exit codes: 0 finished; 3 running; 4 failed or cut off; 2 not the folder of a run.
    """
    found = status_of(folder)
    console_of(quiet=False, as_json=as_json).outcome("\n".join(_lines(found)), found)
    raise typer.Exit(EXIT_CODES[found["state"]])


def _lines(found: Json) -> list[str]:
    what = f"graphlead {found['verb'] or 'run'}, version {found['graphlead'] or 'unknown'}"
    lines = [f"{found['folder']}: {found['state']} ({what}).", _when(found)]
    if found.get("scored_with"):
        lines += [f"Scored with the models of {found['scored_with']}."]
    if found["state"] != "finished":
        lines += [_where(found), *_error(found.get("error"))]
        lines += [
            f"Its results are those of {_time(found['results'])}." if found["results"] else "No results yet."
        ]
    return [*lines, f"On disk: {found['bytes'] / 2**20:,.1f} MiB."]


def _when(found: Json) -> str:
    took = "" if found["seconds"] is None else f"{found['seconds']:,.0f} s"
    if found["state"] == "finished":
        peak = "" if found["peak_mb"] is None else f", at most {found['peak_mb']:,.0f} MiB of memory"
        return f"Finished {_time(found['finished'])}, after {took or 'an unknown time'}{peak}."
    began = f"Started {_time(found['started'])}" if found["started"] else "Started at an unknown time"
    return f"{began}, {took} ago." if found["state"] == "running" and took else f"{began}."


def _where(found: Json) -> str:
    done = f"Stages done: {', '.join(found['done']) or 'none'}."
    if not found["stage"]:
        return done
    since = f" since {_time(found['since'])}" if found["since"] else ""
    return f"Stage: {found['stage']}{since}. {done}"


def _error(error: Json | None) -> list[str]:
    if not error:
        return []
    where = f"{error['where']}: " if error.get("where") else ""
    return [f"Error: {where}{error['problem']} {error.get('remedy', '')}".rstrip()]


def _time(moment: str) -> str:
    """A time in UTC as that of this machine's clock."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M:%S")

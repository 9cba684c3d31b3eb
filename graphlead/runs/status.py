"""What a run's folder is: finished, being worked in, failed, or cut off."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphlead.common.locks import holder
from graphlead.core.errors import BUSY, damage
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import read_manifest
from graphlead.runs.progress import INTERRUPTED, note_of, now

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

State = Literal["finished", "running", "failed", "cut off"]
EXIT_CODES: dict[State, int] = {"finished": 0, "running": BUSY, "failed": 4, "cut off": 4}
"""Those of `graphlead status`; 2 is that of a folder that is no run's."""


def status_of(run: Path) -> Json:
    """What the folder of a run of any verb is; it is only read.

    state; verb, graphlead (the version), started, seconds (None of one that was killed), bytes of all its files;
    finished and peak_mb of a finished one; process of a running one; stage, since and done of any other (None between
    two stages), and error (problem, where, file, row, column, remedy) of a failed one. results: the time of the results
    that are there, None without any; scored_with: the run of which the models were applied. Raises RunFolderError for a
    folder that is no run's, and one with a damaged manifest.
    """
    folder = RunFolder(run)
    owner = holder(folder.lock)
    state, about = _unfinished(folder, owner)
    if state is None:
        return {
            "folder": str(run),
            "state": "finished",
            **_of_manifest(read_manifest(run)),
            "bytes": _bytes(run),
        }
    before = publication.published(folder)
    seconds = _seconds(about["started"], now() if owner is not None else about.get("ended"))
    return {
        "folder": str(run),
        "state": state,
        **about,
        "seconds": seconds,
        "results": before.get("finished"),
        "bytes": _bytes(run),
    }


def _unfinished(folder: RunFolder, owner: str | None) -> tuple[State | None, Json]:
    """The state of a folder in which a process works or has left work undone, and its note; None for any other."""
    about = _note(folder)
    if owner is not None:
        return "running", about | {"process": int(owner) if owner.isdigit() else None}
    about.pop("process", None)
    if about["error"] is not None and about["error"] != INTERRUPTED:
        return "failed", about
    begun = note_of(folder).exists() or publication.is_cut_off(folder)
    return ("cut off", about) if begun else (None, about)


def _note(folder: RunFolder) -> Json:
    empty: Json = {
        "graphlead": None, "verb": None, "started": None, "stage": None, "since": None, "done": [], "error": None,
    }  # fmt: skip
    if not note_of(folder).exists():
        return empty
    with damage(note_of(folder)):
        found = json.loads(note_of(folder).read_text("utf-8"))
        times = [
            datetime.fromisoformat(found[name]) for name in ("started", "since", "ended") if name in found
        ]
        return empty | {name: found[name] for name in (*empty, "ended") if name in found and times}


def _of_manifest(manifest: Json) -> Json:
    verb, inputs = manifest.get("verb", "run"), manifest.get("inputs", {})
    # A discovery that is given to another verb as ``run`` is no run of which the models are applied.
    earlier = inputs.get("run" if verb == "run" else "earlier")
    return {
        "verb": verb,
        "graphlead": manifest["graphlead"],
        "started": manifest.get("started"),
        "finished": manifest["finished"],
        "results": manifest["finished"],
        "seconds": manifest.get("seconds"),
        "peak_mb": manifest.get("peak_mb"),
        "scored_with": earlier["path"] if earlier else None,
    }


def _seconds(started: str | None, ended: str | None) -> float | None:
    """Between the two times, None where one is not known."""
    if started is None or ended is None:
        return None
    began, end = (datetime.fromisoformat(each).astimezone() for each in (started, ended))
    return (end - began).total_seconds()


def _bytes(run: Path) -> int:
    """The bytes of all files; one that has several names counts once, and a link as none."""
    about = [path.lstat() for path in run.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum({(each.st_dev, each.st_ino): each.st_size for each in about}.values())

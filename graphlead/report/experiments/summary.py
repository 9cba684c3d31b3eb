"""An experiment in a few lines for the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.experiments.words import headlines, uplift_sentence, value_sentence


def experiment_summary(content: Json, files: Mapping[str, Path]) -> str:
    """What the experiment shows, or can show, the notes, and where the files are.

    files: what each holds, in the order in which they are shown.
    """
    lines = headlines(content)
    if content["step"] == "read":
        lines += [value_sentence(row, content) for row in content["value"]]
        uplift = content["uplift"]
        lines += [uplift_sentence(arm, uplift) for arm in uplift["arms"]] if uplift else []
    lines += [f"Note: {note}" for note in content["notes"]]
    width = max(map(len, files), default=0)
    return "\n".join([*lines, *(f"  {name:{width}}  {path}" for name, path in files.items())])

"""The results of ``experiment read`` in a run's folder."""

from __future__ import annotations

from collections.abc import Callable

from graphlead.common.files import write_json
from graphlead.core.arrays import Json
from graphlead.core.experiments import ReadSettings
from graphlead.experiments.read.light import read_lightly
from graphlead.experiments.read.question import question_of
from graphlead.experiments.uplift.files import load_content
from graphlead.runs.layout import RunFolder

SUMMARY = ("verb", "step", "rows", "arm", "control", "arms", "value", "notes")


def delivering(settings: ReadSettings, learned: RunFolder | None) -> Callable[[RunFolder], None]:
    """What writes the results but the report; learned: the folder of the uplift, None where none was asked for."""

    def make(folder: RunFolder) -> None:
        content = read_lightly(settings.table, question_of(settings), settings.outcomes)
        found = None if learned is None else load_content(learned)
        content |= {"table": settings.table.name, "seed": settings.seed, "uplift": found}
        content["notes"] += [] if found is None else found["notes"]
        write_json(folder.experiment, content)
        figures = {name: content[name] for name in (*SUMMARY, "seed")}
        write_json(folder.metrics, figures | {"uplift": None if found is None else _figures(found)})
        folder.noise.write_text("\n".join(_noise(content, found)) + "\n", "utf-8")

    return make


def _figures(found: Json) -> Json:
    """What is known of a ranking, without its curve."""
    arms = [{name: value for name, value in arm.items() if name != "curve"} for arm in found["arms"]]
    return {"outcome": found["outcome"], "open": found["open"], "arms": arms}


def _noise(content: Json, found: Json | None) -> list[str]:
    """The plan of the columns, where an uplift was learned, and the notes, as text."""
    notes = ["Notes:", *(content["notes"] or ["none"])]
    if found is None:
        return notes
    width = max(len(row[0]) for row in found["plan"])
    plan = [f"{name:{width}}  {use}: {because}" for name, use, because in found["plan"]]
    return ["How the columns were understood:", *plan, "", *notes]

"""The sentences of a comparison, the same on its page and on the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.compare.content import ComparisonContent
from graphlead.report.html.figures import count, listed
from graphlead.report.summary import counted

CHANGES = {
    "entered": "Came onto the list",
    "left": "Left the list",
    "up": "Moved far up",
    "down": "Moved far down",
}


def columns_of(comparison: Json) -> list[Json]:
    """Every column, those of the scores last: alarms first, then by how far they moved."""
    rows = [*comparison["drift"], *comparison["scores"]]
    return sorted(rows, key=lambda each: (not each["alarm"], each["psi"] is None, -(each["psi"] or 0)))


def headline(comparison: Json) -> str:
    """How many columns raise an alarm, or that none does."""
    alarms = [each for each in columns_of(comparison) if each["alarm"]]
    compared = sum(each["psi"] is not None for each in columns_of(comparison))
    if not alarms:
        return f"No alarm: none of {counted(compared, 'compared column')} changed by much."
    verb = "raises" if len(alarms) == 1 else "raise"
    return f"Alarm: {counted(len(alarms), 'column')} of {len(columns_of(comparison))} {verb} it."


def sides(comparison: Json) -> str:
    """What was compared with what."""
    old, new = comparison["old"], comparison["new"]
    rows = "rows" if comparison["kind"] == "tables" else "scored rows"
    return f"{old['path']} ({count(old['rows'])} {rows}) against {new['path']} ({count(new['rows'])})."


def moves(comparison: Json) -> str:
    """How many rows came, left and moved; "" for two tables."""
    moved = comparison["moved"]
    if moved is None:
        return ""
    if not sum(moved.values()):
        return "Nobody came onto the list, left it, or moved far."
    parts = [
        f"{count(moved[change])} {name.lower()}" for change, name in CHANGES.items() if moved.get(change)
    ]
    return f"{listed(parts)}."


def summary_text(content: ComparisonContent, files: Mapping[str, Path]) -> str:
    """The verdict, the alarms in a line each, who moved, what happened, and where the files are."""
    comparison = content.comparison
    lines = [headline(comparison), sides(comparison)]
    lines += [f"  {each['text']}" for each in columns_of(comparison) if each["alarm"]]
    lines += [moves(comparison), (comparison["calibration"] or {}).get("text", "")]
    lines += [f"Note: {note}" for note in comparison["notes"]]
    width = max(map(len, files), default=0)
    lines += [f"  {name:{width}}  {path}" for name, path in files.items()]
    return "\n".join(line for line in lines if line)

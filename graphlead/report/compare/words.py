"""The sentences of a comparison, the same on its page and on the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.compare.content import ComparisonContent
from graphlead.report.html.figures import count, listed, percent
from graphlead.report.summary import counted

CHANGES = {
    "entered": "Came onto the list",
    "left": "Left the list",
    "up": "Moved far up",
    "down": "Moved far down",
}
OF_OFFERS = {
    "entered": "Got offers for the first time",
    "left": "Get no offers any more",
    "changed": "Got another first offer",
}
OF_SEGMENTS = {
    "entered": "Came among the customers",
    "left": "Left the customers",
    "up": "Moved to a segment of higher value",
    "down": "Moved to a segment of lower value",
    "changed": "Moved to another segment",
}
FAR = (
    "Far means: to at most half or at least double the place among all scored rows, by a twentieth of them or more, "
    "and from or into the first quarter."
)
READING = {
    "recommend": "Places are those of the item that is offered first now.",
    "segment": "Places are those by value; a segment is worth what its customers are on average.",
}


def changes(comparison: Json) -> dict[str, str]:
    """The kinds of moves with their names."""
    return {"recommend": OF_OFFERS, "segment": OF_SEGMENTS}.get(comparison["kind"], CHANGES)


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
    rows = {"tables": "rows", "recommend": "customers", "segment": "customers"}.get(
        comparison["kind"], "scored rows"
    )
    return f"{old['path']} ({count(old['rows'])} {rows}) against {new['path']} ({count(new['rows'])})."


def moves(comparison: Json) -> str:
    """How many rows came, left and moved; "" for two tables."""
    moved = comparison["moved"]
    if moved is None:
        return ""
    names = changes(comparison)
    if not sum(moved.values()):
        quiet = {
            "recommend": "Nobody got another first offer.",
            "segment": "Nobody moved to another segment.",
        }
        return quiet.get(comparison["kind"], "Nobody came onto the list, left it, or moved far.")
    parts = [f"{count(moved[change])} {name.lower()}" for change, name in names.items() if moved.get(change)]
    return f"{listed(parts)}."


def agreement(comparison: Json) -> str:
    """How far two runs of recommend or segment agree; "" for others."""
    offers, segments = comparison.get("offers"), comparison.get("segments")
    if any(each and not each["customers"] for each in (offers, segments)):
        return "No customer is in both runs."
    return _of_offers(offers) if offers else _of_segments(segments) if segments else ""


def _of_offers(offers: Json) -> str:
    return (
        f"Of {counted(offers['customers'], 'customer')} in both runs, {percent(offers['same_first'])} keep their "
        f"first offer; of the first ten offers {percent(offers['equal_offers'])} are the same."
    )


def _of_segments(segments: Json) -> str:
    own = " The later run found segments of its own, so equal names need not mean the same."
    return (
        f"Of {counted(segments['customers'], 'customer')} in both runs, {percent(segments['same'])} are in a segment "
        f"of the same name; the adjusted Rand index of the two is {segments['agreement']:.2f} (1: the same groups, "
        f"0: as by chance).{'' if segments['assigned'] else own}"
    )


def summary_text(content: ComparisonContent, files: Mapping[str, Path]) -> str:
    """The verdict, the alarms in a line each, who moved, what happened, and where the files are."""
    comparison = content.comparison
    lines = [headline(comparison), sides(comparison)]
    lines += [f"  {each['text']}" for each in columns_of(comparison) if each["alarm"]]
    lines += [agreement(comparison), moves(comparison), (comparison["calibration"] or {}).get("text", "")]
    lines += [f"Note: {note}" for note in comparison["notes"]]
    width = max(map(len, files), default=0)
    lines += [f"  {name:{width}}  {path}" for name, path in files.items()]
    return "\n".join(line for line in lines if line)

"""The values of a column of cases as SQL, read in the way that the plan says."""

from __future__ import annotations

from graphlead.core.register import Column
from graphlead.ingest.cases.understood import ReadColumn
from graphlead.ingest.cases.uses import ROLES, Use
from graphlead.ingest.plan import Reading

_SELECT = (
    "select",
    "please select",
    "select an option",
    "choose",
    "please choose",
    "-select-",
    "--select--",
    "bitte wählen",
)
"""What a form's list shows before anything was chosen: missing."""


def reading(column: ReadColumn, at: str, family: str) -> Reading:
    """How the values of a column are read from a source in which it stands at ``at``."""
    return Reading(
        column=Column(name=column.name, role=ROLES[column.use]),
        source=at,
        family=family,
        style=column.style,
        keeps_na=column.keeps_na,
    )


def value(column: ReadColumn, at: str, family: str) -> str:
    """SQL of a feature's value in its type; what a form shows before anything was chosen is NULL."""
    read = reading(column, at, family).value
    if column.use not in (Use.CATEGORY, Use.TEXT):
        return read
    words = ", ".join(f"'{word}'" for word in _SELECT)
    return f"CASE WHEN lower({read}) NOT IN ({words}) THEN {read} END"

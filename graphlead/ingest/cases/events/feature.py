"""One feature of the cases: its SQL at a cut, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graphlead.core.cases import CaseColumn, Kind, Meaning

WINDOWS = (30, 60, 90, 180, 365, 730)
"""Days before the cut within which events are counted."""
YEAR = 365


@dataclass(frozen=True)
class Feature:
    """sql: an aggregate over the rows of one customer, with ``value`` as $value in it; column: as in Cases."""

    sql: str
    column: CaseColumn
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where features are computed: ``cut``, strictly before which they look, and ``month``, numbered through the years.

    history: the days from the first event to the first cut; whole: those to the open cases; within: the horizon.
    """

    cut: date
    month: int
    history: int
    whole: int
    within: int


def feature(
    name: str,
    sql: str,
    source: str,
    *,
    meaning: Meaning = Meaning.NONE,
    plain: bool = False,
    kind: Kind = Kind.NUMBER,
) -> Feature:
    """A feature that is called ``name``, made from the user's column or the concept ``source``."""
    return Feature(sql, CaseColumn(name=name, kind=kind, source=source, meaning=meaning, plain=plain))


def within(days: int, age: str = "age") -> str:
    """SQL: restrict an aggregate to the last days before the cut."""
    return f"FILTER ({age} <= {days})"

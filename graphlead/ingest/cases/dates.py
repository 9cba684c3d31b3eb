"""Dates of cases as days before a day, and what lies on or after it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from graphlead.common.words.headers import normalised
from graphlead.core.cases import Meaning
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.cases.understood import ReadColumn, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.values import reading
from graphlead.ingest.open_file import Source

DECIDED = (
    r"(deal_|opportunity_|lead_)?(closed?|closing|won|lost|decision|decided|outcome|converted|conversion)(_(date|day|at|on|time))"
    r"|(date|day)_(closed|won|lost|converted|churned)|(churn(ed)?|cancel(led|lation)?|exit|termination)_(date|day|at|on)"
)


def dates_of(understood: Understood) -> list[ReadColumn]:
    """The columns that hold dates."""
    return [column for column in understood.columns if column.use is Use.DATE]


def first_contact(understood: Understood) -> ReadColumn | None:
    """The column with the day that a lead came to be."""
    return next((each for each in dates_of(understood) if each.meaning is Meaning.DAYS_SINCE_CONTACT), None)


def decided_on(understood: Understood) -> ReadColumn | None:
    """The column with the day of the outcome."""
    named = (each for each in dates_of(understood) if re.fullmatch(DECIDED, normalised(each.name)))
    return next(named, None)


def day_of(column: ReadColumn | None, source: Source) -> str:
    """SQL of a date, NULL where the source has no such column."""
    if column is None or column.name not in source.names:
        return "NULL::DATE"
    at = source.names.index(column.name)
    return reading(column, source.columns[at], source.families[at]).value


def day_after_last(db: Db, source: Source, understood: Understood) -> date | None:
    """The day after the last date of a table that is not in the future, None without dates."""
    days = [day_of(column, source) for column in dates_of(understood) if column.name in source.names]
    if not days:
        return None
    query = (
        f"SELECT greatest({', '.join(f'max({day}) FILTER ({day} <= current_date)' for day in days)}, NULL)"
    )
    last = one_row(db, f"{query} FROM {source.view}")[0]
    return last + timedelta(days=1) if last else None


def days_before(day: str, reference: date, cut: date | None) -> str:
    """SQL: the days from a date to ``reference``; NULL where it lies on or after ``cut``."""
    ago = f"date_diff('day', {day}, DATE '{reference.isoformat()}')::DOUBLE"
    return f"CASE WHEN {day} < DATE '{cut.isoformat()}' THEN {ago} END" if cut else ago

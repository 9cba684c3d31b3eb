"""The table of deals won: the column by which it joins the leads, and the day of each deal."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from graphlead.common.words.headers import normalised
from graphlead.core.errors import InputError, Place, SettingsError, unknown
from graphlead.engines.duckdb import Db, frame
from graphlead.ingest.cases.understood import ReadColumn
from graphlead.ingest.cases.uses import Use, style_of, use_of
from graphlead.ingest.cases.values import reading
from graphlead.ingest.column_profile import profile
from graphlead.ingest.open_file import Source, as_text

DEALS = "deals"
"""What the table is called in [columns.deals], whatever its file is called."""
USES = (str(Use.ID), str(Use.DATE))
WON = (
    r"(deal_)?won(_(date|day|at|on|time))?|(date|day)_won",
    r"(.*_)?(won|sold|signed|closed?|closing|decision|contract)(_(date|day|at|on|time))",
)
"""How the day of a deal is called, the surest first."""


def shared_column(leads: Source, deals: Source, columns: Mapping[str, str]) -> str:
    """The column that both tables have, or the one set as the id of the deals.

    Raises SettingsError when there is none, or several and none is set, and for a use of a column that no deals have.
    """
    for name, use in columns.items():
        if name not in deals.names:
            raise unknown("column", name, deals.names, f"{deals.path}, [columns.{DEALS}]")
        if use not in USES:
            raise unknown("use", use, USES, Place.of(deals.path, column=name))
    shared = [name for name in leads.names if name in deals.names]
    chosen = [name for name in shared if columns.get(name) == "id"] or shared
    if len(chosen) == 1:
        return chosen[0]
    text = f"share several columns ({', '.join(shared)})" if shared else "share no column"
    raise SettingsError(
        f"the leads and the deals {text}.",
        where=f"{leads.path}, {deals.path}",
        remedy='Name the one to join by in [columns.deals]: "COLUMN" = "id".'
        if shared
        else "Call the lead's id alike in both files.",
    )


def days_won(db: Db, deals: Source, key: str, column: ReadColumn) -> pd.Series[pd.Timestamp]:
    """The day of the first deal of each lead, by the lead's key as text. Raises InputError when no deal has a day."""
    at, on = deals.names.index(column.name), deals.names.index(key)
    day = reading(column, deals.columns[at], deals.families[at]).value
    key_text = as_text(deals.columns[on], deals.families[on])
    found = frame(
        db,
        f"SELECT {key_text} AS id, min({day}) AS won FROM {deals.view} "
        f"WHERE {key_text} IS NOT NULL AND {day} IS NOT NULL GROUP BY ALL ORDER BY ALL",
    )
    if not len(found):
        raise InputError(
            "no deal has a day on which it was won.",
            where=Place.of(deals.path, column=column.name),
            remedy="Write days as 2024-03-31.",
        )
    return pd.Series(pd.to_datetime(found["won"]).to_numpy(), index=found["id"].to_numpy())


def dated(db: Db, deals: Source, columns: Mapping[str, str]) -> ReadColumn:
    """The column with the day of the deals: set by the user, called so, or the only one with days.

    Raises InputError when there is none, or several.
    """
    days = []
    for name, family, seen in zip(deals.names, deals.families, profile(db, deals), strict=True):
        use, style, because = use_of(name, family, seen, deals.rows)
        if columns.get(name) == "date":
            return ReadColumn(
                name=name, use=Use.DATE, because="set by you", style=style_of(Use.DATE, name, family, seen)
            )
        if use is Use.DATE or family == "date":
            days.append(ReadColumn(name=name, use=Use.DATE, because=because, style=style))
    for pattern in WON:
        if named := [each for each in days if re.fullmatch(pattern, normalised(each.name))]:
            return named[0]
    if len(days) == 1:
        return days[0]
    among = " or ".join(each.name for each in days) or "none of " + ", ".join(deals.names[:20])
    raise InputError(
        f"no column is called like the day on which a deal was won: {among}?",
        where=str(deals.path),
        remedy='Name it in [columns.deals]: "COLUMN" = "date".',
    )

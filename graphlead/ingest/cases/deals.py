"""Leads and a table of the deals won, to Cases: each lead at earlier days, and whether it was won soon after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.files import scratch
from graphlead.common.words.headers import normalised
from graphlead.core.cases import OPEN, Cases
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, one_row, open_db, quoted, write_parquet
from graphlead.ingest.cases.carry import cases_of
from graphlead.ingest.cases.columns import make_plan
from graphlead.ingest.cases.dates import dates_of, first_contact
from graphlead.ingest.cases.events.cuts import choose_cuts
from graphlead.ingest.cases.outcomes import check_counts
from graphlead.ingest.cases.rows import ARRAYS, Rows, read_rows
from graphlead.ingest.cases.tables import CaseTable
from graphlead.ingest.cases.understood import TableOptions, Understood
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, as_text, open_source

WON, WON_ON = "deal_won", "deal_won_date"
"""The columns that the deals add to the leads."""
_DAYS = r"(deal_|contract_)?(won|win|closed?|signed?|deal|order|start)(_(date|day|on|at|time))?|date|day"


def read_deals(leads: Path, deals: Path, options: TableOptions) -> CaseTable:
    """The leads that are not won by a day, and those of earlier days with whether they were won within a period after.

    The deals are joined by the one column that both tables have. A lead is there from its first contact until it is
    won. Raises InputError when the tables share no column, when no day can be found, or when there is no history.
    """
    with damage_named(leads, deals), scratch() as folder, open_db(folder) as db:
        joined = folder / leads.with_suffix(".parquet").name
        _join(db, open_source(db, leads, "leads", folder), open_source(db, deals, "deals", folder), joined)
        source = open_source(db, joined, "joined", folder)
        plan = make_plan(db, replace(source, path=leads), replace(options, outcome=WON, positive=""))
        as_of = options.as_of or _day_after_last(db, source)
        plan = replace(plan, reference=as_of, as_of=as_of)
        rows = read_rows(db, source, plan, known=True)
        _check_first(plan, leads)
        cases, cuts = _at_days(rows, plan, as_of)
    notes = check_counts(int((cases.outcome == 1).sum()), int(cases.known.sum()), str(deals))
    notes.append(
        f"Learned from the leads as they were at {len(cuts)} earlier days: {', '.join(map(str, cuts))}."
    )
    return CaseTable(cases, plan, tuple(notes))


def _join(db: Db, leads: Source, deals: Source, path: Path) -> None:
    """Write the leads with WON and WON_ON, the day of the first deal of each."""
    shared = [name for name in leads.names if name in deals.names]
    if len(shared) != 1:
        found = f"share {len(shared)} columns ({', '.join(shared[:8])})" if shared else "share no column"
        raise InputError(
            f"the leads and the deals {found}.",
            where=f"{leads.path}, {deals.path}",
            remedy="Call the lead's id alike in both files, and nothing else.",
        )
    left, right = leads.names.index(shared[0]), deals.names.index(shared[0])
    key, other = as_text(f"c{left}", leads.families[left]), as_text(f"c{right}", deals.families[right])
    day = _day_column(deals)
    own = ", ".join(f"l.c{i} AS {quoted(name)}" for i, name in enumerate(leads.names))
    write_parquet(
        db,
        f"SELECT {own}, d.day AS {WON_ON}, CASE WHEN d.day IS NULL THEN 'lost' ELSE 'won' END AS {WON} "
        f"FROM (SELECT *, {key} AS deal_key FROM {leads.view}) l LEFT JOIN "
        f"(SELECT {other} AS deal_key, min(TRY_CAST(c{day} AS DATE)) AS day FROM {deals.view} GROUP BY 1) d "
        "USING (deal_key) ORDER BY l.row",
        path,
    )


def _day_column(deals: Source) -> int:
    ranked = [i for i, name in enumerate(deals.names) if re.fullmatch(_DAYS, normalised(name))]
    dated = [i for i in ranked if deals.families[i] in ("date", "text")]
    if not dated:
        raise InputError(
            "no column has the day on which a deal was won.",
            where=str(deals.path),
            remedy="Call it won_date.",
        )
    return dated[0]


def _day_after_last(db: Db, source: Source) -> date:
    at = source.names.index(WON_ON)
    last = one_row(db, f"SELECT max(c{at}) FROM {source.view}")[0]
    return last + timedelta(days=1) if last else date.max


def _check_first(plan: Understood, path: Path) -> None:
    if first_contact(plan) is None:
        raise InputError(
            "no column has the day of a lead's first contact.",
            where=str(path),
            remedy='Call it first_contact_date, or say so in [columns]: "COLUMN" = "days_since_contact".',
        )


def _at_days(rows: Rows, plan: Understood, as_of: date) -> tuple[Cases, Sequence[date]]:
    """The open leads of the day, then those of each earlier day with their outcome."""
    began = rows.first[~np.isnat(rows.first)]
    first = began.min().astype(date) if len(began) else as_of
    cuts = choose_cuts(first, as_of, plan.within)
    parts = [_at_day(rows, plan, as_of, as_of), *(_at_day(rows, plan, cut, as_of) for cut in cuts)]
    ends = np.array([as_of, *cuts], "datetime64[D]")
    days = np.repeat(ends, [len(part) for part in parts])
    whole = _stacked(parts)
    cases = replace(cases_of(whole, plan), day=days, horizon=plan.within)
    return cases.without({WON_ON}), cuts


def _at_day(rows: Rows, plan: Understood, day: date, as_of: date) -> Rows:
    """The leads that are there on a day, with their dates counted from it, and whether they were won in the period."""
    cut = np.datetime64(day, "D")
    there = rows.where((rows.first < cut) & ~(rows.decided < cut))
    features, back = there.features.copy(), (as_of - day).days
    for column in dates_of(plan):
        ago = features[column.feature] - back
        features[column.feature] = ago.where(ago >= 0)
    won = (there.decided >= cut) & (there.decided < cut + np.timedelta64(plan.within, "D"))
    outcome = np.full(len(there), OPEN) if day == as_of else won
    return replace(there, features=features, outcome=outcome.astype(np.int8))


def _stacked(parts: Sequence[Rows]) -> Rows:
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS
    }
    frames: dict[str, Any] = {
        name: pd.concat([getattr(part, name) for part in parts], ignore_index=True)
        for name in ("features", "facts")
    }
    return replace(parts[0], **arrays, **frames)

"""Leads, and the deals won with their day, to Cases: the leads open on a day, and those open at earlier cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import scratch
from graphlead.core.arrays import Flags
from graphlead.core.cases import Cases, Days
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, open_db
from graphlead.ingest.cases.carry import cases_of
from graphlead.ingest.cases.columns import make_plan
from graphlead.ingest.cases.dates import first_contact
from graphlead.ingest.cases.events.cuts import choose_cuts
from graphlead.ingest.cases.outcomes import check_counts
from graphlead.ingest.cases.rows import Rows, read_rows, with_ids
from graphlead.ingest.cases.tables import CaseTable
from graphlead.ingest.cases.together import together
from graphlead.ingest.cases.understood import ReadColumn, TableOptions, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.won import dated, days_won, shared_column
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source


@dataclass(frozen=True, kw_only=True)
class _Leads:
    """A table of leads and its plan. key: the column by which the deals are joined; won: the first day by key; deals:
    how the deals' columns are used."""

    db: Db
    source: Source
    understood: Understood
    key: str
    won: pd.Series[pd.Timestamp]
    deals: tuple[ReadColumn, ...]

    def rows(self, day: date) -> Rows:
        """The leads with their features as of a day."""
        understood = replace(self.understood, reference=day, as_of=day)
        return with_ids(read_rows(self.db, self.source, understood, known=False), str(self.source.path))[0]

    def won_of(self, rows: Rows) -> Days:
        """The day (n,) on which each lead was won, NaT where it was not."""
        days = rows.facts[self.key].map(self.won).to_numpy()
        return np.asarray(days.astype("datetime64[D]"))


def read_deals(leads: Path, deals: Path, options: TableOptions, columns: Mapping[str, str] = {}) -> CaseTable:
    """The leads not won by the day ``as_of``, open, and those of earlier days with whether they were won ``within``.

    columns: the use, date or id, of columns of the deals. The deals are joined by the column that both tables share.
    Raises InputError when a table cannot be used or there is no history, SettingsError where the column to join by or
    the day of the deals is not to be found.
    """
    with damage_named(leads, deals), scratch() as folder, open_db(folder) as db:
        source, other = open_source(db, leads, "known", folder), open_source(db, deals, "deals", folder)
        key = shared_column(source, other, columns)
        understood = _planned(db, source, options, key)
        _refuse_undated(source, understood)
        day = dated(db, other, columns)
        found = _Leads(
            db=db, source=source, understood=understood, key=key, won=days_won(db, other, key, day),
            deals=(ReadColumn(name=key, use=Use.ID, because="it joins the leads"), day),
        )  # fmt: skip
        return _read(found, deals, options)


def _read(found: _Leads, deals: Path, options: TableOptions) -> CaseTable:
    everything = found.rows(date.max)
    if np.isnat(everything.first).all():
        raise InputError("no lead has a day of its first contact.", where=str(found.source.path),
                         remedy="Fill the column, or name another in [columns].")  # fmt: skip
    first = pd.Series(everything.first)
    as_of = options.as_of or max(first.max(), found.won.max()).date() + timedelta(days=1)
    cuts = choose_cuts(max(first.min(), found.won.min()).date(), as_of, options.within)
    opened = _opened(found, as_of)
    parts = [_known(found, day, options.within) for day in cuts]
    cases = replace(together([opened, *parts], opened.columns), horizon=options.within)
    notes = _notes(found, everything, as_of, cuts, options.within)
    notes += check_counts(int((cases.outcome == 1).sum()), int(cases.known.sum()), str(deals))
    understood = replace(found.understood, reference=as_of, as_of=as_of)
    return CaseTable(cases, understood, tuple(notes), found.deals)


def _opened(found: _Leads, day: date) -> Cases:
    """The leads of before the day that are not won by then. Raises InputError when there are none."""
    rows = found.rows(day)
    there = _there(rows, found.won_of(rows), day)
    if not there.any():
        raise InputError(
            f"no lead is open on {day}: each is won by then, or came later.",
            where=f"{found.source.path}, --as-of {day}",
            remedy="Say another --as-of.",
        )
    return cases_of(rows.where(there), replace(found.understood, reference=day, as_of=day))


def _known(found: _Leads, day: date, within: int) -> Cases:
    """The leads that were open on an earlier day, and whether they were won in the days after it."""
    rows = found.rows(day)
    won = found.won_of(rows)
    outcome = (won >= np.datetime64(day)) & (won < np.datetime64(day + timedelta(days=within)))
    rows = replace(rows, outcome=outcome.astype(np.int8)).where(_there(rows, won, day))
    return cases_of(rows, replace(found.understood, reference=day, as_of=day))


def _there(rows: Rows, won: Days, day: date) -> Flags:
    """The leads (n,) that came before the day and are not won by then."""
    return np.asarray((rows.first < np.datetime64(day)) & ~(won < np.datetime64(day)))


def _notes(found: _Leads, everything: Rows, as_of: date, cuts: Sequence[date], within: int) -> list[str]:
    day = np.datetime64(as_of)
    strange = int((~found.won.index.isin(everything.facts[found.key])).sum())
    counted = [
        (int((everything.first >= day).sum()), f"leads came on or after {as_of}: they are left out."),
        (
            int((found.won.to_numpy() >= day).sum()),
            f"deals are of {as_of} or later: no feature knows of them.",
        ),
        (int(np.isnat(everything.first).sum()), "leads have no day of a first contact: they are left out."),
        (strange, "deals are of no lead in the table: they are left out."),
    ]
    days = ", ".join(map(str, cuts))
    return [f"{count} {text}" for count, text in counted if count] + [
        f"Learned from the leads that were open on {days}, and whether each was won in the {within} days after."
    ]


def _planned(db: Db, source: Source, options: TableOptions, key: str) -> Understood:
    """The plan of the leads; their id is the column that joins the deals, where the user names none."""
    found = make_plan(db, source, replace(options, id=options.id or key), stated=False)
    columns = (
        replace(each, because="it joins the deals") if each.use is Use.ID and not options.id else each
        for each in found.columns
    )
    return replace(found, columns=tuple(columns))


def _refuse_undated(source: Source, understood: Understood) -> None:
    if first_contact(understood) is None:
        raise InputError(
            "no column has the day of the first contact, from which leads age.",
            where=str(source.path),
            remedy='Name it in [columns]: "COLUMN" = "days_since_contact".',
        )

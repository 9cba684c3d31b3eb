"""Tables of events to Cases: customers at cut-off days, who buys again within the horizon and who has left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from graphlead.common.files import scratch
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, one_row, open_db
from graphlead.ingest.cases.events.carry import looked, notes_of
from graphlead.ingest.cases.events.cuts import choose_cuts
from graphlead.ingest.cases.events.layout import EventOptions, EventTable, Layout
from graphlead.ingest.cases.events.levels import frequent_levels
from graphlead.ingest.cases.events.look import lifetimes, view_of
from graphlead.ingest.cases.events.plan import plan_table
from graphlead.ingest.cases.events.table import join_items, type_events, with_attributes
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source


@dataclass(frozen=True, kw_only=True)
class Events:
    """Cases with the layout that they were read by, notes for the user, and how long customers stayed.

    lifetimes: of all customers so far, days (float) from the first purchase to the last, or to the day of scoring for
    those who are active; left (bool). cuts: the days learned from, the latest first.
    """

    cases: Cases
    layout: Layout
    notes: tuple[str, ...]
    lifetimes: pd.DataFrame
    cuts: tuple[date, ...] = ()


def read_events(
    events: Sequence[Path],
    options: EventOptions,
    items: Path | None = None,
    *,
    progress: Progress = silent,
) -> Events:
    """The customers of the first table at the day of scoring, open, and at earlier cuts, known.

    Further tables (tickets, log-ins, surveys) only bring features; ``items`` describes what was bought. Raises
    InputError when a file cannot be used, has no customer, time, or history, SettingsError for an option that names no
    column.
    """
    with _opened(events, items) as (db, sources):
        tables = [
            _planned(db, source, options, place, progress, len(sources))
            for place, source in enumerate(sources)
        ]
        _number_customers(db, sources)
        first, last = one_row(
            db, f"SELECT min(moment)::DATE, max(moment)::DATE FROM {view_of(0)} WHERE bought"
        )
        as_of = options.as_of or last + timedelta(days=1)
        tables = [_with_values(db, each, view_of(place), as_of) for place, each in enumerate(tables)]
        cuts = choose_cuts(first, as_of, options.within)
        layout = Layout(
            tables=tuple(tables),
            as_of=as_of,
            trained=as_of,
            within=options.within,
            active=options.active,
            history=(cuts[-1] - first).days,
            whole=(as_of - first).days,
        )
        cases, layout = looked(db, layout, cuts, options.seed, progress)
        notes = (*notes_of(db, sources, layout), _note_of_cuts(cuts, layout))
        return Events(
            cases=cases, layout=layout, lifetimes=lifetimes(db, layout), cuts=tuple(cuts), notes=notes
        )


def read_again(
    events: Sequence[Path], layout: Layout, as_of: date | None = None, items: Path | None = None
) -> Events:
    """The customers of newer events, all open, by the layout of a trained run.

    events: the same tables in the same order; as_of: by default the day after the last event. Raises InputError when
    a table is missing, or a column that was learned from.
    """
    if len(events) != len(layout.tables):
        names = ", ".join(each.name for each in layout.tables)
        raise InputError(
            f"{len(events)} tables of events are given, and the run learned from {len(layout.tables)} ({names}).",
            where="--events",
            remedy="Give the same tables in the same order.",
        )
    with _opened(events, items) as (db, sources):
        for place, (source, each) in enumerate(zip(sources, layout.tables, strict=True)):
            type_events(db, source, each, view_of(place))
        _number_customers(db, sources)
        (last,) = one_row(db, f"SELECT max(moment)::DATE FROM {view_of(0)} WHERE bought")
        layout = replace(layout, as_of=as_of or last + timedelta(days=1))
        cases, layout = looked(db, layout, (), 0, silent)
        notes = tuple(notes_of(db, sources, layout))
        return Events(cases=cases, layout=layout, lifetimes=lifetimes(db, layout), notes=notes)


@contextmanager
def _opened(events: Sequence[Path], items: Path | None) -> Iterator[tuple[Db, list[Source]]]:
    """A connection with the sources of the tables, the first with the columns of its items."""
    with damage_named(*events, items), scratch() as folder, open_db(folder) as db:
        sources = [open_source(db, path, f"source{place}", folder) for place, path in enumerate(events)]
        for source in sources:
            if not source.rows:
                raise InputError(
                    "there are no events, only a header.",
                    where=str(source.path),
                    remedy="Give a file with rows.",
                )
        if items:
            sources[0] = join_items(db, sources[0], open_source(db, items, "items", folder))
        yield db, sources


def _planned(
    db: Db, source: Source, options: EventOptions, place: int, progress: Progress, total: int
) -> EventTable:
    progress(place, total, f"reading {source.path.name}")
    wishes = options.wishes(source, first=place == 0)
    table = plan_table(db, source, wishes, first=place == 0, as_of=options.as_of)
    type_events(db, source, table, view_of(place))
    return table


def _with_values(db: Db, table: EventTable, view: str, as_of: date) -> EventTable:
    """The table with what its values before a day say of its columns."""
    return frequent_levels(db, with_attributes(db, table, view, as_of), view, as_of)


def _number_customers(db: Db, sources: Sequence[Source]) -> None:
    """Make the table ``customers`` (c, id) and give every event the number c; events of others are left out."""
    db.execute(
        "CREATE TEMP TABLE customers AS SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS c, id "
        f"FROM (SELECT DISTINCT customer AS id FROM {view_of(0)} WHERE bought)"
    )
    if not one_row(db, "SELECT count(*) FROM customers")[0]:
        raise InputError(
            "no row is a purchase of a customer on a day.",
            where=str(sources[0].path),
            remedy="Check the columns with the customer, the time, and the amount or quantity.",
        )
    for view in map(view_of, range(len(sources))):
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE {view} AS SELECT c, e.* EXCLUDE (customer) "
            f"FROM {view} e JOIN customers ON id = customer"
        )


def _note_of_cuts(cuts: Sequence[date], layout: Layout) -> str:
    days = ", ".join(map(str, cuts))
    return f"Learned from the customers active on {days}, and whether each bought in the {layout.within} days after."

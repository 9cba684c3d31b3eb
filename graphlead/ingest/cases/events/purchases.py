"""Tables of orders to Purchases: one line for each customer, item and day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import scratch
from graphlead.core.arrays import NONE
from graphlead.core.errors import InputError
from graphlead.core.purchases import DAY, Lines, Purchases, Texts
from graphlead.engines.duckdb import Db, frame, one_row, open_db
from graphlead.ingest.cases.events.content import OFFERS, Rows, content_of_customers, content_of_items, offer
from graphlead.ingest.cases.events.layout import EventOptions, EventTable, Layout, layout_of
from graphlead.ingest.cases.events.plan import plan_table
from graphlead.ingest.cases.events.table import join_items, size_of, type_events
from graphlead.ingest.cases.events.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source

ROWS = "rows_of_orders"
"""The view of all rows that have a customer and a time."""
DECIMALS = 6
"""Decimals of summed amounts: far below a cent, so that the order in which they are added leaves no trace."""


@dataclass(frozen=True, kw_only=True)
class _Read:
    """The tables of orders, all rows of which are in ROWS.

    offers: the columns of OFFERS, None where no item is named there.
    """

    sources: list[Source]
    table: EventTable
    offers: tuple[str, ...] | None = None


def read_purchases(
    events: Sequence[Path],
    options: EventOptions,
    items: Path | None = None,
    *,
    needs_items: bool = True,
    like: Layout | None = None,
) -> Purchases:
    """The purchases in tables of orders before a day, by default the one after the last purchase.

    Several tables are parts of one, such as the orders of each year: all have the columns of the first that are used.
    items: what is sold, joined by the column that both have; the item may be one of its columns. A row with an amount
    or a quantity of 0 or less is a return. like: the plan by which earlier orders were read, in place of a new one (see
    ``layout_of_purchases``). Raises InputError when a file cannot be used, has no customer, time, item (where
    ``needs_items``), or purchase before the day, SettingsError for an option that names no column.
    """
    with damage_named(*events, items), scratch() as folder, open_db(folder) as db:
        read = _rows(db, folder, events, items, options, like)
        if needs_items and not read.table.one(Use.ITEM):
            raise _no_item(read)
        as_of = options.as_of or _day_after_last(db, read)
        _refuse_nothing(db, read, as_of)
        return _purchases(db, read, as_of, options)


def layout_of_purchases(found: Purchases) -> Layout:
    """The plan by which purchases were read, to read newer ones."""
    return layout_of(found.understood)


def _rows(
    db: Db,
    folder: Path,
    events: Sequence[Path],
    items: Path | None,
    options: EventOptions,
    like: Layout | None,
) -> _Read:
    """Make ROWS of all tables, planned by the first, and OFFERS of the items."""
    sources = [open_source(db, path, f"source{place}", folder) for place, path in enumerate(events)]
    for source in sources:
        if not source.rows:
            raise InputError("there are no orders, only a header.", where=str(source.path),
                             remedy="Give a file with rows.")  # fmt: skip
    first = sources[0]
    described = open_source(db, items, "items", folder) if items else None
    if described:
        sources = [join_items(db, source, described) for source in sources]
    wishes = options.wishes(sources[0], first=True)
    table = like.tables[0] if like else plan_table(db, sources[0], wishes, first=True)
    for place, source in enumerate(sources):
        type_events(db, source, table, f"part{place}")
    parts = " UNION ALL ".join(f"SELECT * FROM part{place}" for place in range(len(sources)))
    db.execute(f"CREATE TEMP VIEW {ROWS} AS {parts}")
    offers = offer(db, described, table, first) if described else None
    return _Read(sources=sources, table=table, offers=offers)


def _no_item(read: _Read) -> InputError:
    able = [each.name for each in read.table.of(Use.CATEGORY, Use.TEXT, Use.NUMBER, Use.SHOWN, Use.IGNORED)]
    return InputError(
        f"no column is called like what was bought; columns that may be: {', '.join(able[:20]) or 'none'}.",
        where=str(read.sources[0].path),
        remedy=f"Say --item {able[0] if able else 'COLUMN'}.",
    )


def _day_after_last(db: Db, read: _Read) -> date:
    (last,) = one_row(db, f"SELECT max(moment)::DATE FROM {ROWS} WHERE bought")
    if last is None:
        raise InputError(
            "no row is a purchase of a customer on a day.",
            where=str(read.sources[0].path),
            remedy="Check the columns with the customer, the time, and the amount or quantity.",
        )
    return date.fromisoformat(str(last)) + timedelta(days=1)


def _refuse_nothing(db: Db, read: _Read, as_of: date) -> None:
    query = f"SELECT count(*) FILTER (moment < ?), min(moment)::DATE FROM {ROWS} WHERE bought"
    before, first = one_row(db, query, [as_of])
    if not before:
        raise InputError(
            f"there is no purchase before {as_of}.",
            where=f"{read.sources[0].path}, --as-of {as_of}",
            remedy=f"The first is of {first}: say a later day."
            if first
            else "Check the columns of the plan: no row is a purchase.",
        )


def _purchases(db: Db, read: _Read, as_of: date, options: EventOptions) -> Purchases:
    bought = f"FROM {ROWS} WHERE bought AND moment < DATE '{as_of}'"
    customers = _numbered(db, "customers", f"SELECT customer AS id {bought}")
    offered = f" UNION ALL SELECT item FROM {OFFERS}" if read.offers is not None else ""
    items = _numbered(db, "items", f"SELECT item AS id {bought} AND item IS NOT NULL{offered}")
    layout = Layout(
        tables=(read.table,), as_of=as_of, trained=as_of, within=options.within, active=options.active
    )
    item = read.table.one(Use.ITEM)
    rows = Rows(table=read.table, view=ROWS, as_of=as_of, offered=read.offers or ())
    return Purchases(
        customers=customers,
        items=items,
        bought=_lines(db, as_of, "bought"),
        returned=_lines(db, as_of, "NOT bought"),
        as_of=as_of,
        of_items=content_of_items(db, rows),
        of_customers=content_of_customers(db, rows),
        named=item.name if item else "",
        size=size_of(read.table),
        plan=tuple(layout.plan()),
        notes=tuple(_notes(db, read, as_of)),
        understood=layout.to_json(),
    )


def _numbered(db: Db, name: str, ids: str) -> Texts:
    """Make the table ``name`` (code, id) of the different ids, in ascending order from 0; returns the ids."""
    db.execute(
        f"CREATE TEMP TABLE {name} AS SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS code, id "
        f"FROM (SELECT DISTINCT id FROM ({ids}))"
    )
    return frame(db, f"SELECT id FROM {name} ORDER BY code")["id"].to_numpy(object)


def _lines(db: Db, as_of: date, which: str) -> Lines:
    query = f"""
        SELECT c.code AS customer, coalesce(i.code, {NONE}) AS item, moment::DATE AS day,
            round(sum(amount), {DECIMALS}) AS amount, round(sum(quantity), {DECIMALS}) AS quantity
        FROM {ROWS} r JOIN customers c ON c.id = r.customer LEFT JOIN items i ON i.id = r.item
        WHERE {which} AND moment < $as_of GROUP BY ALL ORDER BY customer, item, day
    """
    found = frame(db, query, {"as_of": as_of})
    return Lines(
        customer=found["customer"].to_numpy(np.int32),
        item=found["item"].to_numpy(np.int32),
        day=pd.to_datetime(found["day"]).to_numpy().astype(DAY),
        amount=found["amount"].to_numpy(np.float64),
        quantity=found["quantity"].to_numpy(np.float64),
    )


def _notes(db: Db, read: _Read, as_of: date) -> Iterator[str]:
    """What the user has to know of rows that were not used."""
    query = f"""
        SELECT count(*), count(*) FILTER (moment >= $as_of), count(*) FILTER (moment < $as_of AND NOT bought),
            count(*) FILTER (moment < $as_of AND bought AND item IS NULL),
            count(*) FILTER (moment < $as_of AND NOT bought AND customer NOT IN (SELECT id FROM customers))
        FROM {ROWS}
    """
    read_, later, returned, nameless, strange = db.execute(query, {"as_of": as_of}).fetchall()[0]
    if later:
        yield f"{later:,} rows are of {as_of} or later: nothing knows of them."
    if lost := sum(source.rows for source in read.sources) - read_:
        yield f"{lost:,} rows have no customer or no time: left out."
    if returned:
        yield f"{returned:,} rows have an amount or a quantity of 0 or less: returns, not purchases."
    if strange:
        yield f"{strange:,} of the returns are of customers without a purchase: left out."
    if nameless and read.table.one(Use.ITEM):
        yield f"{nameless:,} purchases have no item."
    for source in read.sources:
        yield from source.remarks()

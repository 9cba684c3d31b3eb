"""What the further columns of orders, and the table of items, say of an item and of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, frame, one_row
from graphlead.ingest.cases.events.layout import EventColumn, EventTable
from graphlead.ingest.cases.events.table import SAME, extras
from graphlead.ingest.cases.events.uses import Use
from graphlead.ingest.open_file import Source
from graphlead.ingest.plan import Reading

OFFERS = "offered"
"""The table of the items as they are offered, bought or not."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of orders in the database, typed by ``type_events``: the table ``view``, of which those before ``as_of``
    count. offered: the names of the columns that OFFERS has too."""

    table: EventTable
    view: str
    as_of: date
    offered: tuple[str, ...] = ()


def offer(db: Db, items: Source, table: EventTable, mine: Source) -> tuple[str, ...] | None:
    """Make OFFERS: item, and x0, x1 ... of the columns of the items, one row for each of theirs; returns their names.

    mine: the orders without the items. None, and no table, where the item of an order is neither a column of the items
    nor the one that both share: items that nobody bought cannot be named then.
    """
    item = table.one(Use.ITEM)
    if item is None or item.name not in items.names:
        return None
    theirs = {
        i: each
        for i, each in enumerate(extras(table))
        if each.name in items.names and each.name not in mine.names
    }
    selected = "".join(f", {_value(each, items)} AS x{i}" for i, each in theirs.items())
    db.execute(
        f"CREATE TEMP TABLE {OFFERS} AS SELECT * FROM "
        f"(SELECT {_reading(item, items).text} AS item{selected} FROM {items.view}) WHERE item IS NOT NULL"
    )
    return tuple(each.name for each in theirs.values())


def content_of_items(db: Db, rows: Rows) -> pd.DataFrame:
    """The further columns that are the same for an item, in the order of the table ``items`` (i, id): the most frequent
    value, or the median of numbers."""
    asked = {each.name: f"x{i}" for i, each in enumerate(extras(rows.table))}
    fixed = _same(db, rows, "item", {name: x for name, x in asked.items() if name not in rows.offered})
    columns = {}
    for i, each in enumerate(extras(rows.table)):
        if each.name in rows.offered:
            columns[each.name] = _usual(db, rows, each, f"x{i}", "item", OFFERS)
        elif each.name in fixed:
            columns[each.name] = _usual(db, rows, each, f"x{i}", "item", rows.view)
    return _frame(db, columns, "items")


def content_of_customers(db: Db, rows: Rows) -> pd.DataFrame:
    """The further columns of orders that are the same for a customer, in the order of the table ``customers``."""
    able = {
        each.name: f"x{i}"
        for i, each in enumerate(extras(rows.table))
        if each.use in (Use.CATEGORY, Use.ATTRIBUTE, Use.SHOWN, Use.FLAG) and each.name not in rows.offered
    }
    fixed = _same(db, rows, "customer", able)
    columns = {
        each.name: _usual(db, rows, each, able[each.name], "customer", rows.view)
        for each in extras(rows.table)
        if each.name in fixed
    }
    return _frame(db, columns, "customers")


def _reading(column: EventColumn, source: Source) -> Reading:
    at = source.names.index(column.name)
    return column.reading(f"c{at}", source.families[at])


def _value(column: EventColumn, source: Source) -> str:
    reading = _reading(column, source)
    boolean = reading.column.role is Role.BOOLEAN
    return f"({reading.value})::INTEGER::DOUBLE" if boolean else reading.value


def _same(db: Db, rows: Rows, key: str, asked: dict[str, str]) -> set[str]:
    """The columns that are the same in all rows of one key, for nearly all keys with several rows."""
    if not asked:
        return set()
    each = ", ".join(f"min({x}) IS NOT DISTINCT FROM max({x}) AS {x}" for x in asked.values())
    means = ", ".join(f"coalesce(avg({x}::INTEGER), 0)" for x in asked.values())
    query = (
        f"SELECT {means} FROM (SELECT {each} FROM {rows.view} WHERE moment < ? AND {key} IS NOT NULL "
        f"GROUP BY {key} HAVING count(*) > 1)"
    )
    shares = one_row(db, query, [rows.as_of])
    return {name for name, share in zip(asked, shares, strict=True) if share >= SAME}


def _usual(db: Db, rows: Rows, column: EventColumn, x: str, key: str, view: str) -> pd.Series:
    """The usual value of a column by the id of each key; of equally frequent ones the first."""
    before = "" if view == OFFERS else "AND moment < $as_of"
    where = f"WHERE {key} IS NOT NULL AND {x} IS NOT NULL {before}"
    asked = {} if view == OFFERS else {"as_of": rows.as_of}
    if column.use in (Use.NUMBER, Use.FLAG):
        query = f"SELECT {key} AS id, median({x}) AS value FROM {view} {where} GROUP BY {key}"
    else:
        query = (
            f"SELECT {key} AS id, {x} AS value FROM {view} {where} GROUP BY {key}, {x} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY count(*) DESC, {x}) = 1"
        )
    found = frame(db, query, asked)
    return pd.Series(found["value"].to_numpy(), index=found["id"].to_numpy(object))


def _frame(db: Db, columns: dict[str, pd.Series], numbered: str) -> pd.DataFrame:
    ids = frame(db, f"SELECT id FROM {numbered} ORDER BY id")["id"].to_numpy(object)
    typed = {name: _typed(each.reindex(ids).reset_index(drop=True)) for name, each in columns.items()}
    return pd.DataFrame(typed, index=range(len(ids)), columns=pd.Index(list(typed), dtype="str"))


def _typed(column: pd.Series) -> pd.Series:
    """Numbers with NaN, or objects with None where they are missing."""
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(np.float64)
    return column.astype(object).where(column.notna(), None)

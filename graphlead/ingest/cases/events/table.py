"""A table of events in the database, its values typed: who, when, what, how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from graphlead.core.errors import InputError, Place, SettingsError
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row, quoted
from graphlead.ingest.cases.events.layout import EventColumn, EventTable
from graphlead.ingest.cases.events.uses import Use
from graphlead.ingest.open_file import Source, as_text
from graphlead.ingest.plan import Reading
from graphlead.ingest.values import let

EXTRA = (Use.NUMBER, Use.FLAG, Use.TEXT, Use.CATEGORY, Use.ATTRIBUTE, Use.SHOWN)
"""Uses of columns beyond who, when, what and how much."""
SAME = 0.98
"""The share of customers for whom a category never changes from which it belongs to the customer, a choice."""
FEWEST = 20
"""Customers for each value of what belongs to the customer, on average: with more values it is like a name."""
WITH_TIME = r"'\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*'"


def type_events(db: Db, source: Source, table: EventTable, view: str) -> None:
    """Make the table ``view`` of customer, item (VARCHAR), moment (TIMESTAMP), amount, quantity (DOUBLE), bought
    (BOOLEAN), and x0, x1, ..., the further columns in their order.

    Rows without a customer or a time are left out; ``bought`` is false for a return. Raises InputError for a time that
    cannot be read, or a column that is missing.
    """
    readings = _readings(source, table)
    who, when = readings[Use.CUSTOMER][0], readings[Use.TIME][0]
    _refuse_unreadable(db, source, when)
    item, quantity = _one(readings, Use.ITEM), _one(readings, Use.QUANTITY)
    values = {
        "customer": who.text,
        "item": item.text if item else "NULL::VARCHAR",
        "moment": _moment(when),
        "amount": _amount(readings),
        "quantity": quantity.value if quantity else "NULL::DOUBLE",
    } | {f"x{i}": _value(each) for i, each in enumerate(_extra(readings, table))}
    selected = ", ".join(f"{sql} AS {name}" for name, sql in values.items())
    db.execute(
        f"CREATE TEMP TABLE {view} AS SELECT *, "
        "coalesce(quantity > 0, true) AND coalesce(amount > 0, true) AS bought "
        f"FROM (SELECT {selected} FROM {source.view}) WHERE customer IS NOT NULL AND moment IS NOT NULL"
    )


def extras(table: EventTable) -> tuple[EventColumn, ...]:
    """The further columns, in the order of x0, x1, ..."""
    return table.of(*EXTRA)


def size_of(table: EventTable) -> str:
    """What the size of a purchase is called: its amount, else its quantity, "" without either."""
    if table.of(Use.AMOUNT, Use.PRICE):
        return "amount"
    quantity = table.one(Use.QUANTITY)
    return quantity.name if quantity else ""


def _readings(source: Source, table: EventTable) -> dict[Use, list[Reading]]:
    at = {name: i for i, name in enumerate(source.names)}
    found: dict[Use, list[Reading]] = {}
    for column in table.columns:
        if column.use is Use.IGNORED:
            continue
        if column.name not in at:
            raise InputError(
                f"the column {column.name!r} is missing, which was learned from.",
                where=str(source.path),
                remedy=f"Its columns are: {', '.join(source.names[:20])}.",
            )
        i = at[column.name]
        found.setdefault(column.use, []).append(column.reading(f"c{i}", source.families[i]))
    return found


def _one(readings: dict[Use, list[Reading]], use: Use) -> Reading | None:
    return next(iter(readings.get(use, ())), None)


def _extra(readings: dict[Use, list[Reading]], table: EventTable) -> Iterable[Reading]:
    by_name = {each.column.name: each for use in EXTRA for each in readings.get(use, ())}
    return (by_name[column.name] for column in extras(table))


def _value(reading: Reading) -> str:
    if reading.column.role is Role.BOOLEAN:
        return f"({reading.value})::INTEGER::DOUBLE"
    return reading.value


def _amount(readings: dict[Use, list[Reading]]) -> str:
    """SQL: the amount, or quantity times price, or the quantity alone."""
    amount, quantity, price = (_one(readings, use) for use in (Use.AMOUNT, Use.QUANTITY, Use.PRICE))
    if amount:
        return amount.value
    if quantity and price:
        return f"({quantity.value}) * ({price.value})"
    return quantity.value if quantity else "NULL::DOUBLE"


def _moment(reading: Reading) -> str:
    """SQL: the time as a TIMESTAMP; the day's first moment where only a day can be read."""
    day = f"({reading.value})::TIMESTAMP"
    if reading.family == "date":
        return f"CASE WHEN ({reading.value}) IS NOT NULL THEN {reading.source}::TIMESTAMP END"
    timed = f"CASE WHEN regexp_full_match(x, {WITH_TIME}) THEN TRY_CAST(x AS TIMESTAMP) END"
    return f"coalesce({let(reading.text, 'x', timed)}, {day})"


def _refuse_unreadable(db: Db, source: Source, when: Reading) -> None:
    found = db.execute(
        f"SELECT row, {as_text(when.source, when.family)} FROM {source.view} "
        f"WHERE {when.text} IS NOT NULL AND {when.value} IS NULL ORDER BY row LIMIT 1"
    ).fetchone()
    if found:
        raise InputError(
            f"{found[1]!r} is no date that can be read.",
            where=Place.of(source.path, row=found[0], column=when.column.name),
            remedy="Write it as 2024-03-31, or leave the cell empty: the row is then left out.",
        )


def with_attributes(db: Db, table: EventTable, view: str, as_of: date) -> EventTable:
    """The table, its categories that never change for a customer before a day as attributes, or shown if like names."""
    asked = {column.name: f"x{i}" for i, column in enumerate(extras(table)) if column.use is Use.CATEGORY}
    if not asked:
        return table
    each = ", ".join(f"min({x}) IS NOT DISTINCT FROM max({x}) AS {x}" for x in asked.values())
    means = ", ".join(f"coalesce(avg({x}::INTEGER), 0)" for x in asked.values())
    distinct = ", ".join(f"count(DISTINCT {x})" for x in asked.values())
    past = f"FROM {view} WHERE moment < ?"
    query = f"SELECT {means} FROM (SELECT {each} {past} GROUP BY c HAVING count(*) > 1)"
    same = dict(zip(asked, one_row(db, query, [as_of]), strict=True))
    customers, *values = one_row(db, f"SELECT count(DISTINCT c), {distinct} {past}", [as_of])
    many = {name for name, count in zip(asked, values, strict=True) if count * FEWEST > customers}
    fixed = {name for name, share in same.items() if share >= SAME}
    columns = (
        _attribute(each, like_a_name=each.name in many) if each.name in fixed else each
        for each in table.columns
    )
    return replace(table, columns=tuple(columns))


def _attribute(column: EventColumn, *, like_a_name: bool) -> EventColumn:
    if like_a_name:
        return replace(column, use=Use.SHOWN, because="the same for each customer, and like a name")
    return replace(column, use=Use.ATTRIBUTE, because=f"{column.because}; the same for each customer")


def join_items(db: Db, events: Source, items: Source) -> Source:
    """The events with the columns of their items; joined by the column that both have.

    Raises SettingsError when they share none, or several.
    """
    shared = [name for name in events.names if name in items.names]
    if len(shared) != 1:
        several = f"share {len(shared)} columns ({', '.join(shared[:8])})" if shared else "share no column"
        raise SettingsError(
            f"the items and the events {several}.",
            where=f"{items.path}, {events.path}",
            remedy="Call the item's id alike in both files, and nothing else.",
        )
    left, right = events.names.index(shared[0]), items.names.index(shared[0])
    taken = [i for i in range(len(items.names)) if i != right]
    added = ", ".join(f"p.c{i} AS c{len(events.names) + at}" for at, i in enumerate(taken))
    mine = ", ".join(f"e.{quoted(name)}" for name in ("row", *events.columns))
    key = as_text(f"c{right}", items.families[right])
    db.execute(
        f"CREATE TEMP TABLE {items.view}_once AS SELECT * FROM {items.view} WHERE {key} IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY row) = 1"
    )
    on = f"{as_text(f'e.c{left}', events.families[left])} = {as_text(f'p.c{right}', items.families[right])}"
    view = f"{events.view}_items"
    db.execute(
        f"CREATE TEMP VIEW {view} AS SELECT {', '.join(filter(None, (mine, added)))} "
        f"FROM {events.view} e LEFT JOIN {items.view}_once p ON {on}"
    )
    names = tuple(items.names[i] for i in taken)
    families = tuple(items.families[i] for i in taken)
    return replace(events, view=view, names=(*events.names, *names), families=(*events.families, *families))

"""Events to Cases: customers at days of the past, with what they did before and whether they came back, and today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of, lots
from graphlead.common.files import scratch
from graphlead.core.arrays import Keys
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind, Meaning
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, one_row, open_db, quoted
from graphlead.engines.duckdb import table as rows_of
from graphlead.ingest.cases.events.cuts import choose_cuts
from graphlead.ingest.cases.events.features import Feature, of_further, of_purchases, of_rows
from graphlead.ingest.cases.events.layout import EventOptions, EventTable, Layout, with_levels
from graphlead.ingest.cases.events.plan import plan_table
from graphlead.ingest.cases.events.table import extras, join_items, type_events
from graphlead.ingest.cases.events.uses import Use
from graphlead.ingest.open_file import Source, open_source

MOST = 60_000
"""Rows of the past at most, a choice: a sample of the customers, the same ones at each day."""
LEVELS, FEWEST = 8, 0.02
"""Levels of a column with a share of their own, at most, and the share of the events that each has at least."""


@dataclass(frozen=True, kw_only=True)
class Events:
    """Cases with the layout that they were read by, notes for the user, and how long customers stayed.

    lifetimes: days from the first purchase to the last, or to the day of scoring for those who are active; left (bool).
    """

    cases: Cases
    layout: Layout
    notes: tuple[str, ...]
    lifetimes: pd.DataFrame


def read_events(paths: Sequence[Path], options: EventOptions, items: Path | None = None) -> Events:
    """The active customers as of a day, and the same at earlier days with what became of them.

    paths: the first table has the purchases, which state who left; further ones only tell about the customers. Raises
    InputError when a table cannot be used, when nobody is active, or when there is no history to learn from.
    """
    with _typed(paths, options, items) as (db, tables):
        as_of = options.as_of or _day_after_last(db)
        first = one_row(db, "SELECT min(moment)::DATE FROM e0 WHERE bought")[0]
        if first is None:
            raise InputError("there is no purchase.", where=str(paths[0]),
                             remedy="Every amount is 0 or less, or no row has a customer and a date.")  # fmt: skip
        cuts = choose_cuts(first, as_of, options.within)
        layout = Layout(
            tables=tuple(_with_levels(db, each, at, as_of) for at, each in enumerate(tables)),
            as_of=as_of,
            within=options.within,
            active=options.active,
        )
        _make_visits(db)
        cases = _cases(db, layout, cuts, paths[0], options.seed)
        notes = tuple(_notes(db, tables, as_of))
        return Events(
            cases=cases,
            layout=replace(layout, features=cases.columns),
            notes=(*notes, _cut_note(cuts, cases)),
            lifetimes=_lifetimes(db, as_of, options.active),
        )


def read_again(
    paths: Sequence[Path], layout: Layout, as_of: date | None, items: Path | None = None
) -> Events:
    """The customers who are active now, with the features of a trained run; by default as of after the last event."""
    options = EventOptions(as_of=as_of, within=layout.within, active=layout.active)
    with _typed(paths, options, items, layout.tables) as (db, _):
        day = as_of or _day_after_last(db)
        _make_visits(db)
        cases = _cases(db, replace(layout, as_of=day), [], paths[0], 0)
        return Events(
            cases=cases,
            layout=replace(layout, as_of=day),
            notes=tuple(_notes(db, layout.tables, day)),
            lifetimes=_lifetimes(db, day, layout.active),
        )


@contextmanager
def _typed(
    paths: Sequence[Path], options: EventOptions, items: Path | None, known: Sequence[EventTable] = ()
) -> Iterator[tuple[Db, list[EventTable]]]:
    """The tables e0, e1, ... of the files, by a plan that is known or is made."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        db = stack.enter_context(open_db(folder))
        tables = []
        for at, path in enumerate(paths):
            source = open_source(db, path, f"events{at}", folder)
            if items is not None and at == 0:
                source = join_items(db, source, open_source(db, items, "items", folder))
            table = known[at] if at < len(known) else _planned(db, source, options, first=at == 0)
            tables.append(type_events(db, source, table, f"e{at}"))
        yield db, tables


def _planned(db: Db, source: Source, options: EventOptions, *, first: bool) -> EventTable:
    wishes = dict(options.of(source.path))
    if first and options.id:
        wishes[options.id] = Use.CUSTOMER
    if first and options.item:
        wishes[options.item] = Use.ITEM
    return plan_table(db, source, wishes, first=first)


def _day_after_last(db: Db) -> date:
    last = one_row(db, "SELECT max(moment)::DATE FROM e0")[0]
    return date.max if last is None else last + timedelta(days=1)


def _with_levels(db: Db, table: EventTable, at: int, as_of: date) -> EventTable:
    """The table with the frequent levels of its items and categories before a day."""
    columns = dict(zip(("item",), table.of(Use.ITEM), strict=False))
    columns |= {f"x{i}": each for i, each in enumerate(extras(table)) if each.use is Use.CATEGORY}
    query = (
        "SELECT {x} FROM e{at} WHERE moment < ? AND {x} IS NOT NULL GROUP BY {x} "
        "HAVING count(*) >= ? * (SELECT count(*) FROM e{at} WHERE moment < ?) ORDER BY count(*) DESC, {x} LIMIT ?"
    )
    levels = {}
    for x, column in columns.items():
        found = db.execute(query.format(x=x, at=at), [as_of, FEWEST, as_of, LEVELS]).fetchall()
        levels[column.name] = tuple(str(row[0]) for row in found)
    return with_levels(table, levels)


def _make_visits(db: Db) -> None:
    """Make the table ``visits``: the days with purchases of each customer, and the days since the one before."""
    db.execute(
        "CREATE TEMP TABLE visits AS SELECT *, d - lag(d) OVER (PARTITION BY customer ORDER BY d) AS gap FROM ("
        "SELECT customer, moment::DATE AS d, sum(amount) FILTER (bought) AS amount, "
        "count(*) FILTER (bought) AS rows, count(*) FILTER (NOT bought) AS returns "
        "FROM e0 GROUP BY ALL) WHERE rows > 0"
    )


def _cases(db: Db, layout: Layout, cuts: Sequence[date], path: Path, seed: int) -> Cases:
    population = _population(db, layout, cuts, path, seed)
    db.register("given", population)
    db.execute("CREATE TEMP TABLE population AS SELECT * FROM given ORDER BY place")
    features, table = _features(db, layout)
    frame = table.drop_columns(["place"]).to_pandas()
    columns = [*(each.column for each in features), _LATENESS]
    named = pd.DataFrame(
        {each.name: _values(frame.iloc[:, at], each.kind) for at, each in enumerate(columns)}
    )
    outcome, keys = population["outcome"].to_numpy(), _keys(population["customer"])
    customers = population["customer"].to_pylist()
    return Cases(
        ids=np.array(customers, object),
        features=named,
        columns=tuple(columns),
        outcome=outcome,
        day=population["cut"].to_numpy().astype("datetime64[D]"),
        group=keys.view(np.int64),
        facts=_facts(db, layout),
        account=np.array(customers, object),
        value=_value(named, columns),
        horizon=layout.within,
    )


def _population(db: Db, layout: Layout, cuts: Sequence[date], path: Path, seed: int) -> pa.Table:
    """Who is active at each day: customer, cut, outcome, place; of the past a sample where there are many."""
    days = pa.table({"cut": pa.array([layout.as_of, *cuts], pa.date32())})
    db.register("days", days)
    found = rows_of(
        db,
        f"SELECT customer, cut, max((d < cut)::INTEGER * (d >= cut - {int(layout.active)})::INTEGER) AS active, "
        f"(count(*) FILTER (d >= cut AND d < cut + {int(layout.within)}) = 0)::TINYINT AS gone "
        "FROM visits, days GROUP BY ALL HAVING active = 1 ORDER BY cut DESC, customer",
    )
    opened = found["cut"].to_numpy().astype("datetime64[D]") == np.datetime64(layout.as_of)
    if not opened.any():
        raise InputError(
            f"no customer bought within {layout.active} days before {layout.as_of}.",
            where=str(path),
            remedy="Give a larger --active, or another --as-of.",
        )
    kept = opened | _sampled(_keys(found["customer"]), ~opened, seed)
    outcome = np.where(opened, OPEN, found["gone"].to_numpy()).astype(np.int8)
    rows = pa.table({"customer": found["customer"], "cut": found["cut"], "outcome": outcome}).filter(
        pa.array(kept)
    )
    return rows.append_column("place", pa.array(np.arange(len(rows))))


def _sampled(keys: Keys, past: np.ndarray, seed: int) -> np.ndarray:
    """The rows of the past (n,) of a sample of the customers, all of them where there are no more than MOST."""
    share = min(1.0, MOST / max(int(past.sum()), 1))
    return past & (lots(keys, "customers", seed).astype(np.float64) <= share * 2.0**64)


def _keys(customers: pa.ChunkedArray) -> Keys:
    return keys_of(customers.combine_chunks().cast(pa.string()))


_LATENESS = CaseColumn(
    name="share of its own gaps that were shorter than the present one",
    kind=Kind.NUMBER,
    source="share of its own gaps that were shorter than the present one",
    meaning=Meaning.LATENESS,
)


def _features(db: Db, layout: Layout) -> tuple[list[Feature], pa.Table]:
    """The features of each row of the population, and their values by its place, the lateness last."""
    purchases, single = of_purchases(layout.tables[0], layout.within), of_rows(layout.tables[0])
    parts = [
        ("SELECT * FROM visits", purchases),
        ("SELECT *, moment::DATE AS d FROM e0 WHERE bought", single),
    ]
    for at, each in enumerate(layout.tables[1:], 1):
        parts.append((f"SELECT *, moment::DATE AS d FROM e{at}", of_further(each)))
    names, joined, features = [], [], list[Feature]()
    for at, (source, wanted) in enumerate(part for part in parts if part[1]):
        aggregates = ", ".join(f"{each.sql} AS f{i}" for i, each in enumerate(wanted))
        joined.append(
            f"LEFT JOIN (SELECT place, {aggregates} FROM population JOIN ({source}) USING (customer) "
            f"WHERE d < cut GROUP BY place, cut) t{at} USING (place)"
        )
        names += [f"t{at}.f{i}" for i in range(len(wanted))]
        features += wanted
    late = (
        "LEFT JOIN (SELECT place, avg((gap < recency)::INTEGER) AS late FROM visits JOIN "
        "(SELECT place, customer, cut, cut - max(d) AS recency FROM population JOIN visits USING (customer) "
        "WHERE d < cut GROUP BY place, customer, cut) USING (customer) WHERE d < cut GROUP BY place) tl USING (place)"
    )
    chosen = ", ".join(f"{name} AS v{i}" for i, name in enumerate([*names, "tl.late"]))
    query = f"SELECT place, {chosen} FROM population {' '.join([*joined, late])} ORDER BY place"
    return features, rows_of(db, query)


def _values(values: pd.Series, kind: Kind) -> pd.Series:
    if kind in (Kind.CATEGORY, Kind.TEXT):
        return values.astype(object).where(values.notna(), None)
    return pd.to_numeric(values).astype(np.float64)


def _value(named: pd.DataFrame, columns: Sequence[CaseColumn]) -> np.ndarray | None:
    worth = [each.name for each in columns if each.meaning is Meaning.VALUE]
    return named[worth[0]].to_numpy(np.float64) if worth else None


def _facts(db: Db, layout: Layout) -> pd.DataFrame:
    """The customer under the name of its column, and a summary of its purchases before the day, as text."""
    customer = layout.tables[0].of(Use.CUSTOMER)[0].name
    found = rows_of(
        db,
        f"SELECT any_value(customer) AS {quoted(customer)}, max(d)::VARCHAR AS last_purchase, "
        "count(d)::VARCHAR AS days_with_purchases, round(sum(amount), 2)::VARCHAR AS amount "
        "FROM population JOIN visits USING (customer) WHERE d < cut GROUP BY place ORDER BY place",
    )
    facts: pd.DataFrame = found.to_pandas().astype(object)
    return facts.where(facts.notna(), None)


def _lifetimes(db: Db, as_of: date, active: int) -> pd.DataFrame:
    found = db.execute(
        "SELECT (CASE WHEN max(d) >= ?::DATE - ? THEN ?::DATE ELSE max(d) END - min(d))::DOUBLE AS days, "
        "max(d) < ?::DATE - ? AS left FROM visits WHERE d < ?::DATE GROUP BY customer ORDER BY customer",
        [as_of, active, as_of, as_of, active, as_of],
    )
    frame: pd.DataFrame = found.df()
    return frame


def _notes(db: Db, tables: Sequence[EventTable], as_of: date) -> Iterator[str]:
    for at, each in enumerate(tables):
        later = one_row(db, f"SELECT count(*) FROM e{at} WHERE moment >= ?", [as_of])[0]
        if later:
            yield f"{later:,} rows of {each.name} are of {as_of} or later and were not used."
    returned = one_row(db, "SELECT count(*) FROM e0 WHERE NOT bought")[0]
    if returned:
        yield f"{returned:,} rows with a quantity or an amount of 0 or less count as returns."


def _cut_note(cuts: Sequence[date], cases: Cases) -> str:
    shown = ", ".join(map(str, cuts))
    return f"Learned from {int(cases.known.sum()):,} customers as they were at {len(cuts)} earlier days: {shown}."

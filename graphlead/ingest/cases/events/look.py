"""The customers of a cut, with their features and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import pyarrow as pa

from graphlead.common.deal import drawn
from graphlead.core.arrays import Keys
from graphlead.core.cases import Kind
from graphlead.engines.duckdb import Db, frame
from graphlead.ingest.cases.events.feature import Cut, Feature
from graphlead.ingest.cases.events.further import ROWS, other_features, row_features
from graphlead.ingest.cases.events.history import VISITS, history_features
from graphlead.ingest.cases.events.layout import EventTable, Layout
from graphlead.ingest.cases.events.table import extras, size_of
from graphlead.ingest.cases.events.uses import Use


def view_of(at: int) -> str:
    """The name of the table of events in this place."""
    return f"events{at}"


def choose_customers(db: Db, at: Cut, active: int, keys: Keys, most: int, seed: int) -> int:
    """Make the table ``chosen`` (c) of the customers who bought in the ``active`` days before the cut.

    Of more than ``most``, so many are drawn by a hash of customer and cut: other cuts see others. Returns their
    number.
    """
    query = f"""
        SELECT c FROM (SELECT c, max(moment) AS last FROM {view_of(0)} WHERE bought AND moment < $cut GROUP BY c)
        WHERE date_sub('day', last, $cut::TIMESTAMP) <= $active ORDER BY c
    """
    found = db.execute(query, {"cut": at.cut, "active": active}).fetchnumpy()["c"]
    taken = found[drawn(keys[found], most, "cut", seed, at.month, at.cut.day)]
    db.register("chosen_now", pa.table({"c": pa.array(taken, pa.int32())}))
    db.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT c FROM chosen_now")
    db.unregister("chosen_now")
    return len(taken)


def features_at(db: Db, at: Cut, layout: Layout) -> tuple[list[Feature], pd.DataFrame]:
    """The features of the chosen customers at the cut, a row each in the order of c, a column each by position."""
    first, *others = layout.tables
    parts = [
        (VISITS, "visits", view_of(0), list(history_features(at, size_of(first)))),
        (ROWS, "past", view_of(0), list(row_features(first))),
        *(
            (ROWS, "past", view_of(place), list(other_features(table)))
            for place, table in enumerate(others, 1)
        ),
    ]
    frames = [_aggregated(db, at, *part) for part in parts]
    whole = pd.concat(frames, axis=1)
    whole.columns = pd.RangeIndex(whole.shape[1])
    return [each for *_, features in parts for each in features], whole


def _aggregated(
    db: Db, at: Cut, rows: str, name: str, events: str, features: Sequence[Feature]
) -> pd.DataFrame:
    values = {f"p{i}": each.value for i, each in enumerate(features) if each.value}
    selected = ", ".join(f"{each.sql.replace('$value', f'$p{i}')} AS f{i}" for i, each in enumerate(features))
    query = f"""
        WITH {rows.format(events=events, cut=at.cut)},
        found AS (SELECT c, {selected} FROM {name} GROUP BY c)
        SELECT found.* EXCLUDE (c) FROM chosen LEFT JOIN found USING (c) ORDER BY chosen.c
    """
    found = frame(db, query, values)
    for place, each in enumerate(features):
        column = found[f"f{place}"]
        words = each.column.kind in (Kind.CATEGORY, Kind.TEXT)
        typed = column.astype(object).where(column.notna(), None) if words else column.astype(float)
        found[f"f{place}"] = typed
    return found


def known_after(db: Db, at: Cut) -> pd.DataFrame:
    """For the chosen customers in the order of c: c, and gone, 1 where nothing was bought within the horizon."""
    end = at.cut + timedelta(days=at.within)
    query = f"""
        SELECT chosen.c, (next.c IS NULL)::TINYINT AS gone FROM chosen LEFT JOIN (
            SELECT DISTINCT c FROM {view_of(0)} WHERE bought AND moment >= $cut AND moment < $end
        ) next USING (c) ORDER BY chosen.c
    """
    return frame(db, query, {"cut": at.cut, "end": end})


def facts_at(db: Db, at: Cut, table: EventTable) -> pd.DataFrame:
    """What lists show of the chosen customers, in the order of c, as text: what is theirs, and a summary of what they
    bought before the cut."""
    theirs = {
        each.name: f"arg_max(x{i}, moment)"
        for i, each in enumerate(extras(table))
        if each.use in (Use.ATTRIBUTE, Use.SHOWN)
    }
    shown = theirs | {name: sql for name, sql in _summary(size_of(table)).items() if name not in theirs}
    selected = ", ".join(f"({sql})::VARCHAR AS f{i}" for i, sql in enumerate(shown.values()))
    query = f"""
        SELECT found.* EXCLUDE (c) FROM chosen LEFT JOIN (
            SELECT c, {selected} FROM {view_of(0)} JOIN chosen USING (c) WHERE moment < $cut GROUP BY c
        ) found USING (c) ORDER BY chosen.c
    """
    found = frame(db, query, {"cut": at.cut}).astype(object)
    return found.where(found.notna(), None).set_axis(list(shown), axis=1)


def _summary(size: str) -> dict[str, str]:
    """SQL of the facts of a customer's purchases, by name."""
    summary = {
        "last purchase": "max(moment::DATE) FILTER (bought)",
        "days with purchases": "count(DISTINCT moment::DATE) FILTER (bought)",
    }
    return summary | ({f"{size} so far": "round(sum(amount) FILTER (bought), 2)"} if size else {})


def lifetimes(db: Db, layout: Layout) -> pd.DataFrame:
    """How long all who ever bought before the day of scoring stayed: days (float), left (bool).

    Those who have not bought in the last ``active`` days left on the day of their last purchase.
    """
    query = f"""
        WITH stays AS (
            SELECT c, min(moment)::DATE AS first, max(moment) AS last FROM {view_of(0)}
            WHERE bought AND moment < $day GROUP BY c
        ),
        ends AS (SELECT *, date_sub('day', last, $day::TIMESTAMP) > $active AS "left" FROM stays)
        SELECT date_diff('day', first, CASE WHEN "left" THEN last::DATE ELSE $day END)::DOUBLE AS days, "left"
        FROM ends ORDER BY c
    """
    asked = {"day": layout.as_of, "active": layout.active}
    return frame(db, query, asked)

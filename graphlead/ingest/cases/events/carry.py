"""Customers at the day of scoring and at earlier cuts, carried as Cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from graphlead.common.deal import keys_of
from graphlead.core.arrays import Keys, Reals
from graphlead.core.cases import OPEN, CaseColumn, Cases, Meaning
from graphlead.core.contracts import Progress
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, one_row, table
from graphlead.ingest.cases.events.feature import Feature
from graphlead.ingest.cases.events.layout import Layout
from graphlead.ingest.cases.events.look import choose_customers, facts_at, features_at, known_after, view_of
from graphlead.ingest.cases.events.sequence import channels_of, sequences_at
from graphlead.ingest.cases.events.uses import Use
from graphlead.ingest.cases.together import together
from graphlead.ingest.open_file import Source

MOST_KNOWN = 40_000
"""Known rows at most, over all cuts: of 100,000 customers, 60,000 took half as long again and brought nothing."""


def looked(
    db: Db, layout: Layout, cuts: Sequence[date], seed: int, progress: Progress
) -> tuple[Cases, Layout]:
    """The open cases at the layout's day and the known ones at the cuts, with the layout of their features."""
    ids = table(db, "SELECT id FROM customers ORDER BY c")["id"]
    keys = keys_of(ids)
    texts = ids.to_numpy(zero_copy_only=False).astype(object)
    progress(0, len(cuts) + 1, f"looking at customers on {layout.as_of}")
    choose_customers(db, layout.cut(layout.as_of), layout.active, keys, len(keys), seed)
    _refuse_nobody(db, layout)
    parts = [_cases(db, layout, layout.as_of, texts, keys)]
    for number, day in enumerate(cuts, 1):
        progress(number, len(cuts) + 1, f"looking at customers on {day}")
        choose_customers(db, layout.cut(day), layout.active, keys, MOST_KNOWN // len(cuts), seed)
        parts.append(_cases(db, layout, day, texts, keys))
    kept = layout.features or _varying(parts)
    return together(parts, kept), replace(layout, features=kept)


def notes_of(db: Db, sources: Sequence[Source], layout: Layout) -> Iterator[str]:
    """What the user has to know of rows that were not used, table by table."""
    for place, source in enumerate(sources):
        read, later = one_row(
            db, f"SELECT count(*), count(*) FILTER (moment >= ?) FROM {view_of(place)}", [layout.as_of]
        )
        name = source.path.name
        if later:
            yield f"{later} rows of {name} are of {layout.as_of} or later: no feature knows of them."
        if lost := source.rows - read:
            yield f"{lost} rows of {name} are of no customer with a purchase, or have no time: left out."
        yield from source.remarks()


def _refuse_nobody(db: Db, layout: Layout) -> None:
    if one_row(db, "SELECT count(*) FROM chosen")[0]:
        return
    (last,) = one_row(
        db, f"SELECT max(moment)::DATE FROM {view_of(0)} WHERE bought AND moment < ?", [layout.as_of]
    )
    raise InputError(
        f"no customer is active: none bought in the {layout.active} days before {layout.as_of}.",
        where=f"--as-of {layout.as_of}, --active {layout.active}",
        remedy=f"The last purchase before is of {last}; say an earlier --as-of or a greater --active.",
    )


def _cases(db: Db, layout: Layout, day: date, ids: np.ndarray, keys: Keys) -> Cases:
    """The chosen customers at a cut, with all features."""
    at = layout.cut(day)
    features, frame = features_at(db, at, layout)
    after = known_after(db, at)
    c = after["c"].to_numpy()
    names = [each.column.name for each in features]
    frame.columns = pd.Index(names)
    customer = layout.tables[0].one(Use.CUSTOMER)
    facts = facts_at(db, at, layout.tables[0])
    facts.insert(0, customer.name if customer else "customer", ids[c])
    return Cases(
        ids=ids[c],
        features=frame,
        columns=tuple(each.column for each in features),
        outcome=np.where(day == layout.as_of, OPEN, after["gone"].to_numpy()).astype(np.int8),
        day=np.full(len(c), np.datetime64(day, "D")),
        group=keys[c].view(np.int64),
        facts=facts,
        account=ids[c],
        value=_value(features, frame),
        horizon=layout.within,
        sequence=sequences_at(db, at, layout),
        channels=channels_of(layout),
    )


def _value(features: Sequence[Feature], frame: pd.DataFrame) -> Reals | None:
    """What a customer is worth (n,): the amount of the last year."""
    name = next((each.column.name for each in features if each.column.meaning is Meaning.VALUE), "")
    return frame[name].to_numpy(np.float64) if name else None


def _varying(parts: Sequence[Cases]) -> tuple[CaseColumn, ...]:
    """The features that are not the same in all rows, and of equal ones the first."""
    whole = pd.concat([part.features for part in parts], ignore_index=True)
    seen: set[bytes] = set()
    kept = []
    for column in parts[0].columns:
        codes = pd.util.hash_array(whole[column.name].to_numpy())
        if (codes != codes[0]).any() and codes.tobytes() not in seen:
            seen.add(codes.tobytes())
            kept.append(column)
    return tuple(kept)

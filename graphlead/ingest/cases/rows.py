"""The rows of a table of cases, read by its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.core.cases import OPEN, Days, Outcomes
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, table
from graphlead.ingest.cases.dates import day_of, days_before, decided_on, first_contact
from graphlead.ingest.cases.understood import ReadColumn, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.values import value
from graphlead.ingest.open_file import Source, as_text

SHOWN = 5
"""Ids or rows that a message names."""

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one table. number: of the row in its file, from 1; outcome, account and duration as in Cases; features
    and facts as there; first, decided: days of the first contact and of the outcome; late: dates of features on or
    after the day that is asked for."""

    number: Longs
    ids: Texts
    outcome: Outcomes
    account: Texts
    duration: Reals
    features: pd.DataFrame
    facts: pd.DataFrame
    first: Days
    decided: Days
    late: int

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, chosen: Flags) -> Rows:
        """These rows."""
        arrays: dict[str, Any] = {name: getattr(self, name)[chosen] for name in ARRAYS}
        frames = {name: getattr(self, name)[chosen].reset_index(drop=True) for name in ("features", "facts")}
        return replace(self, **arrays, **frames)


ARRAYS = ("number", "ids", "outcome", "account", "duration", "first", "decided")


def read_rows(db: Db, source: Source, understood: Understood, *, known: bool) -> Rows:
    """The rows of a source; without ``known``, all of them open. Features that it lacks are missing."""
    features = understood.features
    reference, cut = understood.reference or date(1970, 1, 1), understood.as_of
    selected = {
        "row": "row",
        "id": _text(source, understood.name_of(Use.ID)) if understood.name_of(Use.ID) else "row::VARCHAR",
        "outcome": _text(source, understood.name_of(Use.OUTCOME)) if known else "NULL::VARCHAR",
        "account": _text(source, understood.name_of(Use.ACCOUNT)),
        "first": day_of(first_contact(understood), source),
        "decided": day_of(decided_on(understood), source),
        **{f"f{i}": _feature(source, column, reference, cut) for i, column in enumerate(features)},
        **{f"x{i}": _text(source, name) for i, name in enumerate(source.names)},
        **{f"l{i}": late for i, late in enumerate(_late(source, features, cut))},
    }
    query = ", ".join(f"{sql} AS {name}" for name, sql in selected.items())
    return _rows(table(db, f"SELECT {query} FROM {source.view} ORDER BY row"), source, understood)


def _text(source: Source, name: str) -> str:
    """SQL of a column's value as text; 3.0 as 3, for a spreadsheet writes one for the other."""
    if name not in source.names:
        return "NULL::VARCHAR"
    at = source.names.index(name)
    return as_text(source.columns[at], source.families[at])


def _feature(source: Source, column: ReadColumn, reference: date, cut: date | None) -> str:
    if column.name not in source.names:
        return "NULL::VARCHAR" if column.use in (Use.CATEGORY, Use.TEXT) else "NULL::DOUBLE"
    if column.use is Use.DATE:
        return days_before(day_of(column, source), reference, cut)
    at = source.names.index(column.name)
    read = value(column, source.columns[at], source.families[at])
    return read if column.use in (Use.CATEGORY, Use.TEXT) else f"({read})::DOUBLE"


def _late(source: Source, features: tuple[ReadColumn, ...], cut: date | None) -> list[str]:
    days = [day_of(column, source) for column in features if column.use is Use.DATE]
    return [f"{day} >= DATE '{cut.isoformat()}'" for day in days] if cut else []


def _rows(read: pa.Table, source: Source, understood: Understood) -> Rows:
    taken: dict[str, npt.NDArray[np.generic]] = {
        name: read[name].to_numpy() if len(read) else np.zeros(0) for name in read.column_names
    }
    features = understood.features
    duration = next((i for i, column in enumerate(features) if column.use is Use.DURATION), None)
    return Rows(
        number=taken["row"].astype(np.int64),
        ids=_objects(taken["id"]),
        outcome=_outcomes(_objects(taken["outcome"]), understood),
        account=_objects(taken["account"]),
        duration=_reals(taken[f"f{duration}"]) if duration is not None else np.full(len(read), np.nan),
        features=pd.DataFrame(
            {column.feature: _typed(column, taken[f"f{i}"]) for i, column in enumerate(features)},
            index=range(len(read)),
        ),
        facts=pd.DataFrame(
            {name: pd.Series(_objects(taken[f"x{i}"]), dtype=object) for i, name in enumerate(source.names)}
        ),
        first=taken["first"].astype("datetime64[D]"),
        decided=taken["decided"].astype("datetime64[D]"),
        late=sum(
            int(pd.Series(_objects(flags)).eq(True).sum()) for name, flags in taken.items() if name[0] == "l"
        ),
    )


def _objects(values: npt.NDArray[np.generic]) -> Texts:
    return values.astype(object)


def _reals(values: npt.NDArray[np.generic]) -> Reals:
    return values.astype(np.float64)


def _typed(column: ReadColumn, values: npt.NDArray[np.generic]) -> pd.Series[Any]:
    if column.use in (Use.CATEGORY, Use.TEXT):
        return pd.Series(_objects(values), dtype=object)
    return pd.Series(_reals(values))


def _outcomes(texts: Texts, understood: Understood) -> Outcomes:
    outcome = np.full(len(texts), OPEN, np.int8)
    plain = pd.Series(texts, dtype=object).str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)
    for found, values in ((0, understood.negatives), (1, understood.positives)):
        outcome[plain.isin(values).to_numpy()] = found
    return outcome


def stacked(rows: Rows, more: Rows) -> Rows:
    """The rows of two tables, one below the other; what a table lacks is missing."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(rows, name), getattr(more, name)]) for name in ARRAYS
    }
    features = pd.concat([rows.features, more.features], ignore_index=True)
    facts = pd.concat([rows.facts, more.facts], ignore_index=True).astype(object)
    facts = facts.where(facts.notna(), None)
    return replace(rows, **arrays, features=features, facts=facts, late=rows.late + more.late)


def with_ids(rows: Rows, place: str) -> tuple[Rows, list[str]]:
    """The rows that have an id, and a note of the others. Raises InputError for ids that come twice."""
    ids = pd.Series(rows.ids, dtype=object)
    filled = ids.notna().to_numpy()
    twice = ids[filled & ids.duplicated(keep=False).to_numpy()]
    if len(twice):
        first = twice.iloc[0]
        at = rows.number[np.flatnonzero((ids == first).to_numpy())]
        others = twice.nunique() - 1
        more = f", and so do {others} other ids" if others else ""
        raise InputError(
            f"the id {first!r} comes {len(at)} times, in rows {', '.join(map(str, at[:SHOWN]))}{more}.",
            where=place,
            remedy="Keep one row a case, or say --id COLUMN.",
        )
    missing = rows.number[~filled]
    shown = ", ".join(map(str, missing[:SHOWN]))
    notes = [f"{len(missing)} rows without an id were left out (row {shown})."] if len(missing) else []
    return (rows.where(filled) if len(missing) else rows), notes

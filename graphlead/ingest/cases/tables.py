"""Tables of leads or customers, with their outcomes, to Cases."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.common.files import scratch
from graphlead.core.arrays import Longs
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind, Meaning
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, open_db
from graphlead.ingest.cases.columns import make_plan
from graphlead.ingest.cases.dates import day_after_last
from graphlead.ingest.cases.meanings import PLAIN
from graphlead.ingest.cases.outcomes import check_counts, is_final
from graphlead.ingest.cases.rows import Rows, read_rows, with_ids
from graphlead.ingest.cases.understood import ReadColumn, TableOptions, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source

_KINDS = {Use.CATEGORY: Kind.CATEGORY, Use.TEXT: Kind.TEXT, Use.FLAG: Kind.FLAG}


@dataclass(frozen=True)
class CaseTable:
    """Cases with the plan that they were read by, and notes for the user."""

    cases: Cases
    understood: Understood
    notes: tuple[str, ...]


def read_cases(known: Path, opened: Path | None = None, options: TableOptions = TableOptions()) -> CaseTable:
    """The known and the open cases of a table; ``opened``: a further table of open ones.

    Raises InputError when a file cannot be used, has no outcomes, or has ids twice, SettingsError for an option that
    names no column or no value.
    """
    with _sources(known, opened) as (db, source, other):
        understood = make_plan(db, source, options)
        notes = _rejected(source)
        if other is not None:
            understood = _without_absent(understood, other, options.keep)
            notes += _rejected(other) + _absent_note(understood)
        reference = options.as_of or _last_day(db, [source, *([other] if other else [])], understood)
        understood = replace(understood, reference=reference)
        rows, found = with_ids(
            read_rows(db, source, understood, known=True), f"{known}, {_id_place(understood)}"
        )
        rows, more = _as_of(rows, understood)
        notes += (
            found
            + more
            + check_counts(
                int((rows.outcome == 1).sum()),
                int((rows.outcome != OPEN).sum()),
                f"{known}, column {understood.name_of(Use.OUTCOME)}",
            )
        )
        opens = None
        if other is not None:
            opens, found = with_ids(
                read_rows(db, other, understood, known=False), f"{opened}, {_id_place(understood)}"
            )
            rows, more = _without_repeated(rows, opens, understood)
            notes += found + more
    return CaseTable(
        _cases(_stacked(rows, opens), understood),
        understood,
        tuple(notes + _late_note(rows, opens, understood)),
    )


def read_open(
    opened: Path, understood: Understood, needed: Iterable[str], *, as_of: date | None = None
) -> CaseTable:
    """The open cases of a table, read by the plan of a trained run.

    needed: the columns that the run learned from. Dates are counted from ``as_of``, by default from the day of the
    plan or the day after the last date of this table, whichever is later. Raises InputError when one is missing.
    """
    with _sources(opened, None) as (db, source, _):
        lacking = [name for name in needed if name not in source.names]
        if lacking:
            raise InputError(
                f"the table has no column {', '.join(lacking)}, which the run learned from.",
                where=str(opened),
                remedy="Add it (empty cells will do), or train again with this table as --open.",
            )
        _check_id(understood, source)
        days = [day for day in (understood.reference, _last_day(db, [source], understood)) if day]
        understood = replace(understood, reference=as_of or max(days, default=None), as_of=as_of)
        rows, notes = with_ids(
            read_rows(db, source, understood, known=False), f"{opened}, {_id_place(understood)}"
        )
        notes = _rejected(source) + notes + _late_note(rows, None, understood)
    return CaseTable(_cases(rows, understood), understood, tuple(notes))


@contextmanager
def _sources(known: Path, opened: Path | None) -> Iterator[tuple[Db, Source, Source | None]]:
    with ExitStack() as stack:
        stack.enter_context(damage_named(known, opened))
        folder = stack.enter_context(scratch())
        db = stack.enter_context(open_db(folder))
        source = open_source(db, known, "known", folder)
        if not source.rows:
            raise InputError(
                "there are no rows, only a header.", where=str(known), remedy="Give a file with rows."
            )
        yield db, source, open_source(db, opened, "opened", folder) if opened else None


def _rejected(source: Source) -> list[str]:
    if not source.rejected:
        return []
    first = source.rejected[0]
    return [
        f"{len(source.rejected)} rows of {source.path.name} cannot be read: row {first.row} has {first.reason}."
    ]


def _without_absent(understood: Understood, other: Source, keep: tuple[str, ...]) -> Understood:
    """The plan without the columns that the open table lacks. Raises InputError for one that the user wants kept."""
    _check_id(understood, other)
    absent = tuple(column.name for column in understood.features if column.name not in other.names)
    kept = [name for name in keep if name in absent]
    if kept:
        raise InputError(
            f"the open table has no column {', '.join(kept)}, which --keep asks for.",
            where=str(other.path),
            remedy="Add it to the open table, or leave it out of --keep.",
        )
    return replace(understood, absent=absent)


def _check_id(understood: Understood, source: Source) -> None:
    name = understood.name_of(Use.ID)
    if name and name not in source.names:
        raise InputError(
            f"the table has no column {name}, which holds the ids.",
            where=str(source.path),
            remedy="Add it, so that the rows can be told apart.",
        )


def _absent_note(understood: Understood) -> list[str]:
    names = ", ".join(understood.absent)
    return [f"The open table has no column {names}: left out."] if names else []


def _id_place(understood: Understood) -> str:
    return f"column {understood.name_of(Use.ID) or '(line number)'}"


def _last_day(db: Db, sources: list[Source], understood: Understood) -> date | None:
    days = [day_after_last(db, source, understood) for source in sources]
    return max((day for day in days if day), default=None)


def _as_of(rows: Rows, understood: Understood) -> tuple[Rows, list[str]]:
    """The rows as of the day asked for: what was decided later is open, what began later is not there yet, and a young
    lead that is not won so far is no negative."""
    if understood.as_of is None:
        return rows, []
    day = np.datetime64(understood.as_of)
    known = rows.outcome != OPEN
    later = known & (rows.decided >= day)
    ahead = rows.first >= day
    outcome = np.where(later, OPEN, rows.outcome)
    young = np.zeros(len(rows), bool)
    if understood.table == "leads" and not is_final(understood.negatives, understood.table):
        young = (outcome == 0) & (rows.first > day - np.timedelta64(timedelta(days=understood.within)))
    outcome = np.where(young, OPEN, outcome).astype(np.int8)
    counted = [
        (int((later & ~ahead).sum()), f"were decided on or after {understood.as_of}: they are open."),
        (int(ahead.sum()), f"began on or after {understood.as_of}: they are left out."),
        (
            int((young & ~ahead).sum()),
            f"are younger than {understood.within} days and not won so far: they are open.",
        ),
    ]
    notes = [f"{count} {understood.table} {text}" for count, text in counted if count]
    return replace(rows, outcome=outcome).where(~ahead), notes


def _without_repeated(rows: Rows, opens: Rows, understood: Understood) -> tuple[Rows, list[str]]:
    """The rows of the first table without the open ones that the open table has too."""
    if not understood.name_of(Use.ID):
        return rows.where(rows.outcome != OPEN), []
    again = (rows.outcome == OPEN) & np.isin(rows.ids, opens.ids)
    note = f"{int(again.sum())} open cases are in both tables: the row of the open table counts."
    return rows.where(~again), [note] if again.any() else []


def _stacked(rows: Rows, opens: Rows | None) -> Rows:
    if opens is None:
        return rows
    arrays = {
        name: np.concatenate([getattr(rows, name), getattr(opens, name)])
        for name in ("number", "ids", "outcome", "account", "duration", "first", "decided")
    }
    features = pd.concat([rows.features, opens.features], ignore_index=True)
    facts = pd.concat([rows.facts, opens.facts], ignore_index=True).astype(object)
    return replace(rows, **arrays, features=features, facts=facts.where(facts.notna(), None))


def _late_note(rows: Rows, opens: Rows | None, understood: Understood) -> list[str]:
    late = rows.late + (opens.late if opens else 0)
    return [f"{late} dates on or after {understood.as_of} were not used."] if late else []


def _cases(rows: Rows, understood: Understood) -> Cases:
    columns = tuple(_case_column(column) for column in understood.features)
    value = next((column.name for column in columns if column.meaning is Meaning.VALUE), "")
    return Cases(
        ids=rows.ids,
        features=rows.features,
        columns=columns,
        outcome=rows.outcome,
        day=np.full(len(rows), np.datetime64(understood.as_of or "NaT", "D")),
        group=_groups(rows),
        facts=rows.facts,
        duration=rows.duration if understood.name_of(Use.DURATION) else None,
        value=rows.features[value].to_numpy(np.float64) if value else None,
    )


def _case_column(column: ReadColumn) -> CaseColumn:
    return CaseColumn(
        name=column.feature,
        kind=_KINDS.get(column.use, Kind.NUMBER),
        source=column.name,
        meaning=column.meaning,
        plain=column.meaning in PLAIN,
        reason=column.because,
    )


def _groups(rows: Rows) -> Longs:
    """The fold key: a hash of the account, or of the id where a row has none."""
    accounts = pd.Series(rows.account, dtype=object).str.strip().str.lower()
    keys = ("account " + accounts).fillna("case " + pd.Series(rows.ids, dtype=object))
    return keys_of(pa.array(keys, pa.string())).view(np.int64)

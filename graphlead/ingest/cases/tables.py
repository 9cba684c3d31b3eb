"""Tables of leads or customers, with their outcomes, to Cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from graphlead.common.files import scratch
from graphlead.core.cases import OPEN, Cases
from graphlead.core.errors import CarrierError, InputError, Place
from graphlead.engines.duckdb import Db, open_db
from graphlead.ingest.cases.as_of import as_of_day
from graphlead.ingest.cases.carry import cases_of
from graphlead.ingest.cases.columns import make_plan
from graphlead.ingest.cases.dates import day_after_last
from graphlead.ingest.cases.order import with_order
from graphlead.ingest.cases.outcomes import check_counts
from graphlead.ingest.cases.rows import Rows, read_rows, stacked, with_ids
from graphlead.ingest.cases.understood import ReadColumn, TableOptions, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source

PLAIN_OPTIONS = TableOptions()


@dataclass(frozen=True)
class CaseTable:
    """Cases with the plan that they were read by, and notes for the user. deals: how those of deals won are used."""

    cases: Cases
    understood: Understood
    notes: tuple[str, ...]
    deals: tuple[ReadColumn, ...] = ()


def read_cases(known: Path, opened: Path | None = None, options: TableOptions = PLAIN_OPTIONS) -> CaseTable:
    """The known and the open cases of a table; ``opened``: a further table of open ones.

    Raises InputError when a file cannot be used, has no outcomes, or has ids twice, SettingsError for an option that
    names no column or no value.
    """
    with _sources(known, opened) as (db, source, other):
        understood = _understood(db, source, other, options)
        rows, notes = _read(db, source, understood, known=True)
        rows, changes = as_of_day(rows, understood)
        notes += changes + _check_outcomes(rows, understood, known)
        if other is not None:
            opens, more = _read(db, other, understood, known=False)
            rows, again = _without_repeated(rows, opens, understood)
            rows, notes = stacked(rows, opens), notes + more + again + _absent_note(understood)
    return CaseTable(cases_of(rows, understood), understood, (*notes, *_late_note(rows, understood)))


def read_features(
    known: Path, opened: Path, options: TableOptions = PLAIN_OPTIONS
) -> tuple[CaseTable, CaseTable]:
    """What is known beforehand of the rows of two tables, read by one plan, all of them as open cases.

    A column that the second table lacks is no feature, nor is one that is called like an outcome or that counts the
    rows. Errors are those of ``read_cases``.
    """
    with _sources(known, opened) as (db, source, other):
        if other is None:
            raise CarrierError("read_features: expected two tables, got one.")
        understood = _without_order(make_plan(db, source, options, stated=False))
        understood = _with_absent(understood, other, ())
        ends = [day_after_last(db, each, understood) for each in (source, other)]
        understood = replace(understood, reference=max(filter(None, ends), default=None))
        tables = []
        for each in (source, other):
            rows, notes = _read(db, each, understood, known=False)
            tables.append(CaseTable(cases_of(rows, understood), understood, tuple(notes)))
    return tables[0], tables[1]


def _without_order(understood: Understood) -> Understood:
    columns = (
        replace(each, use=Use.IGNORED, because=f"{each.because}; no feature")
        if each.use is Use.ORDER
        else each
        for each in understood.columns
    )
    return replace(understood, columns=tuple(columns))


def read_open(
    opened: Path, understood: Understood, needed: Iterable[str], *, as_of: date | None = None
) -> CaseTable:
    """The open cases of a table, read by the plan of a trained run; an outcome that it may hold is not looked at.

    needed: the columns that the run learned from. Dates are counted from ``as_of``, by default from the day of the
    plan or the day after the last date of this table, whichever is later. Raises InputError when one is missing.
    """
    with _sources(opened, None) as (db, source, _):
        _refuse_lacking(source, needed)
        _check_id(understood, source)
        days = [day for day in (understood.reference, day_after_last(db, source, understood)) if day]
        understood = replace(understood, reference=as_of or max(days, default=None), as_of=as_of)
        rows, notes = _read(db, source, understood, known=False)
    return CaseTable(cases_of(rows, understood), understood, (*notes, *_late_note(rows, understood)))


@contextmanager
def _sources(known: Path, opened: Path | None) -> Iterator[tuple[Db, Source, Source | None]]:
    """A connection with the sources of the two files. Raises InputError when the first has no rows."""
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


def _understood(db: Db, source: Source, other: Source | None, options: TableOptions) -> Understood:
    """The plan, with what the open table lacks and the day that dates are counted from."""
    understood = make_plan(db, source, options)
    if other is not None:
        understood = with_order(db, source, other, _with_absent(understood, other, options.keep))
    ends = [day_after_last(db, each, understood) for each in (source, other) if each is not None]
    last = max((day for day in ends if day), default=None)
    return replace(understood, reference=options.as_of or last)


def _read(db: Db, source: Source, understood: Understood, *, known: bool) -> tuple[Rows, list[str]]:
    """The rows that have an id, and notes of the others."""
    place = Place.of(source.path, column=understood.name_of(Use.ID))
    rows, notes = with_ids(read_rows(db, source, understood, known=known), place)
    return rows, [*notes, *source.remarks()]


def _check_outcomes(rows: Rows, understood: Understood, path: Path) -> list[str]:
    positive, known = int((rows.outcome == 1).sum()), int((rows.outcome != OPEN).sum())
    return check_counts(positive, known, f"{path}, column {understood.name_of(Use.OUTCOME)}")


def _with_absent(understood: Understood, other: Source, keep: tuple[str, ...]) -> Understood:
    """The plan, with the columns that the open table lacks. Raises InputError for one that the user wants kept."""
    _check_id(understood, other)
    absent = tuple(column.name for column in understood.features if column.name not in other.names)
    kept = ", ".join(name for name in keep if name in absent)
    if kept:
        raise InputError(
            f"the open table has no column {kept}, which --keep asks for.",
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


def _refuse_lacking(source: Source, needed: Iterable[str]) -> None:
    lacking = ", ".join(name for name in needed if name not in source.names)
    if lacking:
        raise InputError(
            f"the table has no column {lacking}, which the run learned from.",
            where=str(source.path),
            remedy="Add it (empty cells will do), or train again with this table as --open.",
        )


def _without_repeated(rows: Rows, opens: Rows, understood: Understood) -> tuple[Rows, list[str]]:
    """The rows of the first table without the open ones that the open table has too, or may have."""
    again = rows.outcome == OPEN
    if understood.name_of(Use.ID):
        again &= np.isin(rows.ids, opens.ids)
    count = int(again.sum())
    note = f"{count} open rows of the first table were not used: the open table holds them."
    return rows.where(~again), [note] if count else []


def _absent_note(understood: Understood) -> list[str]:
    names = ", ".join(understood.absent)
    return [f"The open table lacks {names}: left out."] if names else []


def _late_note(rows: Rows, understood: Understood) -> list[str]:
    return [f"{rows.late} dates on or after {understood.as_of} were not used."] if rows.late else []

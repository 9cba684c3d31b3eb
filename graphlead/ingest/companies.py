"""Cleaning of the companies table: unusable rows are set aside with a reason, oddities are reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphlead.common.parallel import meanwhile
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.held import Held
from graphlead.ingest.journal import IGNORED, KEPT, MADE_MISSING, N_EXAMPLES, OFF_THE_LIST, Journal
from graphlead.ingest.plan import Reading
from graphlead.ingest.repeated import find_unusable
from graphlead.ingest.twins import name_cores, note_same_name_and_place
from graphlead.ingest.typed import Typed
from graphlead.ingest.values import LARGEST, is_infinite
from graphlead.ingest.written import write_columns

ALIKE = 300
"""Bytes a company that the comparison of names takes."""
LONG = 1_000
"""Characters beyond which a name is reported: longer than any legal name, so a sign of merged rows."""


def clean_companies(db: Db, source: Held, typed: Typed, journal: Journal, path: Path) -> int:
    """Write the companies with an id of their own, in the order of the ids; returns their number.

    So the order of the file has no influence on anything made from them.
    """
    readings = typed.readings
    journal.set_aside_unreadable(source, "companies")
    _note_text(source, journal)
    for reading in readings:
        _note_column(db, source, reading, journal)
    unusable = find_unusable(db, source, typed, journal)
    _note_made_ids(db, readings, journal)
    _note_ended(db, readings, journal)
    usable = np.flatnonzero(~np.isin(source.numbers, unusable))
    ids = typed.texts(typed.key)
    order = usable[np.argsort(ids.ranks[ids.codes[usable]])]
    names = (reading.column.name for reading in readings)
    with meanwhile(lambda: name_cores(typed), ALIKE * len(order)) as cores:
        write_columns(dict(zip(names, typed.columns, strict=True)), order, path)
        note_same_name_and_place(db, source, typed, cores(), usable, journal)
    _note_long_names(db, readings, journal)
    return len(order)


def _note_text(source: Held, journal: Journal) -> None:
    message = f"characters that are not {source.how.split(',')[0]}, read as \ufffd"
    journal.note("damaged characters", "companies", source.damaged, message, action=KEPT)
    journal.note_workbook(source, "companies")


def _note_column(db: Db, source: Held, reading: Reading, journal: Journal) -> None:
    column, name = reading.column, reading.column.name
    if column.role is Role.IGNORED:
        if not reading.forced:
            check = (
                "constant column" if column.distinct == 1 and column.missing < 0.5 else "near-empty column"
            )
            journal.note(check, "companies", 1, f"{name}: {column.reason}", action=IGNORED, column=name)
        return
    if column.role is not Role.ID and reading.cleaned < reading.raw:
        examples = _examples(db, source, reading, f"{reading.text} IS NULL", distinct=True)
        count = reading.raw - reading.cleaned
        message = f"{name}: values that stand for a missing one"
        journal.note(
            "placeholder values",
            "companies",
            count,
            message,
            action=MADE_MISSING,
            column=name,
            examples=examples,
        )
    if reading.infinite:
        examples = _examples(db, source, reading, is_infinite(reading.unbounded), distinct=True)
        message = f"{name}: NaN, infinity or a number beyond {LARGEST:.0e}"
        journal.note(
            "not finite",
            "companies",
            reading.infinite,
            message,
            action=MADE_MISSING,
            column=name,
            examples=examples,
        )
    _note_broken(db, source, reading, journal)


def _note_broken(db: Db, source: Held, reading: Reading, journal: Journal) -> None:
    """Report and record the values that are not of their column's role; a status is missing for the living."""
    if reading.column.role is Role.STATUS:
        return
    broken = reading.cleaned - reading.typed - reading.infinite
    if broken <= 0:
        return
    name, role = reading.column.name, reading.column.role
    infinite = f"AND ({is_infinite(reading.unbounded)}) IS NULL" if role is Role.NUMBER else ""
    where = f"{reading.text} IS NOT NULL AND {reading.value} IS NULL {infinite}"
    what = {Role.DATE: "date", Role.NUMBER: "number"}.get(role, "yes or no")
    journal.note(
        f"broken {what}s" if role is not Role.BOOLEAN else "neither yes nor no",
        "companies",
        broken,
        f"{name}: values that cannot be read as a {what}",
        action=MADE_MISSING,
        column=name,
        examples=_examples(db, source, reading, where, distinct=False),
    )
    shown = f"left({reading.text}, 60)"
    journal.set_aside(
        source,
        "companies",
        f"SELECT row, ? || ': \"' || {shown} || '\" is no {what}; made missing' AS reason "
        f"{_rows_with(source, reading, where)}",
        [name],
    )


def _note_made_ids(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Report ids that were made, and how many companies share name and place, so that their ids are numbered."""
    key = next(reading for reading in readings if reading.column.role is Role.ID)
    if not key.made:
        return
    kept = "FROM typed WHERE row NOT IN (SELECT row FROM unusable)"
    made, numbered = one_row(db, f"SELECT count(*), count(*) FILTER (contains({key.typed_name}, '-')) {kept}")
    message = f"{key.column.reason}; they are the same in a newer file as long as these are"
    examples = (
        [f"{numbered:,} companies have the name and place of another: a number follows"] if numbered else []
    )
    journal.note("made ids", "companies", made, message, action=KEPT, column="company_id", examples=examples)


def _note_ended(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Report the companies that a status column records as no more."""
    for reading in readings:
        if reading.column.role is Role.STATUS:
            v, kept = reading.typed_name, "FROM typed WHERE row NOT IN (SELECT row FROM unusable)"
            (count,) = one_row(db, f"SELECT count({v}) {kept}")
            counted = f"SELECT {v}, count(*) AS n {kept} AND {v} IS NOT NULL GROUP BY 1"
            query = f"{counted} ORDER BY n DESC, 1 LIMIT {N_EXAMPLES}"
            examples = [f"{value} ({n:,} times)" for value, n in db.execute(query).fetchall()]
            name = reading.column.name
            message = f"{name}: companies that are no more; they stay in the graph, and can be clients to learn from"
            journal.note(
                "ended companies",
                "companies",
                count,
                message,
                action=OFF_THE_LIST,
                column=name,
                examples=examples,
            )


def _examples(db: Db, source: Held, reading: Reading, where: str, distinct: bool) -> list[str]:
    """Examples as they are in the file: the most frequent values, or the first with their rows."""
    value = f"left({reading.source}::VARCHAR, 60)"
    if distinct:
        counted = (
            f"SELECT {value} AS v, sum(n)::BIGINT AS times FROM {source.cells(reading.source)} WHERE {where}"
        )
        query = f"{counted} GROUP BY v ORDER BY times DESC, v LIMIT {N_EXAMPLES}"
        return [f"{v} ({n:,} times)" for v, n in db.execute(query).fetchall()]
    query = f"SELECT row, {value} {_rows_with(source, reading, where)} ORDER BY row LIMIT {N_EXAMPLES}"
    return [f"row {row}: {v}" for row, v in db.execute(query).fetchall()]


def _rows_with(source: Held, reading: Reading, where: str) -> str:
    """SQL of the rows of which the value in a column fulfils a condition."""
    column = reading.source
    return f"FROM {source.view} WHERE {column} IN (SELECT {column} FROM {source.cells(column)} WHERE {where})"


def _note_long_names(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    for reading in readings:
        if reading.column.role is Role.NAME:
            v = reading.typed_name
            rows = db.execute(
                f"SELECT row, length({v}), left({v}, 40) FROM typed WHERE length({v}) > {LONG} ORDER BY row"
            ).fetchall()
            message = f"{reading.column.name}: names of more than {LONG:,} characters"
            examples = [f"row {row}: {size:,} characters, {start}..." for row, size, start in rows]
            journal.note(
                "long names",
                "companies",
                len(rows),
                message,
                action=KEPT,
                column=reading.column.name,
                examples=examples,
            )

"""Tables of customers without an outcome, such as surveys, to Cases: all of them open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graphlead.common.files import scratch
from graphlead.core.errors import InputError, Place
from graphlead.engines.duckdb import open_db
from graphlead.ingest.cases.carry import cases_of
from graphlead.ingest.cases.columns import make_plan
from graphlead.ingest.cases.dates import day_after_last
from graphlead.ingest.cases.rows import read_rows, with_ids
from graphlead.ingest.cases.tables import CaseTable
from graphlead.ingest.cases.understood import TableOptions, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source


def read_customers(path: Path, options: TableOptions, like: Understood | None = None) -> CaseTable:
    """The customers of a table, a row each, with the plan that they were read by.

    A column that is called like an outcome is no feature. like: the plan of an earlier table, in place of a new one.
    Raises InputError when the file cannot be used, has ids twice, or lacks a column of ``like``, SettingsError for an
    option that names no column.
    """
    with damage_named(path), scratch() as folder, open_db(folder) as db:
        source = open_source(db, path, "customers", folder)
        if not source.rows:
            raise InputError(
                "there are no rows, only a header.", where=str(path), remedy="Give a file with rows."
            )
        if like:
            _refuse_lacking(source, like)
        understood = like or make_plan(db, source, options, stated=False)
        days = [day for day in (understood.reference, day_after_last(db, source, understood)) if day]
        understood = replace(
            understood, reference=options.as_of or max(days, default=None), as_of=options.as_of
        )
        place = Place.of(path, column=understood.name_of(Use.ID))
        rows, notes = with_ids(read_rows(db, source, understood, known=False), place)
        notes += source.remarks()
    return CaseTable(cases_of(rows, understood), understood, tuple(notes))


def _refuse_lacking(source: Source, like: Understood) -> None:
    needed = [like.name_of(Use.ID), *(column.name for column in like.features)]
    lacking = ", ".join(name for name in needed if name and name not in source.names)
    if lacking:
        raise InputError(
            f"the table has no column {lacking}, which the segments were found with.",
            where=str(source.path),
            remedy="Add it (empty cells will do), or find the segments anew, without --run.",
        )

"""The columns of two tables, each read in the same way from both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.files import scratch
from graphlead.core.drift import Form, Pair
from graphlead.core.errors import InputError, unknown
from graphlead.engines.duckdb import Db, open_db, table
from graphlead.ingest.cases.values import value
from graphlead.ingest.column_profile import profile
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, open_source
from graphlead.ingest.pairs.forms import Planned, Side, planned
from graphlead.ingest.plan import refuse_headerless, refuse_unsplit


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Two tables that are open. plan: how each column is compared, in the order of the new table, gone ones last."""

    db: Db
    old: Source
    new: Source
    plan: tuple[Planned, ...]
    notes: tuple[str, ...]

    def columns(self) -> Iterator[Pair]:
        """The columns with their values, each read when it is asked for."""
        for each in self.plan:
            sides = [self._values(source, each, at) for at, source in enumerate((self.old, self.new))]
            yield Pair(
                name=each.name, form=each.form, old=sides[0], new=sides[1], why=each.why, score=each.score
            )

    def _values(self, source: Source, column: Planned, at: int) -> pd.Series | None:
        read = column.reads[at]
        if read is None:
            return None
        place = source.names.index(read.name)
        sql = value(read, source.columns[place], source.families[place])
        if column.form is Form.DATE:
            sql = f"date_diff('day', DATE '1970-01-01', {sql})"
        cast = {Form.CATEGORY: "VARCHAR", Form.FILLED: "VARCHAR"}.get(column.form, "DOUBLE")
        found = table(self.db, f"SELECT ({sql})::{cast} AS v FROM {source.view} ORDER BY row")["v"]
        if column.form is Form.FILLED:
            return pd.Series(found.is_valid().to_numpy(zero_copy_only=False))
        texts: pd.Series[Any] = pd.Series(found.to_numpy(zero_copy_only=False))
        return texts.astype(object) if column.form is Form.CATEGORY else texts.astype(np.float64)


@contextmanager
def open_pairs(old: Path, new: Path, id_: str = "", exclude: tuple[str, ...] = ()) -> Iterator[Pairs]:
    """Two tables as the columns that they have in common, and those that one of them lacks.

    id_: the column with the ids, which is found where none is named. Raises InputError where a table has no rows or the
    two have no column in common, SettingsError for an ``id_`` or a column of ``exclude`` that neither has.
    """
    with ExitStack() as stack:
        stack.enter_context(damage_named(old, new))
        folder = stack.enter_context(scratch())
        db = stack.enter_context(open_db(folder))
        sides = [_side(db, path, view, folder) for path, view in ((old, "old_rows"), (new, "new_rows"))]
        for name, option in [(id_, "--id"), *((each, "--exclude") for each in exclude)]:
            names = dict.fromkeys(name for side in sides for name in side.source.names)
            if name and name not in names:
                raise unknown("column", name, names, option)
        plan = planned(sides[0], sides[1], id_, exclude)
        if all(each.form in (Form.GONE, Form.NEW) for each in plan):
            raise InputError(
                f"the tables have no column in common: {', '.join(sides[0].source.names[:5])} ... and "
                f"{', '.join(sides[1].source.names[:5])} ...",
                where=f"{old} and {new}",
                remedy="Give two tables of the same kind.",
            )
        notes = tuple(note for side in sides for note in side.source.remarks())
        yield Pairs(db=db, old=sides[0].source, new=sides[1].source, plan=plan, notes=notes)


def _side(db: Db, path: Path, view: str, folder: Path) -> Side:
    source = open_source(db, path, view, folder)
    if not source.rows:
        raise InputError(
            "there are no rows, only a header.", where=str(path), remedy="Give a file with rows."
        )
    refuse_headerless(source)
    refuse_unsplit(db, source)
    return Side(source=source, seen=dict(zip(source.names, profile(db, source), strict=True)), db=db)

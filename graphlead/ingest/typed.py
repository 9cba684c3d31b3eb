"""The companies' values typed by the plan, once, with the counts behind the noise report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pyarrow as pa

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.held import Held, Values, is_text, worked_out
from graphlead.ingest.plan import Reading
from graphlead.ingest.values import is_infinite

NEAR_EMPTY = 0.995
"""Share of missing values beyond which a column is ignored."""

CONSTANT_MISSING = 0.01
"""Share of missing values up to which a single value is a constant; where more rows lack it, having it is a signal."""

KEPT_WHEN_CONSTANT = (
    Role.ID, Role.NAME, Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE, Role.ADDRESS, Role.CONTACT,
)  # fmt: skip
TYPED = (Role.NUMBER, Role.DATE, Role.BOOLEAN, Role.STATUS)


@dataclass(frozen=True)
class Typed:
    """The companies' values by their readings: texts as codes and distinct values, the others as they are (n,).

    The connection has them as the view ``typed`` (row, v0, v1, ...).
    """

    readings: tuple[Reading, ...]
    columns: tuple[Values | pa.Array, ...]

    @property
    def key(self) -> Reading:
        """The reading of the ids."""
        return next(reading for reading in self.readings if reading.column.role is Role.ID)

    def with_roles(self, *roles: Role) -> list[Reading]:
        """The readings with one of these roles, in the order of the roles, then of the file."""
        return [reading for role in roles for reading in self.readings if reading.column.role is role]

    def of(self, reading: Reading) -> Values | pa.Array:
        return self.columns[self.readings.index(reading)]

    def release(self, db: Db) -> None:
        """Let go of what the connection reads from memory."""
        db.unregister("typed")

    def texts(self, reading: Reading) -> Values:
        """A column of texts."""
        return cast("Values", self.of(reading))


def type_values(db: Db, source: Held, readings: tuple[Reading, ...]) -> Typed:
    """The values of all columns, and the readings with their counts.

    Columns that are empty, nearly empty or constant become ignored, unless the user set their role.
    """
    found = [_typed(db, source, reading) for reading in readings]
    typed = Typed(tuple(reading for reading, _ in found), tuple(column for _, column in found))
    names = ["row", *(reading.typed_name for reading in typed.readings)]
    columns = [each.as_arrow() if isinstance(each, Values) else each for each in typed.columns]
    db.register("typed", pa.table([pa.array(source.numbers), *columns], names))
    return typed


def _typed(db: Db, source: Held, reading: Reading) -> tuple[Reading, Values | pa.Array]:
    """A column's values, those of its distinct cells spread over the rows, and its reading with the counts."""
    cells = source.cells(reading.source)
    values = worked_out(db, f"SELECT {reading.value} AS c FROM {cells}")
    db.register("values_of_cells", pa.table({"c": values}))
    raw = source.data[source.columns.index(reading.source)]
    typed = int(raw.times[np.asarray(values.is_valid())].sum())
    (distinct,) = one_row(db, "SELECT approx_count_distinct(c) FROM values_of_cells")
    counted = _without_use(_counted(db, source, reading, typed, int(distinct)))
    if counted.column.role is Role.IGNORED:
        values = worked_out(db, "SELECT c::VARCHAR AS c FROM values_of_cells")
    db.unregister("values_of_cells")
    if is_text(values.type):
        return counted, raw.through(values)
    return counted, raw.spread(values)


def _counted(db: Db, source: Held, reading: Reading, typed: int, distinct: int) -> Reading:
    missing = 1 - typed / source.rows if source.rows else 0.0
    column = replace(reading.column, missing=missing, distinct=min(distinct, typed))
    cleaned, infinite = typed, 0
    if typed < reading.raw and column.role in TYPED:
        number = column.role is Role.NUMBER and reading.family in ("text", "number")
        infinities = f"coalesce(sum(n) FILTER ({is_infinite(reading.unbounded)}), 0)" if number else "0"
        filled = f"coalesce(sum(n) FILTER ({reading.text} IS NOT NULL), 0)"
        cleaned, infinite = one_row(db, f"SELECT {filled}, {infinities} FROM {source.cells(reading.source)}")
    return replace(reading, column=column, typed=typed, cleaned=int(cleaned), infinite=int(infinite))


def _without_use(reading: Reading) -> Reading:
    column = reading.column
    if column.role is Role.STATUS:
        return reading if column.missing < 1 else _ignored(reading, "it says of no company that it has ended")
    if reading.forced or (column.role in KEPT_WHEN_CONSTANT and column.missing < 1):
        return reading
    if column.missing == 1:
        why = "empty"
    elif column.missing > NEAR_EMPTY:
        why = f"{column.missing:.1%} empty"
    elif column.distinct == 1 and column.missing < CONSTANT_MISSING:
        why = "the same value in every row"
    else:
        return reading
    return _ignored(reading, why)


def _ignored(reading: Reading, why: str) -> Reading:
    return replace(reading, column=replace(reading.column, role=Role.IGNORED, reason=why))

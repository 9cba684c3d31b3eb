"""The companies' values typed by the plan, once, with the counts behind the noise report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row, plain, write_parquet
from graphlead.ingest.column_profile import measure
from graphlead.ingest.open_file import Source
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


def type_values(db: Db, source: Source, readings: tuple[Reading, ...], folder: Path) -> tuple[Reading, ...]:
    """Make the view ``typed`` (row, v0, v1, ...) and return the readings with their counts.

    Columns that are empty, nearly empty or constant become ignored, unless the user set their role.
    """
    values = ", ".join(f"{reading.value} AS {reading.typed_name}" for reading in readings)
    path = folder / "typed.parquet"
    write_parquet(db, f"SELECT row, {values} FROM {source.view}", path)
    db.read_parquet(plain(path)).create_view("typed")
    names = [(reading.typed_name, "") for reading in readings]
    counts = measure(db, "typed", names, lambda v, _: (f"count({v})", f"approx_count_distinct({v})"))
    return tuple(
        _without_use(_counted(db, source, reading, int(filled), int(distinct)))
        for reading, (filled, distinct) in zip(readings, counts, strict=True)
    )


def _counted(db: Db, source: Source, reading: Reading, typed: int, distinct: int) -> Reading:
    missing = 1 - typed / source.rows if source.rows else 0.0
    column = replace(reading.column, missing=missing, distinct=min(distinct, typed))
    cleaned, infinite = typed, 0
    if typed < reading.raw and column.role in TYPED:
        number = column.role is Role.NUMBER and reading.family in ("text", "number")
        infinities = f"count(*) FILTER ({is_infinite(reading.unbounded)})" if number else "0"
        cleaned, infinite = one_row(db, f"SELECT count({reading.text}), {infinities} FROM {source.view}")
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

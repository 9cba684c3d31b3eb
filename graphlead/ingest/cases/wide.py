"""Tables with thousands of columns of numbers, such as a column for each item of a shop, to Cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from graphlead.common.files import scratch
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind
from graphlead.core.errors import MOST_SHOWN, InputError, Place
from graphlead.ingest.cases.identity import find_id
from graphlead.ingest.cases.tables import CaseTable
from graphlead.ingest.cases.understood import ReadColumn, TableOptions, Understood
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.head import MOST_COLUMNS
from graphlead.ingest.open_file import check_file, distinct_names, is_parquet
from graphlead.ingest.sheets.read import read_sheet, sheet_width
from graphlead.ingest.sheets.workbook import is_workbook

WIDEST = 20_000
"""Columns at most: of 100,000 customers, 20,000 numbers are 16 GB."""
HEAD = 1 << 20


def is_wide(path: Path) -> bool:
    """Whether a Parquet or CSV file, or a sheet, has more columns than are looked at one by one.

    Errors are those of ``check_file``.
    """
    check_file(path)
    with damage_named(path):
        if is_parquet(path):
            return len(pq.read_schema(path)) > MOST_COLUMNS
        if is_workbook(path):
            with scratch() as folder:
                return sheet_width(path, folder) > MOST_COLUMNS
        with path.open("rb") as file:
            return file.read(HEAD).partition(b"\n")[0].count(_delimiter(path)) >= MOST_COLUMNS


def read_wide(path: Path, options: TableOptions, like: Understood | None = None) -> CaseTable:
    """The customers of a table of which all columns but the id are numbers, 0 and 1, or true and false.

    A CSV has commas, semicolons or tabs between the numbers. Raises InputError for a column of anything else, for ids
    twice, and where a column of ``like`` is missing.
    """
    table = _table(path)
    names = [str(name) for name in table.column_names]
    if len(names) > WIDEST:
        raise InputError(
            f"there are {len(names):,} columns; at most {WIDEST:,} are read.",
            where=f"{path}, header row",
            remedy="Keep the items that are bought most.",
        )
    id_ = like.name_of(Use.ID) if like else options.id or _id_of(table, names)
    kept = [column.name for column in like.features] if like else [name for name in names if name != id_]
    if lacking := [name for name in (id_, *kept) if name and name not in names]:
        raise InputError(
            f"the table has no column {', '.join(lacking[:5])}.",
            where=str(path),
            remedy="Add it, or name another.",
        )
    ids = _ids(table, id_, path)
    features = pd.DataFrame({name: _numbers(table, name, path) for name in kept})
    understood = like or _understood(kept, id_, options)
    return CaseTable(_cases(ids, features), understood, ())


def _delimiter(path: Path) -> bytes:
    with path.open("rb") as file:
        first = file.read(HEAD).partition(b"\n")[0]
    return max((b",", b";", b"\t"), key=first.count)


def _table(path: Path) -> pa.Table:
    with damage_named(path):
        if is_parquet(path):
            return pq.read_table(path)
        if is_workbook(path):
            return _sheet(path)
        try:
            return csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=_delimiter(path).decode()))
        except pa.ArrowInvalid as error:
            reason = " ".join(str(error).split())[:MOST_SHOWN]
            raise InputError(
                f"the rows cannot be read ({reason}).", where=str(path), remedy="Write it again, as Parquet."
            ) from error


def _sheet(path: Path) -> pa.Table:
    with scratch() as folder:
        found = read_sheet(path, folder)
        return (
            pq.read_table(found.parquet).drop_columns("row").rename_columns(distinct_names(list(found.names)))
        )


def _id_of(table: pa.Table, names: list[str]) -> str:
    def counts(at: int) -> tuple[int, int]:
        column = table.column(at).drop_null()
        return len(column), len(column.unique())

    at = find_id(tuple(names), "customers", counts, len(table))
    return "" if at is None else names[at]


def _ids(table: pa.Table, name: str, path: Path) -> np.ndarray:
    if not name:
        return np.array([str(row) for row in range(1, len(table) + 1)], object)
    ids = table[name].cast(pa.string()).to_pandas()
    twice = ids[ids.duplicated()]
    if len(twice) or ids.isna().any():
        problem = f"the id {twice.iloc[0]!r} comes several times" if len(twice) else "a row has no id"
        raise InputError(
            f"{problem}.",
            where=Place.of(path, column=name),
            remedy="Keep one row a case, or say --id COLUMN.",
        )
    return np.asarray(ids.to_numpy(object))


def _numbers(table: pa.Table, name: str, path: Path) -> np.ndarray:
    held = table[name]
    if not (
        pa.types.is_integer(held.type) or pa.types.is_floating(held.type) or pa.types.is_boolean(held.type)
    ):
        raise InputError(
            f"the column {name} has no numbers; in a table of more than {MOST_COLUMNS:,} columns all but the id are.",
            where=str(path),
            remedy="Leave it out, or name the column with the ids by --id.",
        )
    return np.asarray(held.to_pandas().astype(np.float64))


def _understood(names: list[str], id_: str, options: TableOptions) -> Understood:
    columns = [ReadColumn(name=name, use=Use.NUMBER, because="one of many numbers") for name in names]
    ids = (
        [ReadColumn(name=id_, use=Use.ID, because="set by you" if options.id else "its name")] if id_ else []
    )
    return Understood(
        table="customers",
        columns=(*ids, *columns),
        positives=(),
        negatives=(),
        reference=options.as_of,
        as_of=options.as_of,
        within=options.within,
    )


def _cases(ids: np.ndarray, features: pd.DataFrame) -> Cases:
    n = len(ids)
    return Cases(
        ids=ids,
        features=features,
        columns=tuple(CaseColumn(name=str(name), kind=Kind.NUMBER, source=str(name)) for name in features),
        outcome=np.full(n, OPEN, np.int8),
        day=np.full(n, "NaT", "datetime64[D]"),
        group=np.arange(n, dtype=np.int64),
        facts=pd.DataFrame(index=range(n)),
    )

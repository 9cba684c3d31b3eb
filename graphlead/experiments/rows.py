"""The rows of a table of an experiment as text: its cells as typed, and the column with the ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.rows import row_number
from graphlead.common.spreadsheets import restored
from graphlead.core.arrays import Longs
from graphlead.core.errors import InputError, Place, unknown
from graphlead.ingest.cases.identity import find_id
from graphlead.ingest.lists import read_placed
from graphlead.ingest.open_file import is_text

SHOWN = 5
"""Rows that a message names."""


def read_texts(path: Path) -> pd.DataFrame:
    """Every row of a CSV or Parquet file, or of a workbook, cells as text, missing where empty; formulas that were
    guarded are restored.

    Raises InputError when the file cannot be used, or has no rows.
    """
    frame = read_placed(path)
    if not len(frame):
        raise InputError(
            "there are no rows, only a header.", where=str(path), remedy="Give a file with rows."
        )
    return restored(frame) if is_text(path) else frame


def check_columns(names: tuple[str | None, ...], frame: pd.DataFrame, where: str) -> None:
    """Raise SettingsError, with the nearest name, for the first name that is no column; None is none asked for."""
    columns = [str(each) for each in frame]
    for name in names:
        if name is not None and name not in columns:
            raise unknown("column", name, columns, where)


def id_column(frame: pd.DataFrame, wanted: str | None, where: str) -> str | None:
    """The column with the ids: the one that is wanted, or found by its name; None where there is none."""
    if wanted is not None:
        check_columns((wanted,), frame, f"{where}, --id")
        return wanted
    names = tuple(str(each) for each in frame)

    def counts(at: int) -> tuple[int, int]:
        column = frame.iloc[:, at]
        return int(column.notna().sum()), int(column.nunique())

    at = find_id(names, "leads", counts, len(frame))
    return None if at is None else names[at]


def ids_of(frame: pd.DataFrame, column: str | None, where: str) -> pd.Series[Any]:
    """The ids as text, missing where a row has none; without a column, the numbers of the rows, from 1.

    Raises InputError for an id that comes twice.
    """
    if column is None:
        return pd.Series([str(at) for at in range(1, len(frame) + 1)], index=frame.index, dtype=object)
    ids = texts_of(frame[column])
    twice = ids[ids.notna() & ids.duplicated(keep=False)]
    if len(twice):
        first = twice.iloc[0]
        at = [str(row_number(frame, i)) for i, same in enumerate(ids.eq(first)) if same]
        others = twice.nunique() - 1
        more = f", and so do {others} other ids" if others else ""
        raise InputError(
            f"the id {first!r} comes {len(at)} times, in rows {', '.join(at[:SHOWN])}{more}.",
            where=Place.of(where, column=column),
            remedy="Keep one row a case, or say --id COLUMN.",
        )
    return ids


def texts_of(values: pd.Series[Any]) -> pd.Series[Any]:
    """Values as trimmed text, None where empty; 3.0 as 3, for a spreadsheet writes one for the other."""
    codes, kinds = pd.factorize(values)
    found = np.array([*map(_text, kinds), None], object)
    return pd.Series(found[codes], index=values.index, dtype=object)


def coded(values: pd.Series[Any]) -> tuple[Longs, tuple[str, ...]]:
    """Values as positions (n,) in their sorted texts, -1 where empty, and these texts; see ``texts_of``."""
    codes, kinds = pd.factorize(values)
    texts = [*map(_text, kinds)]
    names = tuple(sorted({text for text in texts if text is not None}))
    places = [-1 if text is None else names.index(text) for text in texts]
    return np.array([*places, -1], np.int64)[codes], names


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None

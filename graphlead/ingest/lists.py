"""Reading of client and suppress lists as people type them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from graphlead.common.files import scratch
from graphlead.common.rows import placed_rows
from graphlead.core.errors import InputError, Place
from graphlead.engines.duckdb import open_db, quoted
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import as_text, open_source


def read_list(path: Path) -> pd.DataFrame:
    """A small table from CSV, Parquet or a workbook, every column a string exactly as it was typed.

    NA marks empty cells and nothing else: the text "NA" and leading zeros stay. Raises InputError when the file
    cannot be used, or when a row has more or fewer fields than the header.
    """
    frame = read_placed(path)
    frame.attrs.clear()
    return frame


def read_placed(path: Path) -> pd.DataFrame:
    """The same, of which ``row_number`` and ``place_of`` know the numbers of its rows and its file."""
    with damage_named(path), scratch() as folder, open_db(folder) as db:
        source = open_source(db, path, "list", folder)
        if source.rejected:
            first = source.rejected[0]
            raise InputError(
                f"{len(source.rejected)} rows cannot be read: row {first.row} has {first.reason}.",
                where=Place.of(path, row=first.row),
                remedy=f"Put quotes round values that contain the delimiter: {first.text[:80].strip()!r}.",
            )
        selected = ", ".join(
            f"nullif({as_text(column, family)}, '') AS {quoted(name)}"
            for name, column, family in zip(source.names, source.columns, source.families, strict=True)
        )
        table: pa.Table = db.sql(f"SELECT row, {selected} FROM list_raw ORDER BY row").to_arrow_table()
        numbers = table["row"].to_pylist()
        frame: pd.DataFrame = table.drop_columns("row").to_pandas(
            types_mapper={pa.string(): pd.StringDtype()}.get
        )
    return placed_rows(frame, source.path, numbers)

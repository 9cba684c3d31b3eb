"""The engine of one machine: DuckDB, which spills to disk what does not fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.engine import OnBatches
from graphlead.engines.duckdb import Db, literal, open_db, plain, quoted, run, write_parquet
from graphlead.engines.parquet import files_of, firsts_of

BATCH = 65_536
"""Rows of a batch that functions get, a choice."""


class LocalEngine:
    """DuckDB as an engine; ``folder`` is for what spills and for what functions make."""

    def __init__(self, folder: Path, master: str = "") -> None:
        self._folder, self._open = folder, ExitStack()
        self._held: list[pa.Table] = []
        self._files = 0

    def __enter__(self) -> Self:
        self._db: Db = self._open.enter_context(open_db(self._folder))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def read(self, name: str, source: Path | pa.Table, number: str = "") -> None:
        """See ``Engine``."""
        if isinstance(source, pa.Table):
            self._held.append(source)
            self._db.register(name, source)
            return
        parts = [
            f"SELECT *{_numbered(first, number)} FROM read_parquet({literal(plain(path))}"
            f"{', file_row_number = true' if number else ''})"
            for path, first in firsts_of(files_of(source)).items()
        ]
        self.sql(name, " UNION ALL BY NAME ".join(parts))

    def sql(self, name: str, statement: str) -> None:
        """See ``Engine``."""
        run(self._db, f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {statement}")

    def map_arrow(
        self, name: str, source: str, function: OnBatches, by: Sequence[str] = (), order: Sequence[str] = ()
    ) -> None:
        """See ``Engine``; the function runs now, and what it makes is kept in a file."""
        self._files += 1
        path = self._folder / f"{name}-{self._files}.parquet"
        query = f"SELECT * FROM {quoted(source)}{_in(order)}"
        with pq.ParquetWriter(path, function.schema, compression="zstd") as file:
            for batch in function(iter(self._db.sql(query).to_arrow_reader(BATCH))):
                file.write_batch(batch)
        self.read(name, path)

    def write(self, name: str, folder: Path, order: Sequence[str] = ()) -> None:
        """See ``Engine``."""
        folder.mkdir()
        write_parquet(self._db, f"SELECT * FROM {quoted(name)}{_in(order)}", folder / "part-00000.parquet")


def _numbered(first: int, number: str) -> str:
    return f" EXCLUDE (file_row_number), file_row_number + {first} AS {quoted(number)}" if number else ""


def _in(order: Sequence[str]) -> str:
    return f" ORDER BY {', '.join(quoted(column) for column in order)}" if order else ""

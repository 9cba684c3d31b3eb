"""Tables of an engine that are kept in a folder of their own, so that they are worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from graphlead.core.engine import Engine
from graphlead.engines.parquet import table_of

ROW = "row_of_company"
"""The column with the number of a company beside the columns of a register, which may have one named company."""


@dataclass(frozen=True)
class Tables:
    """An engine, and the folder of what it keeps."""

    engine: Engine
    folder: Path

    def keep(self, name: str, statement: str, order: Sequence[str] = ()) -> Path:
        """Work out a statement, and make a table of it; returns the folder of its Parquet files."""
        self.engine.sql(f"{name}_made", statement)
        self.engine.write(f"{name}_made", self.folder / name, order)
        self.engine.read(name, self.folder / name)
        return self.folder / name

    def fetch(self, name: str, statement: str, order: Sequence[str] = ()) -> pa.Table:
        """Work out a statement, and return its rows, which have to fit into memory."""
        return table_of(self.keep(name, statement, order))

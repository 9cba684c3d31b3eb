"""A table as it is given from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pandas as pd


class ArrowStream(Protocol):
    """A table in memory that can be read as Arrow, such as one of pyarrow, Polars or DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Table: TypeAlias = "str | Path | pd.DataFrame | ArrowStream"
"""The path of a file, a pandas DataFrame, or an Arrow table."""

"""The contract of what works on tables that may be larger than the memory of one machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import pyarrow as pa


class OnBatches(Protocol):
    """Turns the batches of a table into those of another one. It has to be importable where the engine works."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of the batches that it makes."""
        ...

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]: ...


class Engine(Protocol):
    """Named tables, made from others by statements in the SQL of DuckDB and by functions of Arrow batches.

    A table has no order but that of its columns, and may be worked out anew whenever it is read; ``write`` keeps it.
    """

    def read(self, name: str, source: Path | pa.Table, number: str = "") -> None:
        """Make a table of a Parquet file, of all those in a folder, or of an Arrow table.

        number: a further column with the number of each row from 0, files in the order of their names.
        """
        ...

    def sql(self, name: str, statement: str) -> None:
        """Make a table of the rows of a statement."""
        ...

    def map_arrow(
        self, name: str, source: str, function: OnBatches, by: Sequence[str] = (), order: Sequence[str] = ()
    ) -> None:
        """Make a table of what a function makes of another table.

        Each call of the function gets some of the rows: where ``by`` is given all or none of those that agree in these
        columns, in the ``order`` of these columns, which begin with those of ``by``.
        """
        ...

    def write(self, name: str, folder: Path, order: Sequence[str] = ()) -> None:
        """Write a table to Parquet files in a new folder; with an ``order`` the names of the files have it too."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

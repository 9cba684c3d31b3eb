"""Parquet files with damaged pages, which are found when the page is read, long after the file was opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphlead.core.errors import InputError, Place
from graphlead.core.paths import file_of
from graphlead.engines.duckdb import SQL_ERRORS, open_db, plain, quoted

MAGIC = b"PAR1"


def is_marked(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with file_of(path).open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unreadable(path: Path, broken: Exception, column: str = "") -> InputError:
    """The error for a Parquet file, or one of its columns, that cannot be read."""
    return InputError(
        f"the Parquet file cannot be read ({str(broken).splitlines()[0].rstrip('.')}).",
        where=Place.of(path, column=column) if column else str(path),
        remedy="It may have been cut off or damaged on its way: write it or fetch it again.",
    )


@contextmanager
def damage_named(*paths: Path | None) -> Iterator[None]:
    """Raise InputError, naming file and column, where an error of a query comes from a damaged Parquet file."""
    try:
        yield
    except SQL_ERRORS as error:
        for path in filter(None, paths):
            if is_marked(path):
                _read_whole(path)
        raise error


def _read_whole(path: Path) -> None:
    """Read every column. Raises InputError for the first that is damaged."""
    with open_db() as db:
        name = ""
        try:
            relation = db.read_parquet(plain(path))
            for name in relation.columns:
                relation.aggregate(f"max(hash({quoted(name)}))").fetchall()
        except SQL_ERRORS as broken:
            raise unreadable(path, broken, name) from broken

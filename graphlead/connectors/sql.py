"""A DuckDB session with bounded memory, quoting, and what the readers of this room share in SQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from graphlead.core.errors import RunFolderError

MEMORY = "768MB"
"""What DuckDB may hold before it spills to the session's folder."""

MACROS = (
    "per_cent(x) AS CASE WHEN contains(x::VARCHAR, 'e') THEN printf('%.12f', x) "
    "ELSE regexp_replace(x::VARCHAR, '\\.0$', '') END",
    # Every share is written with its sign, so that 0.5 is half a per cent whatever else the column holds.
    "share_text(low, high) AS CASE WHEN low IS NULL AND high IS NULL THEN NULL "
    "WHEN coalesce(low, 0) = 0 AND coalesce(high, 100) = 100 THEN NULL WHEN low = high THEN per_cent(low) || '%' "
    "ELSE per_cent(coalesce(low, 0)) || '-' || per_cent(coalesce(high, 100)) || '%' END",
    "filled(x) AS nullif(trim(x), '')",
    "iso_day(x) AS TRY_CAST(left(x, 10) AS DATE)",
    "identity(kind, x) AS kind || ':' || md5(x)[:16]",
)


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A path or a constant of this package as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def mapping(words: Mapping[str, str]) -> str:
    """Constants of this package as an SQL map."""
    return f"MAP {{{', '.join(f'{literal(key)}: {literal(value)}' for key, value in words.items())}}}"


def plain(path: Path) -> str:
    """A path as a literal for DuckDB's file functions, its wildcards taken literally."""
    return literal("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path)))


def parquet(paths: Iterable[Path]) -> str:
    """SQL that reads these Parquet files, in their order, with the column ``file_row_number``."""
    return f"read_parquet([{', '.join(plain(path) for path in paths)}], file_row_number = true)"


@contextmanager
def session(folder: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and a scratch folder inside ``folder`` (made if missing), both gone afterwards.

    Raises RunFolderError when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
    except OSError as refused:
        raise RunFolderError(
            f"the folder cannot be written to ({refused.strerror}).",
            where=str(folder),
            remedy="Choose another, or give yourself the right to write there.",
        ) from refused
    db = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(scratch / "spill")})
    db.execute("SET preserve_insertion_order = true")
    db.execute("SET enable_progress_bar = false")
    for macro in MACROS:
        db.execute(f"CREATE TEMP MACRO {macro}")
    try:
        yield db, scratch
    finally:
        db.close()
        shutil.rmtree(scratch, ignore_errors=True)

"""SQL shared by the readers of published data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from graphlead.common.files import scratch
from graphlead.engines.duckdb import Db, literal, open_db, plain

MACROS = (
    "per_cent(x) AS CASE WHEN contains(x::VARCHAR, 'e') THEN printf('%.12f', x) "
    "ELSE regexp_replace(x::VARCHAR, '\\.0$', '') END",
    # Shares carry a per cent sign, so that 0.5 means half a per cent whatever else the column holds.
    "share_text(low, high) AS CASE WHEN low IS NULL AND high IS NULL THEN NULL "
    "WHEN coalesce(low, 0) = 0 AND coalesce(high, 100) = 100 THEN NULL WHEN low = high THEN per_cent(low) || '%' "
    "ELSE per_cent(coalesce(low, 0)) || '-' || per_cent(coalesce(high, 100)) || '%' END",
    "filled(x) AS nullif(trim(x), '')",
    "iso_day(x) AS TRY_CAST(left(x, 10) AS DATE)",
    "identity(kind, x) AS kind || ':' || md5(x)[:16]",
)


def mapping(words: Mapping[str, str]) -> str:
    """Constants of this package as an SQL map."""
    return f"MAP {{{', '.join(f'{literal(key)}: {literal(value)}' for key, value in words.items())}}}"


def parquet(paths: Iterable[Path]) -> str:
    """SQL that reads these Parquet files, in their order, with the column ``file_row_number``."""
    return f"read_parquet([{', '.join(literal(plain(path)) for path in paths)}], file_row_number = true)"


@contextmanager
def session(out: Path) -> Iterator[tuple[Db, Path]]:
    """A connection with the MACROS and a scratch folder inside ``out``, both removed afterwards.

    Raises RunFolderError when ``out`` cannot be written to.
    """
    with scratch(out) as folder, open_db(folder, MACROS) as db:
        yield db, folder

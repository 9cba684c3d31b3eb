"""Tables given from Python: one in memory becomes a Parquet file for as long as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from graphlead.common.files import scratch, write_parquet
from graphlead.core.errors import MOST_SHOWN, InputError
from graphlead.core.loading import out_of


@contextmanager
def folder_for(
    out: Path | str | None, config: Path | None = None
) -> Iterator[tuple[Path, tempfile.TemporaryDirectory[str] | None]]:
    """The folder for the results, by default the one that the configuration file names.

    Where there is none, one is made, which lives as long as what is returned beside it.
    """
    named = out if out is not None else out_of(config)
    if named is not None:
        yield Path(named), None
        return
    own = tempfile.TemporaryDirectory(prefix="graphlead-")
    try:
        yield Path(own.name) / "results", own
    except BaseException:
        own.cleanup()
        raise


@contextmanager
def as_settings(
    given: Mapping[str, Any], config: Path | None = None
) -> Iterator[tuple[Any, Path, tempfile.TemporaryDirectory[str] | None]]:
    """What was given for a verb with every table as a file and the folder for the results as ``out``; that folder, and
    what it lives as long as. See ``as_files`` and ``folder_for``."""
    with as_files(given) as files, folder_for(given.get("out"), config) as (folder, own):
        yield files | {"out": folder}, folder, own


@contextmanager
def as_files(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same with every table in memory, in a list too, as the path of a Parquet file; several events as a tuple."""
    with scratch() as folder:
        files = {key: _file(value, folder, key) for key, value in given.items()}
        if files.get("events") is not None and not isinstance(files["events"], tuple):
            files["events"] = (files["events"],)
        yield files


def in_memory(value: object) -> bool:
    """Whether a value is a table, and no path to one."""
    return isinstance(value, pd.DataFrame) or hasattr(value, "__arrow_c_stream__")


def frame_of(table: Any) -> Any:
    """A table in memory as a DataFrame; anything else as it is."""
    return _arrow(table).to_pandas() if in_memory(table) and not isinstance(table, pd.DataFrame) else table


def _arrow(table: Any) -> pa.Table:
    return table if isinstance(table, pa.Table) else pa.table(table)


def _file(value: Any, folder: Path, name: str) -> Any:
    if isinstance(value, list | tuple) and any(
        isinstance(each, str | Path) or in_memory(each) for each in value
    ):
        return tuple(_file(each, folder, f"{name}_{at}") for at, each in enumerate(value, 1))
    if not in_memory(value):
        return value
    path = folder / f"{name}.parquet"
    try:
        write_parquet(path, value if isinstance(value, pd.DataFrame) else _arrow(value))
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            f"the table cannot be written as Parquet ({' '.join(str(error).split())[:MOST_SHOWN]}).",
            where=name,
            remedy="Give each column values of one type.",
        ) from error
    return path

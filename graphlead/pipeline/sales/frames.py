"""Tables given from Python: a DataFrame becomes a Parquet file for as long as it is read."""

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

Table = Path | str | pd.DataFrame


@contextmanager
def folder_for(out: Path | str | None) -> Iterator[tuple[Path, tempfile.TemporaryDirectory[str] | None]]:
    """The folder for the results, made when none is given; then it lives as long as what is returned beside it."""
    if out is not None:
        yield Path(out), None
        return
    own = tempfile.TemporaryDirectory(prefix="graphlead-")
    try:
        yield Path(own.name) / "results", own
    except BaseException:
        own.cleanup()
        raise


@contextmanager
def as_files(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same with every DataFrame, in a list too, as the path of a Parquet file; several events as a tuple."""
    with scratch() as folder:
        files = {key: _file(value, folder, key) for key, value in given.items()}
        if files.get("events") is not None and not isinstance(files["events"], tuple):
            files["events"] = (files["events"],)
        yield files


def _file(value: Any, folder: Path, name: str) -> Any:
    if isinstance(value, list | tuple) and any(isinstance(each, pd.DataFrame | str | Path) for each in value):
        return tuple(_file(each, folder, f"{name}_{at}") for at, each in enumerate(value, 1))
    if not isinstance(value, pd.DataFrame):
        return value
    path = folder / f"{name}.parquet"
    try:
        write_parquet(path, value)
    except (pa.ArrowException, ValueError) as error:
        raise InputError(
            f"the table cannot be written as Parquet ({' '.join(str(error).split())[:MOST_SHOWN]}).",
            where=name,
            remedy="Give each column values of one type.",
        ) from error
    return path

"""Files that other programs open: CSV for spreadsheets, JSON, Parquet; each whole or not there at all."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DANGEROUS = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
"""How a cell begins that a spreadsheet might compute or run; also after spaces, which some programs trim."""


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table that spreadsheets open as it is.

    As RFC 4180 has it (line breaks are CRLF, those within cells are in quotes, a lone CR too), in UTF-8 with a byte
    order mark, by which Excel knows it. Text that a spreadsheet would take for a formula (beginning with = + - @ or
    a tab, phone numbers included) gets a leading apostrophe; numbers are left alone. ``restored`` takes the
    apostrophes away again.
    """
    safe = _each_text(frame, lambda text: f"'{text}" if DANGEROUS.match(text) else text)
    _write(path, lambda part: safe.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n"))


def restored(frame: pd.DataFrame) -> pd.DataFrame:
    """A table that ``write_csv`` wrote and people edited, with the text as it was before."""
    return _each_text(frame, lambda text: text[1:] if text[:1] == "'" and DANGEROUS.match(text) else text)


def write_json(content: Mapping[str, object], path: Path) -> None:
    """Write indented JSON; what is not a number becomes null, for JSON has no NaN."""
    text = json.dumps(_jsonable(content), indent=1, ensure_ascii=False, allow_nan=False)
    _write(path, lambda part: part.write_text(text + "\n", "utf-8"))


def write_parquet(table: pd.DataFrame | pa.Table, path: Path) -> None:
    """Write a table without its index, compressed with zstd."""
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    _write(path, lambda part: pq.write_table(table, part, compression="zstd"))


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The frame with its column names and every cell that is a string changed."""

    def changed(value: object) -> object:
        return change(value) if isinstance(value, str) else value

    texts = frame.select_dtypes(["object", "string", "category"]).columns
    return frame.assign(**{name: frame[name].map(changed) for name in texts}).rename(columns=changed)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write to a temporary name beside the path, then rename."""
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _jsonable(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.as_posix() if isinstance(value, Path) else value

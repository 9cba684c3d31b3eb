"""CSV that spreadsheets open safely, and its text restored after people edited it there."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import write_whole

SIGNS = r"=+\-@＝＋－＠"
CELL = r"\A(?='*\s*[" + SIGNS + r"\t\r\n])"
PART = r"(?:(?<=[;\t\n])|(?<=\r)(?!\n))(?='*[^\S\t\r\n]*[" + SIGNS + r"])"
DANGEROUS = re.compile(f"{CELL}|{PART}")
"""The places in a cell where a spreadsheet might see a formula: its beginning, also after spaces, which some programs
trim, and after a sign at which another program or another country's settings split the line, quoted or not."""

ESCAPED = re.compile(f"(?:{CELL}|{PART})'")
"""The apostrophes that ``harmless`` puts at these places."""

PLAIN_SIGN = r"\A[=+\-@][^;\t\r\n]*\z"
"""Texts that get one apostrophe at their beginning, in the words of RE2."""

DOUBTFUL = rf"(?:\A|[;\t\r\n])['\s\v\pZ\x1c-\x1f\x{{85}}]*[{SIGNS}\t\r\n]"
"""Texts that may be dangerous, in the words of RE2, which has no look-around: no other text is."""

ROWS = 100_000
"""Rows written at a time, a choice: thirty columns of them take some 100 MB."""


def harmless(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet might see the beginning of a formula."""
    return DANGEROUS.sub("'", text)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV that spreadsheets open safely, whole or not at all.

    The form is RFC 4180 (CRLF line breaks, cells with line breaks or a lone CR in quotes) in UTF-8 with a byte order
    mark, which Excel needs. Text that a spreadsheet would take for a formula (beginning with = + - @ or a tab, phone
    numbers included, also after a semicolon, a tab or a line break) gets an apostrophe there, which ``restored``
    removes; numbers are left alone. A missing value is an empty cell.
    """
    names = pa.array([str(name) for name in frame], pa.string())

    def write(part: Path) -> None:
        with part.open("wb") as file:
            file.write(codecs.BOM_UTF8)
            file.write(_lines([_cell_of_text(names[i : i + 1]) for i in range(len(names))]))
            for start in range(0, len(frame), ROWS):
                some = frame.iloc[start : start + ROWS]
                file.write(_lines([_cells(some.iloc[:, i]) for i in range(len(names))]))

    write_whole(path, write)


def _lines(columns: Sequence[pa.Array]) -> memoryview:
    """The rows of some columns of cells as lines."""
    if len(columns) == 1:  # a line without anything would be no row
        columns = [pc.if_else(pc.equal(columns[0], ""), '""', columns[0])]
    ended = pc.binary_join_element_wise(columns[-1], "\r\n", "")
    lines = pc.binary_join_element_wise(*columns[:-1], ended, ",")
    end = int(np.frombuffer(lines.buffers()[1], np.int32)[len(lines)])
    return memoryview(lines.buffers()[2] or b"")[:end]


def _cells(values: pd.Series[Any]) -> pa.Array:
    """The cells (r,) of a column."""
    if pd.api.types.is_integer_dtype(values.dtype):
        return pc.fill_null(pa.array(values, from_pandas=True).cast(pa.string()), "")
    if isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype) or values.dtype == object:
        texts = _texts(values)
        return _quoted(_of_objects(values)) if texts is None else _cell_of_text(texts)
    lines = values.to_csv(index=False, header=False, lineterminator="\n").splitlines()
    return pa.array(["" if line == '""' else line for line in lines], pa.string())


def _texts(values: pd.Series[Any]) -> pa.Array | None:
    """A column of texts; None for one that has anything else."""
    try:
        found = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    texts = pa.types.is_string(found.type) or pa.types.is_large_string(found.type)
    return found.cast(pa.string()) if texts else None


def _of_objects(values: pd.Series[Any]) -> pa.Array:
    """A column of anything as text, of which the texts alone are made harmless."""
    missing = values.isna()
    texts = [harmless(value) if isinstance(value, str) else str(value) for value in values]
    return pa.array(np.where(missing, "", np.array(texts, object)), pa.string())


def _cell_of_text(texts: pa.Array) -> pa.Array:
    """Texts as cells: harmless, and in quotes where they need them."""
    return _quoted(_all_harmless(pc.fill_null(texts, "")))


def _quoted(texts: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(texts, '[",\r\n]')
    if not pc.any(special).as_py():
        return texts
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(special, quoted, texts)


def _all_harmless(texts: pa.Array) -> pa.Array:
    """Each of the texts as ``harmless`` has it."""
    plain = pc.match_substring_regex(texts, PLAIN_SIGN)
    texts = pc.if_else(plain, pc.binary_join_element_wise("'", texts, ""), texts)
    doubtful = pc.and_not(pc.match_substring_regex(texts, DOUBTFUL), plain)
    if not pc.any(doubtful).as_py():
        return texts
    changed = [harmless(text) for text in texts.filter(doubtful).to_pylist()]
    return pc.replace_with_mask(texts, doubtful, pa.array(changed, pa.string()))


def restored(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without the apostrophes that ``write_csv`` added; people may have edited it in between."""
    return _each_text(frame, lambda text: ESCAPED.sub("", text))


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The frame with ``change`` applied to its column names and to every string cell."""

    def changed(value: object) -> object:
        return change(value) if isinstance(value, str) else value

    texts = frame.select_dtypes(["object", "string", "category"]).columns
    return frame.assign(**{name: frame[name].map(changed) for name in texts}).rename(columns=changed)

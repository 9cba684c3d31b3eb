"""Tables that spreadsheets open as they are, and that come back from them as they were."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from graphlead.common.files import write_whole

DANGEROUS = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
"""How a cell begins that a spreadsheet might compute or run; also after spaces, which some programs trim."""


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if DANGEROUS.match(text) else text


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table that spreadsheets open as it is, whole or not at all.

    As RFC 4180 has it (line breaks are CRLF, those within cells are in quotes, a lone CR too), in UTF-8 with a byte
    order mark, by which Excel knows it. Text that a spreadsheet would take for a formula (beginning with = + - @ or
    a tab, phone numbers included) gets a leading apostrophe; numbers are left alone. ``restored`` takes the
    apostrophes away again.
    """
    safe = _each_text(frame, harmless)
    write_whole(
        path, lambda part: safe.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    )


def restored(frame: pd.DataFrame) -> pd.DataFrame:
    """A table that ``write_csv`` wrote and people edited, with the text as it was before."""
    return _each_text(frame, lambda text: text[1:] if text[:1] == "'" and DANGEROUS.match(text) else text)


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The frame with its column names and every cell that is a string changed."""

    def changed(value: object) -> object:
        return change(value) if isinstance(value, str) else value

    texts = frame.select_dtypes(["object", "string", "category"]).columns
    return frame.assign(**{name: frame[name].map(changed) for name in texts}).rename(columns=changed)

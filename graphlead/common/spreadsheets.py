"""CSV that spreadsheets open safely, and its text restored after people edited it there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from graphlead.common.files import write_whole

SIGNS = r"=+\-@＝＋－＠"
CELL = r"\A(?='*\s*[" + SIGNS + r"\t\r\n])"
PART = r"(?:(?<=[;\t\n])|(?<=\r)(?!\n))(?='*[^\S\t\r\n]*[" + SIGNS + r"])"
DANGEROUS = re.compile(f"{CELL}|{PART}")
"""The places in a cell where a spreadsheet might see a formula: its beginning, also after spaces, which some programs
trim, and after a sign at which another program or another country's settings split the line, quoted or not."""

ESCAPED = re.compile(f"(?:{CELL}|{PART})'")
"""The apostrophes that ``harmless`` puts at these places."""


def harmless(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet might see the beginning of a formula."""
    return DANGEROUS.sub("'", text)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV that spreadsheets open safely, whole or not at all.

    The form is RFC 4180 (CRLF line breaks, cells with line breaks or a lone CR in quotes) in UTF-8 with a byte order
    mark, which Excel needs. Text that a spreadsheet would take for a formula (beginning with = + - @ or a tab, phone
    numbers included, also after a semicolon, a tab or a line break) gets an apostrophe there, which ``restored``
    removes; numbers are left alone.
    """
    safe = _each_text(frame, harmless)
    write_whole(
        path, lambda part: safe.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    )


def restored(frame: pd.DataFrame) -> pd.DataFrame:
    """The table without the apostrophes that ``write_csv`` added; people may have edited it in between."""
    return _each_text(frame, lambda text: ESCAPED.sub("", text))


def _each_text(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The frame with ``change`` applied to its column names and to every string cell."""

    def changed(value: object) -> object:
        return change(value) if isinstance(value, str) else value

    texts = frame.select_dtypes(["object", "string", "category"]).columns
    return frame.assign(**{name: frame[name].map(changed) for name in texts}).rename(columns=changed)

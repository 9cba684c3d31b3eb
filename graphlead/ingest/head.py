"""The beginning of a delimited text: its delimiter and its column names."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import InputError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ABSENT = "\x1f"
"""The delimiter for a file with a single column: a control character that text does not contain."""

HEAD = 1 << 18
LONGEST_HEADER = 1 << 23
"""Characters of the head that shows the delimiter, and of the longest header, a choice: a line that is longer still
holds no names."""
LINE_END = re.compile(r"[\r\n]")

MOST_COLUMNS = 1_000
"""Columns of the widest file. Understanding one takes 0.02 s of processor time whatever the number of rows (300
columns of 200 rows: 6 s); the widest of the public registers, GLEIF's, has 338."""

csv.field_size_limit(LONGEST_HEADER)


@dataclass(frozen=True)
class Head:
    """The delimiter, the column names, and the number of lines before them."""

    delimiter: str
    header: tuple[str, ...]
    lines_before: int


def read_head(text: Path, path: Path) -> Head:
    """The head of a UTF-8 text, which was made of the file ``path``.

    Raises InputError when the text is empty, its first line no header, or when it has too many columns.
    """
    head, complete = _head(text)
    if not head.strip():
        raise InputError("the file is empty.", where=str(path), remedy="Give a file with a header and rows.")
    if len(head) >= LONGEST_HEADER:
        raise InputError(
            f"the first line is longer than {LONGEST_HEADER:,} characters.",
            where=f"{path}, header row",
            remedy="Write the names of the columns into the first line, and each row into a line of its own.",
        )
    announced = re.match(r"sep=(.)\r?\n", head)
    delimiter = announced[1] if announced else _find_delimiter(head, complete)
    header = _rows(head.split("\n", 1)[1] if announced else head, delimiter)[:1]
    if not header:
        raise InputError("there is no header.", where=str(path), remedy="Give a file with a header and rows.")
    check_width(len(header[0]), path)
    return Head(delimiter, tuple(header[0]), 1 if announced else 0)


def check_width(columns: int, path: Path) -> None:
    """Raise InputError for a file with more columns than are understood in reasonable time."""
    if columns > MOST_COLUMNS:
        raise InputError(
            f"there are {columns:,} columns; at most {MOST_COLUMNS:,} are read.",
            where=f"{path}, header row",
            remedy="Keep those that say something of a company, its id and its name among them.",
        )


def delimiter_name(delimiter: str) -> str:
    return DELIMITERS.get(delimiter, "none, a single column" if delimiter == ABSENT else repr(delimiter))


def _head(text: Path) -> tuple[str, bool]:
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(HEAD).lstrip("\r\n")
        while not LINE_END.search(head) and len(head) < LONGEST_HEADER and (more := file.read(HEAD)):
            head += more
        return head, not file.read(1)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def _find_delimiter(head: str, complete: bool) -> str:
    """The delimiter with which the most rows of the head have as many fields as the first."""
    best, best_score = ABSENT, (0.0, 0)
    for delimiter in DELIMITERS:
        rows = _rows(head, delimiter)
        rows = rows if complete or len(rows) < 2 else rows[:-1]
        width = len(rows[0])
        agreeing = Counter(len(row) for row in rows)[width] / len(rows)
        if width > 1 and (agreeing, width) > best_score:
            best, best_score = delimiter, (agreeing, width)
    return best

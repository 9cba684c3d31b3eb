"""Paths that a file can have, and the sheet of a workbook that one may name."""

from __future__ import annotations

import re
from pathlib import Path

A_PATH = "a path that is valid Unicode and has no zero byte"

_SHEET = re.compile(r"(?is)(.+\.(?:xlsx|xlsm|xlsb|xls|ods)):([^/]+)")
"""FILE.xlsx:Sheet; Excel allows no colon in the name of a sheet."""


def is_path(value: object) -> bool:
    """Whether the value is a path that every program can open: no zero byte, and no byte that is not UTF-8."""
    text = str(value)
    return (
        isinstance(value, Path)
        and "\0" not in text
        and not any("\ud800" <= sign <= "\udfff" for sign in text)
    )


def file_of(path: Path) -> Path:
    """The file that a path names: that of FILE.xlsx:Sheet is FILE.xlsx, any other path is its own."""
    return _parted(path)[0]


def sheet_of(path: Path) -> str:
    """The sheet that a path names; empty where it names none."""
    return _parted(path)[1]


def with_sheet(path: Path, sheet: str) -> Path:
    """The path of a sheet of the workbook that a path names."""
    file = file_of(path)
    return file.with_name(f"{file.name}:{sheet}")


def _parted(path: Path) -> tuple[Path, str]:
    found = _SHEET.fullmatch(path.name)
    return (path.with_name(found[1]), found[2]) if found else (path, "")

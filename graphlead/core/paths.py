"""Paths that a file can have."""

from __future__ import annotations

from pathlib import Path

A_PATH = "a path that is valid Unicode and has no zero byte"


def is_path(value: object) -> bool:
    """Whether the value is a path that every program can open: no zero byte, and no byte that is not UTF-8."""
    text = str(value)
    return (
        isinstance(value, Path)
        and "\0" not in text
        and not any("\ud800" <= sign <= "\udfff" for sign in text)
    )

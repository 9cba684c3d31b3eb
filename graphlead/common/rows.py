"""Rows of a table that was read, and where each stands in its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

PLACE, NUMBERS = "graphlead_file", "graphlead_rows"


def placed_rows(frame: pd.DataFrame, path: Path, numbers: Sequence[int]) -> pd.DataFrame:
    """The table, of which ``row_number`` and ``place_of`` know the file and the number of each row (n,) in it."""
    run = bool(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1
    frame.attrs[PLACE] = str(path)
    frame.attrs[NUMBERS] = {"first": numbers[0], "rows": len(numbers)} if run else {"each": list(numbers)}
    return frame


def row_number(frame: pd.DataFrame | pd.Series[Any], position: int) -> int:
    """The number of the row at a position (from 0) in its file; counted from 1 where the table was not read whole."""
    known = frame.attrs.get(NUMBERS, {})
    if known.get("rows") == len(frame):
        return int(known["first"]) + position
    each = known.get("each", ())
    return int(each[position]) if len(each) == len(frame) else position + 1


def place_of(frame: pd.DataFrame, other: str) -> str:
    """The file of a table, FILE:SHEET for a workbook; ``other`` where it was not read."""
    return str(frame.attrs.get(PLACE, other))

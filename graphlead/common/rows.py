"""Rows of a table that was read, and where each stands in its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

PLACE, NUMBERS = "graphlead_file", "graphlead_rows"


def placed_rows(frame: pd.DataFrame, path: Path, numbers: Sequence[int]) -> pd.DataFrame:
    """The table, of which ``row_number`` and ``place_of`` know the file and the number of each row (n,) in it."""
    run = range(numbers[0], numbers[0] + len(numbers)) if numbers else range(0)
    frame.attrs[PLACE] = str(path)
    frame.attrs[NUMBERS] = run if list(run) == list(numbers) else tuple(numbers)
    return frame


def row_number(frame: pd.DataFrame | pd.Series[Any], position: int) -> int:
    """The number of the row at a position (from 0) in its file; counted from 1 where the table was not read."""
    numbers: Sequence[int] = frame.attrs.get(NUMBERS, ())
    return numbers[position] if len(numbers) == len(frame) else position + 1


def place_of(frame: pd.DataFrame, other: str) -> str:
    """The file of a table, FILE:SHEET for a workbook; ``other`` where it was not read."""
    return str(frame.attrs.get(PLACE, other))

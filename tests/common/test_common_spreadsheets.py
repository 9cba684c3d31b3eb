"""Tables written by columns are those that Python's own writer makes of their cells, one by one."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphlead.common.spreadsheets import harmless, write_csv

SIGNS = [*"=+-@＝\t\r\n;,\"' \xa0\u3000\x1c\x0b\x85aé"]
OTHERS = [5, -5, 2.5, None, True, date(2020, 1, 2)]


def texts(draw: random.Random, n: int) -> list[str]:
    return ["".join(draw.choices(SIGNS, k=draw.randint(0, 7))) for _ in range(n)]


def by_cells(frame: pd.DataFrame) -> bytes:
    """The file with each cell made harmless and written by itself."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([harmless(name) for name in frame])
    for row in frame.astype(object).itertuples(index=False):
        cells = ["" if value is None or pd.isna(value) else value for value in row]
        lines.writerow([harmless(cell) if isinstance(cell, str) else str(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@pytest.mark.parametrize("columns", [("a", "=b", "mixed", "kind", "i", "I", "f"), ("a",), ("f",), ("I",)])
def test_columns_are_written_as_their_cells(tmp_path: Path, columns: tuple[str, ...]) -> None:
    draw, n = random.Random(1), 1_500  # noqa: S311
    frame = pd.DataFrame({
        "a": pd.Series(texts(draw, n), dtype="string"),
        "=b": pd.Series([text or None for text in texts(draw, n)], dtype=object),
        "mixed": pd.Series([draw.choice([text, *OTHERS]) for text in texts(draw, n)], dtype=object),
        "kind": pd.Categorical(texts(draw, n)),
        "i": np.arange(n),
        "I": pd.Series([draw.choice([None, -3, 12_345_678_901]) for _ in range(n)], dtype="Int64"),
        "f": [draw.choice([np.nan, 0.1, 1e-9, 1e20, 26_874.0, -0.0, 1 / 3]) for _ in range(n)],
    })[list(columns)]  # fmt: skip
    write_csv(tmp_path / "t.csv", frame)
    assert (tmp_path / "t.csv").read_bytes() == by_cells(frame)
    write_csv(tmp_path / "none.csv", frame.iloc[:0])
    assert (tmp_path / "none.csv").read_bytes() == by_cells(frame.iloc[:0])

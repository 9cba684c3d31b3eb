"""Where the table on a sheet begins: its header below titles, also one of several rows with merged cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphlead.ingest.sheets.cells import is_blank, plain

LOOKED = 100
"""Rows looked through for the header: titles, logos and remarks above a table take fewer."""

DEEPEST = 3
"""Rows of the tallest header with merged cells that is understood, a choice."""

Row = Sequence[object]
Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]
"""Ranges of merged cells: row and column of the first and of the last, from 0."""


@dataclass(frozen=True, kw_only=True)
class SheetHead:
    """first, last: the rows of the header, from 0; names: of each column of the sheet, empty where it has none."""

    first: int
    last: int
    names: tuple[str, ...]


def find_head(rows: Sequence[Row], merged: Merged) -> SheetHead | None:
    """The header among the first rows of a sheet; None where no cell is filled.

    It is the first row with more than half as many cells as the fullest one, most of them texts; one with an empty row
    below and a row of more texts behind that is a title. Cells of the row that are merged with the ones below
    make it taller.
    """
    looked = rows[:LOOKED]
    counts = [_filled(row, at, merged) for at, row in enumerate(looked)]
    if not any(counts):
        return None
    widest = max(counts)
    counts = [_filled(row, at, _without_titles(merged, widest)) for at, row in enumerate(looked)]
    first = next(
        (at for at, row in enumerate(looked) if counts[at] > widest / 2 and _mostly_texts(row)),
        next(at for at, count in enumerate(counts) if count > widest / 2),
    )
    while (below := _below_gap(looked, counts, first)) is not None:
        first = below
    last = _last(looked, first, merged)
    return SheetHead(first=first, last=last, names=_names(looked, first, last, merged))


def _without_titles(merged: Merged, widest: int) -> Merged:
    """The ranges without those that are wider than half a table, which are titles."""
    return [each for each in merged if each[1][1] - each[0][1] + 1 <= widest / 2]


def _filled(row: Row, at: int, merged: Merged) -> int:
    """Columns of a row with a value, those of a merged range counting all."""
    filled = {column for column, value in enumerate(row) if not is_blank(value)}
    for (top, left), (bottom, right) in merged:
        if top <= at <= bottom and (left in filled or at > top):
            filled.update(range(left, right + 1))
    return len(filled)


def _mostly_texts(row: Row) -> bool:
    return 2 * _texts(row) >= sum(not is_blank(value) for value in row)


def _below_gap(rows: Sequence[Row], counts: Sequence[int], at: int) -> int | None:
    """The row behind the gap below row ``at``, if it is the header and that row a title."""
    if at + 1 >= len(rows) or counts[at + 1]:
        return None
    below = next((each for each in range(at + 1, len(rows)) if counts[each]), None)
    if below is None or counts[below] < counts[at] or not _mostly_texts(rows[below]):
        return None
    return below if _texts(rows[below]) > _texts(rows[at]) else None


def _texts(row: Row) -> int:
    return sum(isinstance(value, str) and not is_blank(value) for value in row)


def _last(rows: Sequence[Row], first: int, merged: Merged) -> int:
    """The last row of a header that begins in row ``first``."""
    tall = [bottom for (top, _), (bottom, _) in merged if top == first < bottom < first + DEEPEST]
    if tall:
        return min(max(tall), len(rows) - 1)
    wide = [span for span in merged if span[0][0] == span[1][0] == first and span[0][1] < span[1][1]]
    if not wide or first + 1 >= len(rows):
        return first
    below = [*rows[first + 1], *[""] * max(right + 1 for _, (_, right) in wide)]
    named = not any(is_blank(value) for (_, left), (_, right) in wide for value in below[left : right + 1])
    texts = all(isinstance(value, str) for value in below if value is not None)
    return first + 1 if named and texts else first


def _names(rows: Sequence[Row], first: int, last: int, merged: Merged) -> tuple[str, ...]:
    """The lowest name of each column, with those above it where several columns have the same."""
    width = max(len(row) for row in rows)
    parts = [_parts(rows, range(first, last + 1), column, merged) for column in range(width)]
    lowest = [each[-1] if each else "" for each in parts]
    times = Counter(name.casefold() for name in lowest)
    return tuple(
        " ".join(each) if times[name.casefold()] > 1 else name
        for each, name in zip(parts, lowest, strict=True)
    )


def _parts(rows: Sequence[Row], within: range, column: int, merged: Merged) -> list[str]:
    """The names above one another in a column of the header, each once."""
    value_of = _covering(rows, merged)
    found = [" ".join(plain(value_of(row, column)).split()) for row in within]
    return [name for at, name in enumerate(found) if name and name not in found[:at]]


def _covering(rows: Sequence[Row], merged: Merged) -> Callable[[int, int], object]:
    def value_of(row: int, column: int) -> object:
        for (top, left), (bottom, right) in merged:
            if top <= row <= bottom and left <= column <= right:
                row, column = top, left
                break
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""

    return value_of

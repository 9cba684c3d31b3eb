"""How much of an excluded column the ranking still follows: other columns may stand in for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Longs

BINS = 10
"""Bands of equal size that a number or a date is cut into; a choice: deciles are easy to read."""

FEWEST = 5
"""Companies on the list that a value needs to be named: the lift of rarer ones is mostly chance."""


@dataclass(frozen=True)
class Leaning:
    """How closely the ranking still follows an excluded column.

    explained: the share of the ranks' variance that the column accounts for beyond chance (epsilon squared, Kelley
    1935), in [0, 1]; value, lift: the value most over-represented on the list, and its frequency there over that
    among all candidates; empty and 1 where no value has FEWEST companies on the list.
    """

    column: str
    explained: float
    value: str
    lift: float

    def sentence(self) -> str:
        leans = (
            f"; {self.value} is {self.lift:.1f} times as frequent in the list as among all"
            if self.value
            else ""
        )
        return (
            f"{self.column} was left out, and the ranking still explains {self.explained:.1%} of it"
            f" ({word(self.explained)}){leans}."
        )


def leaning(column: str, values: pa.ChunkedArray, top: int) -> Leaning:
    """How the ranking leans towards a column: ``values`` (m,) of all candidates, best first; the list is the
    first ``top``.
    """
    codes, names = coded_values(values)
    sizes = np.bincount(codes, minlength=len(names))
    listed = np.bincount(codes[:top], minlength=len(names))
    lifts = np.where(
        listed >= FEWEST, listed / np.maximum(sizes, 1) * (len(codes) / max(min(top, len(codes)), 1)), 0
    )
    most = int(np.argmax(lifts)) if len(lifts) else 0
    named = bool(len(lifts)) and lifts[most] > 1
    return Leaning(
        column, explained(codes, sizes), names[most] if named else "", float(lifts[most]) if named else 1.0
    )


def explained(codes: Longs, sizes: Longs) -> float:
    """The share of the ranks' variance, in [0, 1], that the values account for; see ``Leaning``.

    codes: (m,) of the candidates, best first; sizes: (k,) how many have each.
    """
    n, k = len(codes), int((sizes > 0).sum())
    if not 1 < k < n:
        return 0.0
    place = np.arange(n) - (n - 1) / 2
    means = np.bincount(codes, place, minlength=len(sizes)) / np.maximum(sizes, 1)
    total = float((place**2).sum())
    within = total - float((sizes * means**2).sum())
    return max(0.0, 1 - (n - 1) / (n - k) * within / total)


def coded_values(values: pa.ChunkedArray) -> tuple[Longs, list[str]]:
    """A code per value (m,) and the codes' names: numbers and dates in bands, missing values with a code too."""
    if pa.types.is_date(values.type):
        values = values.cast(pa.date32()).cast(pa.int32())
        return _banded(values, lambda day: str(np.datetime64(int(day), "D")))
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        return _banded(values, _plain)
    coded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [*coded.dictionary.to_pylist(), "(missing)"]


def _banded(values: pa.ChunkedArray, show: Callable[[float], str]) -> tuple[Longs, list[str]]:
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    known = numbers[np.isfinite(numbers)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1))) if len(known) else np.zeros(1)
    codes = np.searchsorted(edges[1:-1], numbers, side="right")
    codes[~np.isfinite(numbers)] = len(edges)
    names = [f"{show(low)} to {show(high)}" for low, high in pairwise(edges)] or [show(edges[0])]
    return codes.astype(np.int64), [*names, *[""] * (len(edges) - len(names)), "(missing)"]


def _plain(number: float) -> str:
    """The number with all digits before the point, and four that count in all: 2,005,000, 143.2, 0.0013."""
    digits = max(0, 3 - math.floor(math.log10(abs(number)))) if number else 0
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def word(explained: float) -> str:
    """The size of an effect in words, by Cohen's (1988) bounds for small, medium and large."""
    bounds = ((0.01, "next to nothing"), (0.06, "little"), (0.14, "clearly"))
    return next((word for bound, word in bounds if explained < bound), "strongly")

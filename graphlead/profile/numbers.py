"""Numbers and dates as float64, in bands with round edges, and in fine cells for the search."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.columns import coded
from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.register import Column, Register, Role

CELLS = 64
"""Quantile cells of a number: fine enough for the edges of blocks, and blocks cost the square of this."""
SMALLEST_BAND = 0.04
"""The least share of the known values in a band: a smaller one is rarely significant."""
MOST_BANDS = 9
"""Bands that round edges aim at, and distinct whole numbers that are a band each: still readable as a list."""
YEARS = (1500, 2200)
"""Whole numbers in this range are taken for years and written without a thousands separator."""


def read_numbers(register: Register, column: Column) -> Reals:
    """A number column as float64 (n,), or ages in years before the newest date of the column; NaN if missing."""
    read = coded(register, column.name)
    if column.role is Role.DATE:
        days = pc.cast(pc.cast(pc.cast(read.values, pa.date32()), pa.int32()), pa.float64()).to_numpy()
        return read.numbers((days.max(initial=-np.inf) - days) / 365.2425)
    return read.numbers(pc.cast(read.values, pa.float64()).to_numpy())


def bands(values: Reals, *, ages: bool) -> tuple[Ints, list[str]]:
    """The band of each value (n,), NONE where missing, and the names of the bands: ``20 to 49``.

    Edges are round numbers in 1-2-5 steps, geometric where the values are skewed; ages count whole years. With at
    most MOST_BANDS distinct whole numbers, each is a band.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.full(len(values), NONE, np.int32), []
    whole = ages or bool((known == np.floor(known)).all())
    edges = _each_value(known) if whole and not ages else np.zeros(0)
    if not len(edges):
        edges = _kept(_round_edges(known, ages=ages), known)
    codes = np.searchsorted(edges, values, side="right").astype(np.int32)
    names = _names(edges, known, whole=whole)
    return np.where(np.isfinite(values), codes, NONE).astype(np.int32), names


def cells(values: Reals, sample: Reals) -> Ints:
    """The quantile cell of each value (m,), NONE where missing; at most CELLS cells, with quantiles of ``sample``."""
    known = sample[np.isfinite(sample)]
    if not len(known):
        return np.full(len(values), NONE, np.int32)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, CELLS + 1)[1:-1]))
    codes = np.searchsorted(edges, values, side="right").astype(np.int32)
    return np.where(np.isfinite(values), codes, NONE).astype(np.int32)


def skewed(known: Reals) -> bool:
    """Whether numbers are mostly positive and spread widely enough to need a logarithmic axis."""
    if not len(known) or np.quantile(known, 0.02) < 0 or np.mean(known <= 0) > 0.2:
        return False
    positive = known[known > 0]
    if len(positive) < 3:
        return False
    low, middle, high = np.quantile(positive, (0.02, 0.5, 0.98))
    return bool(high / low >= 10 and high - middle > 2 * (middle - low))


def show(value: float) -> str:
    """A number as people write it: 1,200; 0.35; 12m."""
    if abs(value) >= 1e6:
        for size, letter in ((1e9, "bn"), (1e6, "m")):
            if abs(value) >= size:
                return f"{value / size:,.3g}{letter}"
    if abs(value - round(value)) < 1e-9:
        return f"{round(value):,}"
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _each_value(known: Reals) -> Reals:
    """Edges that give each distinct value its own band; none where there are too many."""
    distinct = np.unique(known)
    return distinct[1:] if len(distinct) <= MOST_BANDS else np.zeros(0)


def _round_edges(known: Reals, *, ages: bool) -> Reals:
    low, high = np.quantile(known, (0.01, 0.99))
    if ages or skewed(known):
        least = max(known[known > 0].min(initial=np.inf), high / 1e9, 1.0 if ages else 0.0)
        if not math.isfinite(least):
            return np.zeros(0)
        powers = range(math.floor(math.log10(least)), math.ceil(math.log10(max(high, least))) + 1)
        return np.array([float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)])
    if high <= low:
        return np.zeros(0)
    step = _step((high - low) / MOST_BANDS)
    return np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step


def _step(width: float) -> float:
    power = 10.0 ** math.floor(math.log10(width))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= width * (1 - 1e-9))


def _kept(edges: Reals, known: Reals) -> Reals:
    """The edges, from the smallest up, that leave every band at least SMALLEST_BAND of the known values."""
    below = np.searchsorted(np.sort(known), edges, side="left") / len(known)
    kept, last = [], 0.0
    for edge, share in zip(edges, below, strict=True):
        if share - last >= SMALLEST_BAND and 1 - share >= SMALLEST_BAND:
            kept.append(float(edge))
            last = float(share)
    return np.array(kept)


def _names(edges: Reals, known: Reals, *, whole: bool) -> list[str]:
    years = whole and YEARS[0] <= known.min() and known.max() <= YEARS[1]
    text = (lambda value: f"{value:.0f}") if years else show
    if not len(edges):
        return [f"{text(known.min())} to {text(known.max())}"]
    names = [f"under {text(edges[0])}"]
    for low, high in pairwise(edges):
        top = high - 1 if whole else high
        names.append(text(low) if whole and top == low else f"{text(low)} to {text(top)}")
    names.append(f"{text(edges[-1])} or more")
    if whole and len(distinct := np.unique(known[known < edges[0]])) == 1:
        names[0] = text(distinct[0])
    return names

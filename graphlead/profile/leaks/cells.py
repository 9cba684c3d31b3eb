"""A column as cells of companies that a model could tell apart."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.columns import Coded, coded
from graphlead.common.levels import level_keys
from graphlead.core.arrays import Ints, Longs, Reals
from graphlead.core.features import Level
from graphlead.core.register import Column, Register, Role

BINS = 32
"""Quantile bins of a number: each still holds a client in thirty where they are spread evenly."""
TAIL = 2.0 ** -np.arange(6, 21)
"""Quantiles from either end that get an edge too: where one company in a thousand is a client, "later than all others"
is a narrow bin."""

NUMERIC = (Role.NUMBER, Role.DATE)
PLAIN = (Role.TEXT, Role.IDENTIFIER)
"""Roles with values that are compared as written: there are too many of them to look for spellings."""


def cells_of(register: Register, column: Column) -> list[Ints]:
    """Groupings of the companies by a column, each int32 (n,) from 0; the missing are cell 0."""
    read = coded(register, column.name)
    if column.role in NUMERIC:
        return [_by_value(read.codes), _by_size(read)]
    if column.role in PLAIN:
        return [_by_value(read.codes)]
    keys = level_keys(read.values, Level(column=column.name), column)
    return [_by_value(read.groups(keys)[0])]


def _by_value(codes: Ints) -> Ints:
    """A cell for each value that several companies share, and one for the values on one company each."""
    sizes = np.bincount(codes + 1)
    cell = np.where(sizes > 1, np.arange(len(sizes)) + 1, 1).astype(np.int32)
    cell[0] = 0
    return cell[codes + 1]


def _by_size(read: Coded) -> Ints:
    """A cell for the commonest number, and one for each bin of the others."""
    numbers = _numbers(read.values)
    sizes = np.bincount(read.codes[read.codes >= 0], minlength=len(numbers))
    smallest_first = np.argsort(numbers, kind="stable")
    cell = np.zeros(len(numbers) + 1, np.int32)
    if len(numbers):
        commonest = int(smallest_first[sizes[smallest_first].argmax()])
        rest = np.where(np.arange(len(numbers)) == commonest, 0, sizes)
        cell[1:] = 2 + np.searchsorted(_edges(numbers, rest), numbers, side="right")
        cell[1 + commonest] = 1
    return cell[read.codes + 1]


def _edges(numbers: Reals, sizes: Longs) -> Reals:
    """Edges between bins of about as many companies; numbers, sizes: (k,)."""
    order = np.argsort(numbers, kind="stable")
    below = np.cumsum(sizes[order])
    wanted = np.concatenate([np.arange(1, BINS) / BINS, TAIL, 1 - TAIL]) * below[-1]
    places = np.searchsorted(below, wanted, side="left")
    return np.unique(numbers[order][np.minimum(places, len(order) - 1)])


def _numbers(values: pa.Array) -> Reals:
    """Numbers and days as float64 (k,)."""
    if pa.types.is_date(values.type):
        values = pc.cast(pc.cast(values, pa.date32()), pa.int32())
    return np.asarray(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False))

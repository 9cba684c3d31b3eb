"""Levels of columns, each a grouping of the companies: places, industry levels, names, bands of numbers, categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import cross
from graphlead.common.columns import coded
from graphlead.common.levels import level_keys
from graphlead.common.members import Members, align, at_entries, everybody, members
from graphlead.common.parallel import side_by_side
from graphlead.common.places import placed
from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Cut, Level
from graphlead.core.register import PLACES, Column, Register, Role
from graphlead.engines.cores import coded_cores
from graphlead.engines.names import words_at

INDUSTRY_DIGITS = {"NAICS": (2, 3, 4), "NACE": (2, 3), "SIC": (2, 3)}
"""Code lengths that become groups beside the whole code; finer ones hold too few companies."""

BANDS = 8
"""Quantile bands of a number: eighths still hold enough clients each on short lists."""
MOST_TRAITS = 40
"""Traits that become relations at most: bounds the cost of registers with very many columns."""
CROSSED_TRAITS = 6
"""Traits crossed with places, industries and each other: pairs grow with the square of this."""
FEWEST_FILLED = 0.02
"""The share of companies that must have a value: a sparser trait groups next to nobody."""


def read_columns(register: Register) -> None:
    """Read the columns of all levels side by side; they are kept, see ``common.columns.kept``."""

    def read(names: Sequence[str]) -> None:
        for name in names:
            (coded_cores if register.column(name).role is Role.NAME else placed)(register, name)

    each = register.names_of(Role.NAME)[:1] + register.names_of(Role.INDUSTRY, *_TRAITS)
    # Of the places each is read in view of the wider ones.
    for _ in side_by_side(read, [*([name] for name in each), register.names_of(*PLACES)]):
        pass


def place_levels(register: Register) -> list[Level]:
    """Levels of country, region, city, postcode area and postcode, each within the wider places; widest first."""
    levels: list[Level] = []
    wider: tuple[str, ...] = ()
    for role in PLACES:
        names = register.names_of(role)
        for name in names:
            within = wider if role is not Role.POSTCODE else tuple(register.names_of(Role.COUNTRY)[:1])
            several = any(register.column(each).separator for each in (name, *within))
            if role is Role.POSTCODE:
                levels.append(Level(column=name, cut=Cut.AREA, within=within, several=several))
            levels.append(Level(column=name, within=within, several=several))
        if names and role is not Role.CITY:
            wider = (*wider, names[0])
    return levels


def industry_levels(register: Register) -> list[Level]:
    """The levels of each industry column, widest first, the whole code last."""
    levels = []
    for column in (c for c in register.columns if c.role is Role.INDUSTRY):
        digits = INDUSTRY_DIGITS.get(column.scheme.upper(), ())
        several = bool(column.separator)
        levels += [Level(column=column.name, cut=Cut.CODE, length=k, several=several) for k in (*digits, 0)]
    return levels


def name_levels(register: Register) -> list[Level]:
    """The levels of the name: all of it, its first two words, its first word and its last."""
    return [
        Level(column=name, cut=Cut.NAME, length=words)
        for name in register.names_of(Role.NAME)[:1]
        for words in (0, 2, 1, -1)
    ]


def trait_levels(register: Register) -> list[Level]:
    """Levels of booleans, categories and bands of numbers and dates: the best filled first, at most MOST_TRAITS."""
    usable = [c for c in register.columns if c.role in _TRAITS and c.missing <= 1 - FEWEST_FILLED]
    usable.sort(key=lambda column: (round(column.missing, 1), _TRAITS.index(column.role)))
    levels = []
    for column in usable[:MOST_TRAITS]:
        if column.role in (Role.NUMBER, Role.DATE):
            edges = _band_edges(numbers(register, column))
            if len(edges):
                levels.append(Level(column=column.name, cut=Cut.BANDS, edges=tuple(edges)))
        else:
            levels.append(Level(column=column.name, several=bool(column.separator)))
    return levels


_TRAITS = (Role.BOOLEAN, Role.NUMBER, Role.CATEGORY, Role.DATE)


def numbers(register: Register, column: Column) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A number, boolean or date column as float64 (n,), NaN where missing; dates as calendar years."""
    read = coded(register, column.name)
    if column.role is Role.DATE:
        days = pc.cast(pc.cast(read.values, pa.date32()), pa.int32())
        return read.numbers(1970 + pc.cast(days, pa.float64()).to_numpy() / 365.2425)
    return read.numbers(pc.cast(read.values, pa.float64()).to_numpy(zero_copy_only=False))


def _band_edges(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BANDS + 1)[1:-1]))
    return [float(edge) for edge in edges]


@dataclass(frozen=True)
class Encoded:
    """The groups of n companies at a level: company and group of each entry (E,), NONE where the column is missing.

    A company has one entry, or one for each of the values in its cells at a level of several; names: the value of each
    entry there, else None.
    """

    companies: Ints
    code: Ints
    count: int
    names: pa.Array | None = None


def encode(level: Level, register: Register) -> Encoded:
    """The groups of each company, which are none where the column is missing or is read differently."""
    every = everybody(register.n_companies)
    if not applies(level, register):
        return Encoded(every, np.full(register.n_companies, NONE, np.int32), 0)
    if level.cut is Cut.BANDS:
        return Encoded(every, bands(level, register), len(level.edges) + 1)
    parts = [_groups(each, register) for each in with_wider(level, register)]
    companies, entries = align([part.companies for part in parts], register.n_companies)
    codes = [at_entries(part.code, entry) for part, entry in zip(parts, entries, strict=True)]
    names = parts[0].names.take(pa.array(entries[0])) if parts[0].names is not None else None
    return Encoded(companies, *cross(codes[:1], codes[1:]), names)


def applies(level: Level, register: Register) -> bool:
    """Whether the column is there and has the type the level was planned for: a newer file may be read differently."""
    column = register.understood.get(level.column)
    return column is not None and (level.cut not in _ROLES or column.role in _ROLES[level.cut])


def bands(level: Level, register: Register) -> Ints:
    """The band of each company (n,), NONE where it has no number."""
    values = numbers(register, register.column(level.column))
    found = np.searchsorted(np.asarray(level.edges), values, side="right")
    return np.where(np.isnan(values), NONE, found).astype(np.int32)


def with_wider(level: Level, register: Register) -> list[Level]:
    """The level, and those of the wider places that are part of its groups' identity."""
    wider = (name for name in level.within if name in register.understood)
    return [level, *(Level(column=name, several=level.several) for name in wider)]


_ROLES = {Cut.BANDS: (Role.NUMBER, Role.DATE), Cut.NAME: (Role.NAME,)}


def read_level(level: Level, register: Register) -> tuple[Members, pa.Array]:
    """The values of the level's column alone, and what each (k,) is at the level; equal keys are one group."""
    if level.cut is Cut.NAME:
        names = coded_cores(register, level.column)
        return Members(everybody(register.n_companies), names.codes, names.values), words_at(
            names.values, level.length
        )
    column, read = register.column(level.column), members(register, level.column)
    read = read if level.several else read.firsts()
    return read, level_keys(read.values, level, column)


def _groups(level: Level, register: Register) -> Encoded:
    """The groups by the level's column alone."""
    read, keys = read_level(level, register)
    code, first = read.groups(keys)
    named = read.values.take(pa.array(read.codes, mask=read.codes == NONE)) if level.several else None
    return Encoded(read.companies, code, len(first), named)

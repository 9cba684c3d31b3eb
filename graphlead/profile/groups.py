"""Groupings of companies by one column: levels of codes and places, values, bands."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode, through
from graphlead.common.columns import coded
from graphlead.common.levels import SECTION, WHOLE, first_spelling, known_levels, postcode_area
from graphlead.common.members import Members, members
from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.register import PLACES, Column, Register, Role
from graphlead.profile.numbers import bands, read_numbers

VALUES = (Role.CATEGORY, Role.BOOLEAN)
YES, NO = "yes", "no"
AMOUNTS = (Role.NUMBER, Role.DATE)
PROFILED = (Role.INDUSTRY, *PLACES, *AMOUNTS, *VALUES)


@dataclass(frozen=True)
class Grouping:
    """Groups of companies by one column.

    label: the column and its level for a reader: ``nace (2 digits)``; codes: int32 (n,), NONE where missing, of the
    first value where a cell has several; names: the name of each group (g,); entries: company and code (E,) of every
    value where a cell may have several, else None.
    """

    label: str
    codes: Ints
    names: pa.Array
    entries: tuple[Ints, Ints] | None = None


@dataclass(frozen=True)
class Read:
    """One column of the register: its groupings, widest first, and its values (n,) where it is a number or date."""

    column: Column
    groupings: tuple[Grouping, ...]
    numbers: Reals | None = None


def profiled(register: Register) -> list[Column]:
    """The columns with comparable values, in the order of the register."""
    return [column for column in register.columns if column.role in PROFILED]


def read_columns(register: Register, only: Container[str] | None = None) -> Iterator[Read]:
    """Yield each profiled column (or ``only`` these): places, widest first, then the others in the register's order.

    Only one column and the wider places are in memory at a time.
    """
    wider: dict[Role, Grouping] = {}
    for column in (register.column(name) for name in register.names_of(*PLACES)):
        wanted = only is None or column.name in only
        if wanted or column.role in (Role.COUNTRY, Role.REGION):
            place = _place(register, column, wider)
            wider.setdefault(column.role, place)
            if wanted:
                yield Read(column, (place,))
    for column in profiled(register):
        if only is not None and column.name not in only:
            continue
        if column.role is Role.INDUSTRY:
            yield Read(column, tuple(_industry(register, column)))
        elif column.role in AMOUNTS:
            yield _amounts(register, column)
        elif column.role in VALUES:
            yield Read(column, (_values(register, column),))


def _amounts(register: Register, column: Column) -> Read:
    numbers = read_numbers(register, column)
    ages = column.role is Role.DATE
    codes, names = bands(numbers, ages=ages)
    label = f"{column.name} (years ago)" if ages else column.name
    return Read(column, (Grouping(label, codes, pa.array(names, pa.string())),), numbers)


def _values(register: Register, column: Column) -> Grouping:
    if column.role is Role.BOOLEAN:
        read = coded(register, column.name)
        return Grouping(column.name, read.codes, pc.if_else(read.values, YES, NO))
    texts = members(register, column.name)
    return _grouping(column.name, texts, first_spelling(texts.values), column)


def read_text(register: Register, name: str) -> tuple[Ints, pa.Array]:
    """Codes (n,) of a column's first values, and how they are written; case and spaces make no other value."""
    read = members(register, name)
    return _grouped(read, first_spelling(read.values))


def _grouped(read: Members, keys: pa.Array) -> tuple[Ints, pa.Array]:
    """Codes (n,) of the companies by the keys of their first values, and the key of each code (g,)."""
    codes, first = read.groups(keys)
    return Members(read.companies, codes, keys).firsts().codes, keys.take(first)


def _grouping(label: str, read: Members, keys: pa.Array, column: Column) -> Grouping:
    """The groups by the keys of the values, all values of a cell counted."""
    codes, first = read.groups(keys)
    entries = (read.companies, codes) if column.separator else None
    return Grouping(label, Members(read.companies, codes, keys).firsts().codes, keys.take(first), entries)


def _industry(register: Register, column: Column) -> Iterator[Grouping]:
    """A grouping for each level of a code: its section where the column writes one, its first 2, 3, ... digits."""
    read = members(register, column.name)
    levels = known_levels(read.values, column.scheme)
    whole = levels.pop(WHOLE)
    if not levels:
        yield _grouping(column.name, read, whole, column)
    for length, keys in levels.items():
        level = "section" if length == SECTION else f"{length} digits"
        found = _grouping(f"{column.name} ({level})", read, keys, column)
        if len(found.names):
            yield found


def _place(register: Register, column: Column, wider: Mapping[Role, Grouping]) -> Grouping:
    """Places within the wider ones, and named with these where the name alone is ambiguous."""
    around = PLACES[: PLACES.index(column.role)]
    if column.role is Role.POSTCODE:
        read = members(register, column.name)
        codes, names = _grouped(read, postcode_area(read.values))
        label, around = f"{column.name} (area)", (Role.COUNTRY,)
    else:
        (codes, names), label = read_text(register, column.name), column.name
    parents = [wider[role] for role in around if role in wider]
    return _within(label, codes, names, parents) if parents else Grouping(label, codes, names)


def _within(label: str, codes: Ints, names: pa.Array, parents: list[Grouping]) -> Grouping:
    """Groups with the same name and wider places; without the next wider place, the largest of the name."""
    joint = codes.astype(np.int64)
    for parent in parents:
        joint = joint * (len(parent.names) + 1) + parent.codes + 1
    found, distinct = encode(pa.array(joint, mask=codes == NONE))
    rest, nearest = np.divmod(distinct.to_numpy(zero_copy_only=False), len(parents[-1].names) + 1)
    for parent in reversed(parents[:-1]):
        rest = rest // (len(parent.names) + 1)
    size = np.bincount(found[found != NONE], minlength=len(rest))
    known = np.flatnonzero(nearest > 0)
    largest = np.full(len(names), NONE)
    by_size = known[np.argsort(size[known], kind="stable")]
    largest[rest[by_size]] = by_size
    home = np.where((nearest == 0) & (largest[rest] != NONE), largest[rest], np.arange(len(rest)))
    kept, home = np.unique(home, return_inverse=True)
    own, above = rest[kept], nearest[kept]
    named = names.take(pa.array(own))
    around = parents[-1].names.take(pa.array(above - 1, mask=above == 0))
    longer = pc.binary_join_element_wise(named, pc.fill_null(around, "elsewhere"), ", ")
    shared = pa.array(np.bincount(own, minlength=len(names))[own] > 1)
    return Grouping(label, through(home.astype(np.int32), found), pc.if_else(shared, longer, named))

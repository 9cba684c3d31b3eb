"""The values of cells that may hold several: a company is a member of each of their groups.

One definition for the graph, the features, the profile and the explanations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode, merge, null_when_empty, through
from graphlead.common.columns import coded
from graphlead.common.places import placed
from graphlead.core.arrays import NONE, Ints
from graphlead.core.register import Register


@dataclass(frozen=True)
class Members:
    """Which of n companies have which of k values: an entry for each value of a company, in the order of its cell.

    companies int32 (E,), sorted, every company at least once; codes int32 (E,), NONE for a company without a value;
    values (k,): the distinct ones, first come first.
    """

    companies: Ints
    codes: Ints
    values: pa.Array

    def firsts(self) -> Members:
        """The first value of every company alone."""
        if len(self.companies) and len(self.companies) == self.companies[-1] + 1:
            return self
        at = np.flatnonzero(np.diff(self.companies, prepend=-1))
        return Members(self.companies[at], self.codes[at], self.values)

    def groups(self, keys: pa.Array) -> tuple[Ints, pa.Array]:
        """Groups (E,) of the entries by the key of their value, ``keys`` (k,), and each group's first value."""
        merged, first = merge(keys)
        return through(merged, self.codes), first


@lru_cache(maxsize=1)
def everybody(n: int) -> Ints:
    """The companies 0 .. n - 1, an array that cannot be written to and that all share who have an entry a company."""
    every = np.arange(n, dtype=np.int32)
    every.flags.writeable = False
    return every


def at_entries(values: Ints, entries: Ints) -> Ints:
    """The values (E,) at these entries; the same array where each company has one entry."""
    return values if entries is everybody(len(values)) else values[entries]


def members(register: Register, name: str) -> Members:
    """The values of the column of this name, each of several in a cell by itself: a company has all of them.

    Places are ``placed``, where each cell has one.
    """
    every, separator = everybody(register.n_companies), register.column(name).separator
    if not separator:
        single = placed(register, name)
        return Members(every, single.codes, single.values)
    read = coded(register, name)
    pieces = pc.split_pattern(read.values.cast(pa.string()), separator)
    parts = null_when_empty(pc.utf8_trim_whitespace(pc.list_flatten(pieces)))
    cell = pc.list_parent_indices(pieces).filter(parts.is_valid()).to_numpy()
    codes, values = encode(parts.drop_null())
    sizes = np.append(np.bincount(cell, minlength=len(read.values)), 0)
    starts = np.cumsum(sizes) - sizes
    counts = np.maximum(sizes[read.codes], 1)
    companies = np.repeat(every, counts)
    places = np.arange(len(companies)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = np.append(codes, np.int32(NONE))[np.minimum((starts[read.codes])[companies] + places, len(codes))]
    return Members(
        companies, np.where(sizes[read.codes][companies] > 0, found, NONE).astype(np.int32), values
    )


def align(columns: Sequence[Ints], n: int) -> tuple[Ints, list[Ints]]:
    """Entries that combine the values of several columns, given the companies (E,) of the entries of each.

    Returns the company of each combination, and for each column its entry. Cells with equally many values belong
    together value by value ("Ulm; Paris" and "DE; FR"), else every value goes with every other.
    """
    companies, entries = everybody(n), list[Ints]()
    for column in columns:
        if len(column) == n:
            entries.append(companies)
            continue
        left, right = np.bincount(companies, minlength=n), np.bincount(column, minlength=n)
        together = left == right
        counts = np.where(together, left, left * right)
        joint = np.repeat(np.arange(n, dtype=np.int32), counts)
        place = np.arange(len(joint)) - np.repeat(np.cumsum(counts) - counts, counts)
        wide, narrow = (np.where(together[joint], place, each) for each in np.divmod(place, right[joint]))
        entries = [each[(np.cumsum(left) - left)[joint] + wide] for each in entries]
        entries.append(((np.cumsum(right) - right)[joint] + narrow).astype(np.int32))
        companies = joint
    return companies, entries

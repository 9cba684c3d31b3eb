"""The groups of a register's companies by levels of its columns, each worked out once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from graphlead.common.codes import cross
from graphlead.common.members import align, at_entries
from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Cut, Groups, Incidence, Kind, Level, Source
from graphlead.core.register import Register
from graphlead.features.levels import Encoded, encode


class Groupings:
    """The groups at levels, and the relations of levels: kept, because relations share levels, and a plan relations
    with the features that are built by it.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._levels: dict[Level, Encoded] = {}
        self._relations: dict[tuple[Level, ...], Groups | Incidence] = {}

    def at(self, level: Level) -> Encoded:
        """The groups of the companies at a level."""
        if level not in self._levels:
            self._levels[level] = encode(level, self._register)
        return self._levels[level]

    def relation(self, levels: tuple[Level, ...]) -> Groups | Incidence:
        """The relation of equal values at all these levels; of several values in a cell each is a group."""
        if levels not in self._relations:
            self._relations[levels] = self._crossed(levels)
        return self._relations[levels]

    def keep(self, relations: Iterable[tuple[Level, ...]]) -> None:
        """Forget all but these relations, and the levels that are one by themselves: their groups are the same."""
        self._relations = {levels: self._relations[levels] for levels in relations}
        single = {levels[0] for levels in self._relations if len(levels) == 1}
        self._levels = {level: each for level, each in self._levels.items() if level in single}

    def _crossed(self, levels: tuple[Level, ...]) -> Groups | Incidence:
        encoded, source = [self.at(level) for level in levels], Source(kind=Kind.COLUMNS, levels=levels)
        companies, entries = align([each.companies for each in encoded], self._register.n_companies)
        codes = [at_entries(each.code, entry) for each, entry in zip(encoded, entries, strict=True)]
        code, count = (codes[0], encoded[0].count) if len(codes) == 1 else cross(codes)
        if any(level.cut is Cut.NAME for level in levels):
            code, count = shared(code)
        names = [
            each.names.take(pa.array(entry))
            for each, entry in zip(encoded, entries, strict=True)
            if each.names is not None
        ]
        return _incidence(source, companies, code, count, names[0]) if names else Groups(source, code, count)


def shared(code: Ints) -> tuple[Ints, int]:
    """The groups of two companies and more, and how many there are; NONE for a company that is alone in its group."""
    sizes = np.bincount(code[code >= 0], minlength=1)
    return cross([np.where(sizes[code] > 1, code, NONE).astype(np.int32)])


def _incidence(source: Source, companies: Ints, code: Ints, count: int, names: pa.Array) -> Incidence:
    """Memberships (E,) as 0/1 (n, count), each group named by its first entry in ``names`` (E,)."""
    known = np.flatnonzero(code >= 0)
    shape = (int(companies[-1]) + 1, count)
    matrix = sp.csr_matrix((np.ones(len(known), np.float32), (companies[known], code[known])), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    first = known[np.unique(code[known], return_index=True)[1]]
    return Incidence(source, matrix, names.take(pa.array(first)).cast(pa.string()))

"""The first pass over a register: what each company has by itself, and a key for each group that it is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.members import align
from graphlead.core.arrays import NONE, Flags, Ints, Keys, Longs
from graphlead.core.features import Cut, Level
from graphlead.core.register import Register
from graphlead.engines.batches import as_registers, lists_of
from graphlead.engines.words import mixed
from graphlead.features.attributes import own_numbers
from graphlead.features.distributed.plan import INCIDENCE, Numbered
from graphlead.features.levels import applies, bands, read_level, with_wider
from graphlead.features.terms import words_of_texts

_LANES = ("0f1e2d3c4b5a6978", "8796a5b4c3d2e1f0")
"""The keys of two hashes of 64 bits: together they tell apart the keys of any register."""
_MISSING = np.uint64(0)
NUMBERS = pa.schema([("company", pa.int64()), ("numbers", pa.list_(pa.float32()))])
ENTRIES = pa.schema([
    ("relation", pa.int32()), ("company", pa.int64()), ("place", pa.int64()), ("one", pa.int64()),
    ("two", pa.int64()), ("word", pa.string()),
])  # fmt: skip


@dataclass(frozen=True)
class OwnNumbers:
    """From the columns of companies to their ``own_numbers``."""

    numbered: Numbered
    schema = NUMBERS

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for company, register in as_registers(batches, self.numbered.columns):
            found = own_numbers(self.numbered.plan.attributes, register)
            yield pa.record_batch([pa.array(company), lists_of(found)], schema=self.schema)


@dataclass(frozen=True, kw_only=True)
class _Keyed:
    """Groups by their keys: the company (E,) of each entry, whether it has a group, and its key (2, E)."""

    companies: Ints
    known: Flags
    keys: Keys


@dataclass(frozen=True)
class Entries:
    """From the columns of companies to an entry for each group by columns or word that each is in.

    place: which of the company's entries in the relation it is; one, two: the key of the group.
    """

    numbered: Numbered
    schema = ENTRIES

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for company, register in as_registers(batches, self.numbered.columns):
            yield from self._of_columns(register, company)
            yield from self._of_words(register, company)

    def _of_columns(self, register: Register, company: Longs) -> Iterator[pa.RecordBatch]:
        at: dict[Level, _Keyed] = {}
        wanted = list(enumerate(self.numbered.plan.relations.crossed))
        commons = zip(self.numbered.common, self.numbered.plan.attributes.common, strict=True)
        wanted += [(number, (level,)) for number, level in commons if number >= len(self.numbered.kinds)]
        for number, levels in wanted:
            for level in levels:
                if level not in at:
                    at[level] = _keyed(level, register)
            once = number < len(self.numbered.kinds) and self.numbered.kinds[number] == INCIDENCE
            yield _batch(
                number, company, _crossed([at[level] for level in levels], register.n_companies), once
            )

    def _of_words(self, register: Register, company: Longs) -> Iterator[pa.RecordBatch]:
        for number, name in zip(self.numbered.words, self.numbered.plan.relations.texts, strict=True):
            if name not in register.understood:
                continue
            found = words_of_texts(register.read(name).column(0))
            row, texts = (
                np.repeat(np.arange(len(company)), found.counts),
                found.words.take(pa.array(found.codes)),
            )
            one, two = hashed(found.words).astype(np.int64)[:, found.codes]
            columns = [
                np.full(len(row), number, np.int32),
                company[row],
                np.zeros(len(row), np.int64),
                one,
                two,
            ]
            yield pa.record_batch([*map(pa.array, columns), texts], schema=ENTRIES)


def _batch(number: int, company: Longs, keyed: _Keyed, once: bool) -> pa.RecordBatch:
    starts = np.flatnonzero(np.diff(keyed.companies, prepend=NONE))
    lengths = np.diff(np.append(starts, len(keyed.companies)))
    place = np.arange(len(keyed.companies)) - np.repeat(starts, lengths)
    rows = np.flatnonzero(keyed.known)
    if once and len(starts) < len(keyed.companies):
        table = pd.DataFrame({"c": keyed.companies, "one": keyed.keys[0], "two": keyed.keys[1]}).iloc[rows]
        rows = rows[~table.duplicated().to_numpy()]
    one, two = keyed.keys[:, rows].view(np.int64)
    columns = [np.full(len(rows), number, np.int32), company[keyed.companies[rows]], place[rows], one, two]
    return pa.record_batch([*map(pa.array, columns), pa.nulls(len(rows), pa.string())], schema=ENTRIES)


def _keyed(level: Level, register: Register) -> _Keyed:
    """The groups at a level, as ``levels.encode`` has them."""
    every = np.arange(register.n_companies, dtype=np.int32)
    if not applies(level, register):
        nothing = np.zeros((2, len(every)), np.uint64)
        return _Keyed(companies=every, known=np.zeros(len(every), bool), keys=nothing)
    if level.cut is Cut.BANDS:
        band = bands(level, register)
        keys = mixed(np.stack([band, band + len(level.edges) + 1]).astype(np.uint64))
        return _Keyed(companies=every, known=band != NONE, keys=keys)
    parts = []
    for each in with_wider(level, register):
        read, keys = read_level(each, register)
        there = np.append(pc.is_valid(keys).to_numpy(zero_copy_only=False), False)[read.codes]
        lanes = np.append(hashed(keys), [[_MISSING], [_MISSING]], axis=1)[:, read.codes]
        parts.append(_Keyed(companies=read.companies, known=there, keys=np.where(there, lanes, _MISSING)))
    return _crossed(parts, register.n_companies, optional=len(parts) - 1)


def _crossed(parts: Sequence[_Keyed], n: int, optional: int = 0) -> _Keyed:
    """Groups that agree in all parts; the last ``optional`` ones may be missing, which is a value like any other."""
    if len(parts) == 1:
        return parts[0]
    companies, entries = align([part.companies for part in parts], n)
    keys, known = parts[0].keys[:, entries[0]], parts[0].known[entries[0]]
    for number, (part, entry) in enumerate(zip(parts[1:], entries[1:], strict=True), 1):
        keys = mixed(mixed(keys) + part.keys[:, entry])
        if number < len(parts) - optional:
            known = known & part.known[entry]
    return _Keyed(companies=companies, known=known, keys=keys)


def hashed(texts: pa.Array) -> Keys:
    """Two hashes (2, k) of each text, of nothing where it is null."""
    filled = pc.fill_null(texts.cast(pa.string()), "").to_numpy(zero_copy_only=False)
    return np.stack([pd.util.hash_array(filled, hash_key=key, categorize=False) for key in _LANES])

"""The words of a register by company: what candidates are looked up in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.columns import kept
from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.register import Register, Role
from graphlead.engines.words import Hashes, Words, mixed
from graphlead.match.known import Names, beginnings, known_names

INITIALS, WRITTEN_OUT = (3, 7), 10
"""Words of a name that initials stand for, and its letters, more than which it has."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The distinct words (u,) of the names of so many companies, and how many names have each, common (u,), parts of
    names not counted.
    """

    words: pa.Array
    common: Ints
    companies: int


@dataclass(frozen=True, kw_only=True)
class Index:
    """The names of n companies, ready for look-ups; words are positions in ``names.meanings`` (u,).

    start (n + 1,), words: the words of each company's names, each once. common (u,): how many names have a word, parts
    of names not counted. key (m,): equal for names of the same words. initials (m,): hashes of the first letters of
    each name's words, 0 for short names.
    """

    names: Names
    start: Longs
    words: Ints
    common: Ints
    key: Hashes
    initials: Hashes

    @property
    def vocabulary(self) -> Vocabulary:
        """The words with how common they are."""
        return Vocabulary(words=self.names.meanings, common=self.common, companies=len(self.start) - 1)

    @property
    def nbytes(self) -> int:
        arrays = (self.start, self.words, self.common, self.key, self.initials)
        return self.names.nbytes + sum(int(each.nbytes) for each in arrays)


def index_of(register: Register) -> Index:
    """The index of the register's names; kept for the next list."""
    columns = "\n".join(register.names_of(Role.NAME))
    return kept(register, columns, ("index",), lambda: _indexed(known_names(register), register.n_companies))


def _indexed(names: Names, n: int) -> Index:
    words = names.meaning[names.words.codes]
    once = ~repeated(names.words.start, words)
    row = np.repeat(np.arange(len(names.company)), np.diff(names.words.start))
    whole = once & (names.part[row] == 0)
    start = names.words.start[np.searchsorted(names.company, np.arange(n + 1))]
    of_company = ~repeated(start, words)
    return Index(
        names=names,
        start=np.append(0, np.cumsum(of_company))[start].astype(np.int64),
        words=words[of_company],
        common=np.bincount(words[whole], minlength=len(names.meanings)).astype(np.int32),
        key=keys(names.words.start, hashed(names.meanings)[words], once),
        initials=_initials(names, words),
    )


def repeated(start: Longs, codes: Ints) -> Flags:
    """Which entries of lists (one from each start to the next) are in their list before."""
    found = np.zeros(len(codes), bool)
    end = np.repeat(start[1:], np.diff(start))
    at, step = np.arange(len(codes)), 1
    while len(at := at[at + step < end[at]]):
        found[at[codes[at] == codes[at + step]] + step] = True
        step += 1
    return found


def hashed(words: pa.Array) -> Hashes:
    """A hash of each text (u,), the same in every register."""
    return mixed(pd.util.hash_array(words.to_numpy(zero_copy_only=False), categorize=False))


def keys(start: Longs, words: Hashes, once: Flags) -> Hashes:
    """A hash of the words of each list that are flagged, in any order; lists are not empty."""
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(np.where(once, words, 0), dtype=np.uint64)])
    return np.asarray(total[start[1:]] - total[start[:-1]])


def _initials(names: Names, words: Ints) -> Hashes:
    start, count = names.words.start, np.diff(names.words.start)
    long = letters(names.words) + count - 1 > WRITTEN_OUT
    rows = np.flatnonzero(long & (count >= INITIALS[0]) & (count <= INITIALS[1]))
    first = Words(start=start, codes=words, texts=pc.utf8_slice_codeunits(names.meanings, 0, 1))
    found = np.zeros(len(count), np.uint64)
    found[rows] = beginnings(first.take(rows))
    return found


def letters(words: Words) -> Longs:
    """How many letters each text has (m,), without spaces."""
    length = pc.utf8_length(words.texts).to_numpy().astype(np.int64)
    total = np.append(0, np.cumsum(length[words.codes]))
    return np.asarray(total[words.start[1:]] - total[words.start[:-1]])

"""The words of the register that the names of a list ask for, as typed or one typing error away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.lists import entries
from graphlead.core.arrays import NONE, Flags, Ints, Longs, Reals
from graphlead.match.index import Vocabulary
from graphlead.match.near import near_words
from graphlead.match.typed import Typed

POSTINGS = 2000
"""Companies looked up for the words of a line's name, at most (for its rarest word up to ten times as many), a bound
on work. Measured on 1,500 typed lines of a generated world of 20,000 companies: 500 to 8,000 match the same."""

NEAR = 0.6
"""What a word one typing error away counts of the word itself."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Words of the register that lines ask for, one entry a line, typed word and word, by line, the rarest first.

    typed: the word as typed; word: of the vocabulary; chosen: whether the companies with it are candidates.
    """

    line: Longs
    typed: Longs
    word: Ints
    weight: Reals
    chosen: Flags


def wanted_of(typed: Typed, vocabulary: Vocabulary) -> Wanted:
    """The words of the lines that the register has, and those one typing error away."""
    row, column = np.unique(np.stack([typed.of_line, typed.word]), axis=1)
    known = np.append(typed.known, NONE)[column]
    exact = np.flatnonzero(np.append(vocabulary.common, 0)[known] > 0)
    named = np.flatnonzero(vocabulary.common > 0)
    near = near_words(typed.texts, vocabulary.words.take(pa.array(named)))
    start = np.searchsorted(near[0], np.arange(len(typed.texts) + 1))
    at, first = entries(start, column)
    line = np.concatenate([row[exact], np.repeat(row, np.diff(first))])
    asked = np.concatenate([column[exact], np.repeat(column, np.diff(first))])
    word = np.concatenate([known[exact], named[near[1][at]]]).astype(np.int32)
    likeness = np.repeat([1.0, NEAR], [len(exact), len(at)])
    return _ordered(line, asked, word, likeness, vocabulary)


def _ordered(line: Longs, typed: Longs, word: Ints, likeness: Reals, vocabulary: Vocabulary) -> Wanted:
    distinct, code = np.unique(word, return_inverse=True)
    rank = pc.rank(vocabulary.words.take(pa.array(distinct))).to_numpy().astype(np.int64)
    common = vocabulary.common[word].astype(np.int64)
    order = np.lexsort((typed, rank[code], common, line))
    line, typed, word = line[order], typed[order], word[order]
    likeness, common = likeness[order], common[order]
    total = np.cumsum(common)
    total -= (total - common)[np.searchsorted(line, line)]
    first = np.zeros(len(line), bool)
    first[np.unique(line * 2 + (likeness < 1), return_index=True)[1]] = True
    return Wanted(
        line=line,
        typed=typed,
        word=word,
        weight=likeness * np.log(1 + vocabulary.companies / common),
        chosen=(total <= POSTINGS) | (first & (common <= 10 * POSTINGS)),
    )

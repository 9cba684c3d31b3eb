"""Words one typing error apart, found by what is left of them without one letter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.lists import entries
from graphlead.core.arrays import Longs

SHORTEST, LONGEST = 4, 24
"""Letters of a word that a typing error is looked for in: shorter ones would meet too many, longer ones hardly any."""

CHUNK = 100_000
"""Words at a time: their hashes take 8 bytes a letter."""

_TABLE = 22
_BASE = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[np.uint64]


def near_words(typed: pa.Array, known: pa.Array) -> tuple[Longs, Longs]:
    """Pairs of different words that are equal once a letter is left out of one of them or of both, as positions in
    ``typed`` (t,) and in ``known`` (v,), distinct words each; sorted.

    Texts are compared by hashes of 64 bits: two different ones are taken for one with a chance of 2^-64.
    """
    pieces = list(_hashes(typed, SHORTEST))
    words = np.concatenate([rows for rows, _ in pieces])
    order = np.argsort(hashes := np.concatenate([each for _, each in pieces]), kind="stable")
    distinct, first = np.unique(hashes[order], return_index=True)
    start = np.append(first, len(order)).astype(np.int64)
    table = np.zeros(2**_TABLE, bool)
    table[_beginning(distinct)] = True
    found = [np.zeros((2, 0), np.int64)]
    for begin in range(0, len(known), CHUNK):
        for rows, cut in _hashes(known.slice(begin, CHUNK), SHORTEST - 1):
            likely = np.flatnonzero(table[_beginning(cut)])
            at = np.searchsorted(distinct, cut[likely])
            hit = distinct[np.minimum(at, len(distinct) - 1)] == cut[likely]
            positions, ends = entries(start, at[hit])
            found.append(np.stack([words[order[positions]], np.repeat(rows[likely[hit]] + begin, np.diff(ends))]))
    one, two = np.unique(np.concatenate(found, axis=1), axis=1)
    different = pc.not_equal(typed.take(pa.array(one)), known.take(pa.array(two)))
    kept = np.asarray(different, bool)
    return one[kept], two[kept]


def _hashes(words: pa.Array, shortest: int) -> Iterator[tuple[Longs, Hashes]]:
    """Positions of words and their hashes: of each of at least ``shortest`` letters as a whole, and of each of at least
    SHORTEST without each of its letters; without words longer than LONGEST.
    """
    length = pc.utf8_length(words).to_numpy()
    rows = np.flatnonzero((length >= shortest) & (length <= LONGEST))
    length = length[rows]
    text = np.asarray(words.take(pa.array(rows)).to_pylist(), f"U{LONGEST}")
    points = np.ascontiguousarray(text).view(np.uint32).reshape(len(rows), LONGEST)
    powers = _BASE ** np.arange(LONGEST + 1, dtype=np.uint64)
    left = np.zeros((LONGEST + 1, len(rows)), np.uint64)
    for place in range(LONGEST):
        left[place + 1] = left[place] * _BASE + points[:, place]
    whole = left[length, np.arange(len(rows))]
    yield rows, whole
    for place in range(LONGEST):
        at = np.flatnonzero((length > place) & (length >= SHORTEST))
        yield rows[at], whole[at] - (left[place + 1, at] - left[place, at]) * powers[length[at] - 1 - place]


def _beginning(hashes: Hashes) -> Hashes:
    return hashes >> np.uint64(64 - _TABLE)

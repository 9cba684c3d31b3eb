"""The names of a register as words: which, how rare, how much they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode
from graphlead.common.words.places import REGIONS
from graphlead.core.arrays import NONE, Flags, Floats, Ints, Longs
from graphlead.core.register import Register
from graphlead.match import words
from graphlead.match.known import known_names

MOST = 8
"""Words of a name that are compared, its first ones: longer names differ in these already, and the work is bounded."""

LIGHT = 0.5
"""The weight of numbers, of regions' names and of words such as east and two, relative to other words as rare: sister
companies differ in them, and records of one company have them or not."""

Chars = npt.NDArray[np.str_]
Masks = npt.NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The distinct words (v,) of all names as written, with what is compared of them; arrays have one entry a word.

    meaning: the first word of the same meaning, itself but for abbreviations (mgmt and management). rarity: ln(names /
    names with a word of that meaning), different names counted, not records: a company listed often is not common.
    weight: the rarity, less for light words (see LIGHT). numeric: those with a digit. letters: the set of letters as
    64 bits. first: the first letter.
    """

    text: Chars
    meaning: Ints
    rarity: Floats
    weight: Floats
    light: Flags
    numeric: Flags
    length: Ints
    letters: Masks
    first: npt.NDArray[np.uint32]


@dataclass(frozen=True, kw_only=True)
class Names:
    """All names of n companies, a name with several parts ("A dba B") as a whole and each part: m names.

    company (m,): ascending. words int32 (m, MOST): words of the vocabulary in the name's order, each once, NONE at
    the end. name (m,): equal for the same words in any order. prefix (m,): code of the first letters without spaces.
    city_words (c + 1, k): the meanings of the words of each city's name; the last row, that of NONE, is empty.
    """

    company: Ints
    words: Ints
    name: Longs
    prefix: Ints
    vocabulary: Vocabulary
    city_words: Ints



def read_names(register: Register, cities: Sequence[str]) -> Names:
    """The names of the register; none where it has no column of names. cities (c,): names of cities, normalised."""
    known = known_names(register)
    matrix = _matrix(known.words.codes, known.words.start)
    meaning = _first_of(known.meaning, len(known.meanings))
    name = _names(np.append(meaning, NONE)[matrix])
    vocabulary = _vocabulary(known.words.texts, meaning, matrix[np.unique(name, return_index=True)[1]])
    return Names(
        company=known.company,
        words=matrix,
        name=name,
        prefix=encode(pa.array(known.prefix))[0],
        vocabulary=vocabulary,
        city_words=_meanings_of([*cities, ""], vocabulary),
    )


def _first_of(meaning: Ints, size: int) -> Ints:
    """For each word (v,) the first of its meaning."""
    first = np.zeros(size, np.int32)
    first[meaning[::-1]] = np.arange(len(meaning), dtype=np.int32)[::-1]
    return first[meaning]


def among(words: Ints, others: Ints) -> Flags:
    """Which of the words (m, a) are among the others (m, b) of their row."""
    found = np.zeros(words.shape, bool)
    for column in others.T:
        found |= words == column[:, None]
    known: Flags = found & (words != NONE)
    return known


def _meanings_of(texts: Sequence[str], vocabulary: Vocabulary) -> Ints:
    """The meanings of the words of each text (t, MOST), NONE for unknown ones."""
    listed = pa.array([text.split() for text in texts], pa.list_(pa.string()))
    known = pc.index_in(listed.flatten(), value_set=pa.array(vocabulary.text.tolist(), pa.string()))
    codes = np.asarray(pc.fill_null(known, NONE).to_numpy(zero_copy_only=False), np.int32)
    words = _matrix(codes, np.asarray(listed.offsets, np.int64))
    return np.append(vocabulary.meaning, NONE)[words].astype(np.int32)


def _matrix(codes: Ints, start: Longs) -> Ints:
    """The words of each name in a row, each once, at most MOST, NONE behind them."""
    matrix = np.full((len(start) - 1, MOST), NONE, np.int32)
    at = np.zeros(len(matrix), np.int64)
    rows = np.arange(len(matrix))
    for place in range(int(np.diff(start).max(initial=0))):
        here = rows[(start[:-1] + place < start[1:]) & (at < MOST)]
        word = codes[start[here] + place]
        new = (word != NONE) & ~(matrix[here] == word[:, None]).any(axis=1)
        matrix[here[new], at[here[new]]] = word[new]
        at[here[new]] += 1
    return matrix


def _names(meanings: Ints) -> Longs:
    """A number from 0 to m - 1 for each name (m,), equal for the same meanings in any order.

    Names are compared by a hash of 64 bits: two different ones are taken for one with a chance of 2^-64.
    """
    mixed = np.sort(meanings, axis=1).astype(np.uint64)
    hashed = np.zeros(len(meanings), np.uint64)
    for column in mixed.T:
        hashed = (hashed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed, return_inverse=True)[1]


def _vocabulary(texts: pa.Array, meaning: Ints, matrix: Ints) -> Vocabulary:
    text = np.asarray(texts.to_pylist(), np.str_) if len(texts) else np.zeros(0, "U1")
    used = np.bincount(meaning[matrix[matrix != NONE]], minlength=len(text))
    rarity = np.log(max(len(matrix), 2) / np.maximum(used[meaning], 1)).astype(np.float32)
    numeric = _has_digit(text)
    light = np.isin(text, [*_region_words(), *words.SISTER_WORDS]) | numeric
    return Vocabulary(
        text=text,
        meaning=meaning,
        rarity=rarity,
        weight=np.where(light, LIGHT * rarity, rarity).astype(np.float32),
        light=light,
        numeric=numeric,
        length=np.strings.str_len(text).astype(np.int32),
        letters=_letters(text),
        first=_characters(text)[:, 0],
    )


def _region_words() -> list[str]:
    """The words of the full names of regions; shorter ones (of, new) have other meanings too."""
    return sorted({word for name in REGIONS for word in name.split() if len(word) > 3})


def _characters(text: Chars) -> npt.NDArray[np.uint32]:
    """Code points (v, longest), 0 behind the end."""
    width = text.dtype.itemsize // 4
    return np.ascontiguousarray(text).view(np.uint32).reshape(len(text), width)


def _has_digit(text: Chars) -> Flags:
    points = _characters(text)
    return np.asarray(((points >= ord("0")) & (points <= ord("9"))).any(axis=1))


def _letters(text: Chars) -> Masks:
    points = _characters(text)
    bits = np.where(points > 0, np.uint64(1) << (points % 64).astype(np.uint64), np.uint64(0))
    return np.bitwise_or.reduce(bits, axis=1) if len(text) else np.zeros(0, np.uint64)

"""Values as int32 codes: what is equal gets one number, what is missing gets NONE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints, Longs

_MOST = 2**62
"""Pairs of codes have no larger numbers, which would overflow."""
_SPARSE = 8
"""Room for that many numbers a company is a table (of numbers from 0, one third of the time of a hash table of as many
distinct ones); where there is more room, a hash table takes less time and memory."""


def encode(values: pa.ChunkedArray | pa.Array) -> tuple[Ints, pa.Array]:
    """Codes of the values, int32 (n,), NONE for null, and the distinct values they stand for, first come first."""
    column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = pc.dictionary_encode(column)
    codes = encoded.indices.fill_null(NONE).to_numpy(zero_copy_only=False)
    return codes.astype(np.int32), encoded.dictionary


def tidy(distinct: pa.Array) -> pa.Array:
    """Values in capitals with single spaces, so that spellings of one thing meet; null when empty."""
    spaced = pc.replace_substring_regex(pc.utf8_upper(distinct.cast(pa.string())), r"\s+", " ")
    return null_when_empty(pc.utf8_trim_whitespace(spaced))


def null_when_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def distinct_keys(keys: Longs) -> Longs:
    """The distinct ones of these keys (n,), ascending; in no time where they come that way."""
    steps = np.diff(keys)
    if (steps > 0).all():
        return keys
    ordered = np.sort(keys)
    return np.asarray(ordered[np.diff(ordered, prepend=ordered[0] - 1) != 0])


def merge(keys: pa.Array) -> tuple[Ints, pa.Array]:
    """For each key the code of what it is equal to, and for each code the position of the first such key."""
    codes, distinct = encode(keys)
    return codes, pc.index_in(distinct, value_set=keys)


def places_among(few: pa.Array, many: pa.Array) -> Longs:
    """The place of each of a few texts (m,) among many (n,), NONE for null and for one that is not there.

    Only those of the many that are found are hashed.
    """
    many = many.cast(pa.string())
    here = np.flatnonzero(pc.is_in(many, value_set=pc.drop_null(few)).to_numpy(zero_copy_only=False))
    found = pc.fill_null(pc.index_in(few, value_set=many.take(pa.array(here))), NONE)
    place: Longs = np.append(here, NONE)[found.to_numpy(zero_copy_only=False)]
    return place


def through(mapping: Ints, codes: Ints) -> Ints:
    """What ``mapping`` (k,) has for each of the codes (n,), NONE for NONE."""
    return np.append(mapping, np.int32(NONE))[codes]


def combine(first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
    """Codes of the pairs of two code columns, and for each pair's code the first's and the second's code."""
    width = int(second.max(initial=NONE)) + 2
    joint = (first.astype(np.int64) + 1) * width + (second + 1)
    codes, distinct = encode(pa.array(joint))
    left, right = np.divmod(distinct.to_numpy(zero_copy_only=False), width)
    return codes, (left - 1).astype(np.int32), (right - 1).astype(np.int32)


def cross(codes: Sequence[Ints], optional: Sequence[Ints] = ()) -> tuple[Ints, int]:
    """Groups that agree in all of ``codes`` and ``optional``, each (n,), first come first, and how many there are.

    NONE in one of ``codes`` gives NONE; in ``optional`` it is a value like any other.
    """
    known = np.logical_and.reduce([code >= 0 for code in codes])
    joint, room = codes[0].astype(np.int64) + 1, int(codes[0].max(initial=NONE)) + 2
    for code in (*codes[1:], *optional):
        size = int(code.max(initial=NONE)) + 2
        if room * size > _MOST:
            numbered, room = _numbered(joint, room)
            joint = numbered.astype(np.int64)
        joint *= size
        joint += code
        joint += 1
        room *= size
    if known.all():
        return _numbered(joint, room)
    numbered, count = _numbered(np.where(known, joint + 1, 0), room + 1)
    # The missing are a group among the others: they lose their number, and those after it move up.
    missing = numbered[np.argmin(known)]
    numbered -= numbered > missing
    numbered[~known] = NONE
    return numbered, count - 1


def _numbered(joint: Longs, room: int) -> tuple[Ints, int]:
    """The numbers (n,), each below ``room``, numbered again from 0, first come first, and how many there are."""
    if room > _SPARSE * len(joint):
        numbers, distinct = pd.factorize(joint)
        return numbers.astype(np.int32), len(distinct)
    place = np.arange(len(joint), dtype=np.int32)
    table = np.empty(room, np.int32)
    table[joint[::-1]] = place[::-1]
    first = joint[table.take(joint) == place]
    table[first] = place[: len(first)]
    return table.take(joint), len(first)

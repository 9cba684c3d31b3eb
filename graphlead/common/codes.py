"""Values as int32 codes: what is equal gets one number, what is missing gets NONE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints, Longs


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


def merge(keys: pa.Array) -> tuple[Ints, pa.Array]:
    """For each key the code of what it is equal to, and for each code the position of the first such key."""
    codes, distinct = encode(keys)
    return codes, pc.index_in(distinct, value_set=keys)


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
    """Groups that agree in all of ``codes`` and ``optional``, each (n,), and how many groups there are.

    NONE in one of ``codes`` gives NONE; in ``optional`` it is a value like any other.
    """
    known = np.logical_and.reduce([code >= 0 for code in codes])
    joint = np.zeros(len(known), np.int64)
    for code in (*codes, *optional):
        joint = _compact(joint * (int(code.max(initial=0)) + 2) + code + 1)
    crossed, uniques = pd.factorize(np.where(known, joint, NONE), use_na_sentinel=False)
    if known.all():
        return crossed.astype(np.int32), len(uniques)
    missing = int(crossed[np.flatnonzero(~known)[0]])
    shifted = np.where(crossed > missing, crossed - 1, crossed)
    return np.where(known, shifted, NONE).astype(np.int32), len(uniques) - 1


def _compact(joint: Longs) -> Longs:
    """The same groups numbered from 0, so that the next product cannot overflow."""
    return pd.factorize(joint)[0].astype(np.int64)

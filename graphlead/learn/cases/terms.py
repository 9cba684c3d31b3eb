"""The terms of texts: single words, and pairs of words side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from graphlead.core.arrays import Keys, Longs

LETTERS = 2000
"""The first letters of a text that are read, a choice: what follows is mostly quoted."""
_BETWEEN = r"[^\p{L}\p{M}\p{N}'’]+"
_TURN = np.uint64(0x9E3779B97F4A7C15)
"""What the hash of the first word of a pair is multiplied by: an odd number, so that the order counts."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Every occurrence of a term in n texts.

    row, key, start: (m,) the text that it is in, its hash, and its first word among the ``words`` of all texts, which
    are codes (k,) into the ``vocabulary``. The first k terms are the single words; the pairs follow.
    """

    row: Longs
    key: Keys
    start: Longs
    words: Longs
    vocabulary: Sequence[str]
    n: int

    def text(self, at: int) -> str:
        """The words of an occurrence."""
        start, length = self.start[at], 1 if at < len(self.words) else 2
        return " ".join(self.vocabulary[word] for word in self.words[start : start + length])

    def incidence(self, keys: Keys) -> sp.csr_array:
        """Which texts have the terms with these hashes: 0 or 1, float64 (n, len(keys))."""
        column = pd.Index(keys).get_indexer(pd.Index(self.key))
        known = column >= 0
        shape = (self.n, len(keys))
        found = sp.csr_array((np.ones(known.sum()), (self.row[known], column[known])), shape=shape)
        found.sum_duplicates()
        found.data[:] = 1.0
        return found


def terms_of(texts: pd.Series[Any]) -> Terms:
    """The terms of texts (n,), None or NaN for none: in lower case, without punctuation."""
    given = pa.array(texts.to_numpy(object), pa.large_string(), from_pandas=True)
    lower = pc.utf8_lower(pc.utf8_slice_codeunits(given, 0, LETTERS))
    parts = pc.split_pattern(pc.replace_substring_regex(lower, _BETWEEN, " "), " ")
    word = pc.utf8_trim(pc.list_flatten(parts), "'’")
    filled = pc.not_equal(word, "")
    row = pc.list_parent_indices(parts).filter(filled).to_numpy()
    coded = word.filter(filled).dictionary_encode()
    vocabulary, code = coded.dictionary.to_numpy(zero_copy_only=False), coded.indices.to_numpy()
    one = pd.util.hash_array(vocabulary, categorize=False)[code]
    paired = np.flatnonzero(row[:-1] == row[1:])
    return Terms(
        row=np.concatenate([row, row[paired]]),
        key=np.concatenate([one, one[paired] * _TURN + one[paired + 1]]),
        start=np.concatenate([np.arange(len(row)), paired]),
        words=code,
        vocabulary=vocabulary,
        n=len(texts),
    )

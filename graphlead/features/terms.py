"""The words of names and free texts, and the companies that share them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from graphlead.common.codes import distinct_keys, encode
from graphlead.common.lists import entries, starts
from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.engines.duckdb import Db, open_db, table

FEWEST = 2
"""Companies that a word must be on to connect any."""
WIDEST = 0.2
"""The largest share of companies a word may be on: a commoner one distinguishes nobody."""
SHORTEST, LONGEST = 2, 40
"""Characters of a word: a letter connects by chance, and what is longer is no word."""
LONGEST_TEXT = 2000
"""Characters of a text that are read, a bound on work."""
CHUNK = 250_000
"""Texts that are split at a time, a choice: the words of so many names take some 30 MB."""

_PLAIN = "SELECT lower(strip_accents(piece)) AS piece FROM pieces"
_APART = r"[^\p{L}\p{N}]+"


def term_incidence(text: pa.ChunkedArray) -> tuple[sp.csr_matrix, pa.Array]:
    """0/1 incidence (n, terms) of the words of n texts, and the words, strings (terms,), the commonest first.

    Only words on at least FEWEST companies and on no more than the share WIDEST of them.
    """
    n = len(text)
    with open_db() as db:
        parts = [_words(db, text[start : start + CHUNK]) for start in range(0, n, CHUNK)]
    found, words = encode(pa.concat_arrays([pa.array([], pa.string()), *(part.words for part in parts)]))
    firsts = np.cumsum([0, *(len(part.words) for part in parts)])
    codes = [found[part.codes + first] for part, first in zip(parts, firsts[:-1], strict=True)]
    code = np.concatenate([np.zeros(0, np.int32), *codes])
    number, terms = _numbered(np.bincount(code, minlength=len(words)), words, most_texts(n))
    column = number[code]
    known = column != NONE
    ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(part.counts for part in parts)]))
    begins = np.append(0, np.cumsum(known))[ends].astype(np.int32)
    ones = np.ones(int(begins[-1]), np.float32)
    matrix = sp.csr_matrix((ones, column[known], begins), shape=(n, len(terms)))
    matrix.sort_indices()
    return matrix, terms


def words_of_texts(text: pa.ChunkedArray) -> Words:
    """The words of a few texts, at most CHUNK."""
    with open_db() as db:
        return _words(db, text)


def most_texts(n: int) -> int:
    """The largest number of n texts that a word may be on."""
    return max(FEWEST, int(n * WIDEST))


@dataclass(frozen=True)
class Words:
    """The words of m texts, each once a text: how many each has (m,), their codes (E,), and the words (v,)."""

    counts: Longs
    codes: Ints
    words: pa.Array


def _words(db: Db, text: pa.ChunkedArray) -> Words:
    """The words in lower case without accents, worked out over the distinct pieces between spaces."""
    cut = pc.utf8_slice_codeunits(text.combine_chunks().cast(pa.string()), 0, LONGEST_TEXT)
    pieces = pc.split_pattern(cut, " ")
    codes, distinct = encode(pc.list_flatten(pieces))
    db.register("pieces", pa.table({"piece": distinct}))
    plain = table(db, _PLAIN)["piece"].combine_chunks()
    clear = pc.replace_substring(pc.replace_substring(plain, "'", ""), ".", "")
    lists = pc.split_pattern(pc.replace_substring_regex(clear, _APART, " "), " ")
    word, words = encode(pc.list_flatten(lists))
    at, begins = entries(starts(_lengths(lists)), codes.astype(np.int64))
    row = np.repeat(np.repeat(np.arange(len(text)), _lengths(pieces)), np.diff(begins))
    row, code = np.divmod(distinct_keys(row * max(len(words), 1) + word[at]), max(len(words), 1))
    return Words(np.bincount(row, minlength=len(text)), code.astype(np.int32), words)


def _lengths(lists: pa.Array) -> Longs:
    return np.asarray(pc.fill_null(pc.list_value_length(lists), 0).to_numpy(), np.int64)


def _numbered(sizes: Longs, words: pa.Array, most: int) -> tuple[Ints, pa.Array]:
    """The number of each word (k,), NONE for one that is left out, and the numbered ones, the commonest first."""
    length = pc.utf8_length(words).to_numpy(zero_copy_only=False)
    some = (sizes >= FEWEST) & (sizes <= most) & (length >= SHORTEST) & (length <= LONGEST)
    at = np.flatnonzero(some)
    chosen = pa.table({"size": sizes[at], "word": words.take(pa.array(at))})
    order = pc.sort_indices(chosen, [("size", "descending"), ("word", "ascending")])
    number = np.full(len(words), NONE, np.int32)
    number[at[order.to_numpy()]] = np.arange(len(at), dtype=np.int32)
    return number, chosen["word"].take(order).combine_chunks()

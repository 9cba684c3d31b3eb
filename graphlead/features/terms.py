"""The words of names and free texts, and the companies that share them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from graphlead.common.codes import distinct_keys, encode, through
from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.engines.duckdb import open_db, table

FEWEST = 2
"""Companies that a word must be on to connect any."""
WIDEST = 0.2
"""The largest share of companies a word may be on: a commoner one distinguishes nobody."""
SHORTEST, LONGEST = 2, 40
"""Characters of a word: a letter connects by chance, and what is longer is no word."""
CHUNK = 1_000_000
"""Texts that are split at a time, a choice: their words take some 100 MB."""

_PLAIN = "SELECT lower(strip_accents(left(text, 2000))) AS text FROM texts"
_APART = r"[^\p{L}\p{N}]+"


def term_incidence(text: pa.ChunkedArray) -> tuple[sp.csr_matrix, pa.Array]:
    """0/1 incidence (n, terms) of the words of n texts, and the words, strings (terms,), the commonest first.

    Only words on at least FEWEST companies and on no more than the share WIDEST of them.
    """
    n = len(text)
    chunks = [_words(text[start : start + CHUNK]) for start in range(0, n, CHUNK)]
    codes, words = encode(pa.chunked_array([words for _, words in chunks], pa.string()))
    sizes = np.concatenate([np.zeros(0, np.int64), *(size for size, _ in chunks)])
    pairs = distinct_keys(np.repeat(np.arange(n), sizes) * max(len(words), 1) + codes)
    company, code = (each.astype(np.int32) for each in np.divmod(pairs, max(len(words), 1)))
    number, terms = _numbered(np.bincount(code, minlength=len(words)), words, max(FEWEST, int(n * WIDEST)))
    column = through(number, code)
    known = column != NONE
    begins = np.append(0, np.cumsum(np.bincount(company[known], minlength=n))).astype(np.int32)
    ones = np.ones(int(begins[-1]), np.float32)
    matrix = sp.csr_matrix((ones, column[known], begins), shape=(n, len(terms)))
    matrix.sort_indices()
    return matrix, terms


def _words(text: pa.ChunkedArray) -> tuple[Longs, pa.Array]:
    """How many words each text has (n,), and the words of all of them, in lower case without accents."""
    with open_db() as db:
        db.register("texts", pa.table({"text": text.cast(pa.string())}))
        plain = table(db, _PLAIN)["text"].combine_chunks()
    clear = pc.replace_substring(pc.replace_substring(plain, "'", ""), ".", "")
    words = pc.split_pattern(pc.replace_substring_regex(clear, _APART, " "), " ")
    return pc.fill_null(pc.list_value_length(words), 0).to_numpy().astype(np.int64), pc.list_flatten(words)


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

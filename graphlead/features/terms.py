"""The words of names and free texts, and the companies that share them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from graphlead.engines.duckdb import open_db

FEWEST = 2
"""Companies that a word must be on to connect any."""
WIDEST = 0.2
"""The largest share of companies a word may be on: a commoner one distinguishes nobody."""

_WORDS = r"""
CREATE TEMP TABLE words AS SELECT company, unnest(list_distinct(regexp_split_to_array(
    regexp_replace(lower(strip_accents(left(text, 2000))), '[''.]', '', 'g'), '[^\p{L}\p{N}]+'))) AS term
FROM texts WHERE text IS NOT NULL
"""
_NUMBERED = """
CREATE TEMP TABLE numbered AS
SELECT term, CAST(row_number() OVER (ORDER BY count(*) DESC, term) - 1 AS INTEGER) AS number
FROM words WHERE length(term) BETWEEN 2 AND 40 GROUP BY term HAVING count(*) BETWEEN ? AND ?
"""


def term_incidence(text: pa.ChunkedArray) -> tuple[sp.csr_matrix, list[str]]:
    """0/1 incidence (n, terms) of the words of n texts, and the words, the commonest first.

    Only words on at least FEWEST companies and on no more than the share WIDEST of them.
    """
    n = len(text)
    texts = pa.table({"company": pa.array(np.arange(n, dtype=np.int32)), "text": text.cast(pa.string())})
    with open_db() as db:
        db.register("texts", texts)
        db.execute(_WORDS)
        db.execute(_NUMBERED, [FEWEST, max(FEWEST, int(n * WIDEST))])
        words = [word for (word,) in db.execute("SELECT term FROM numbered ORDER BY number").fetchall()]
        pairs = db.execute("SELECT company, number FROM words JOIN numbered USING (term)").fetchnumpy()
    ones = np.ones(len(pairs["company"]), np.float32)
    matrix = sp.csr_matrix((ones, (pairs["company"], pairs["number"])), shape=(n, len(words)))
    matrix.sort_indices()
    return matrix, words

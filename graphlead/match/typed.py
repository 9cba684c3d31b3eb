"""The names of a list in the words of a register."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.engines.duckdb import Db, table
from graphlead.engines.words import Hashes, listed
from graphlead.match.index import Vocabulary, hashed, keys, letters, repeated
from graphlead.match.known import beginnings

_LINES = "SELECT line, words, string_split(core, ' ') AS written FROM match_lines ORDER BY line, part"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The names of a list, t rows of one name or alternative name each, and their e words.

    line (t,): ascending. key, prefix (t,): as in Index and Names. length (t,): letters without spaces and legal form.
    of_line, word (e,): lines and their words, as positions in ``texts`` (d,). known (d,): the words in the vocabulary,
    NONE for unknown ones.
    """

    line: Longs
    key: Hashes
    prefix: Hashes
    length: Longs
    of_line: Longs
    word: Longs
    texts: pa.Array
    known: Ints


def typed_names(db: Db, vocabulary: Vocabulary) -> Typed:
    """The names of match_lines, see lines.read_lines."""
    read = table(db, _LINES).combine_chunks()
    words, written = (listed(read[name].combine_chunks()) for name in ("words", "written"))
    line = read["line"].to_numpy().astype(np.int64)
    known = pc.fill_null(pc.index_in(words.texts, value_set=vocabulary.words), NONE).to_numpy()
    return Typed(
        line=line,
        key=keys(words.start, hashed(words.texts)[words.codes], ~repeated(words.start, words.codes)),
        prefix=beginnings(written),
        length=letters(written),
        of_line=np.repeat(line, np.diff(words.start)),
        word=words.codes.astype(np.int64),
        texts=words.texts,
        known=known.astype(np.int32),
    )

"""The names of a register as words, read once for every list and for the search for records of one company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode
from graphlead.common.columns import kept
from graphlead.common.lists import starts
from graphlead.core.arrays import Ints, Longs
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import Db, open_db, table
from graphlead.engines.words import Hashes, Words, cores_of, listed, words_of
from graphlead.match import normalise

_MARKS = r"/|;|\||\b(dba|d\.b\.a|doing|formerly|fka|also|aka|previously)\b|^as\b"
"""A part of every match of CONNECTORS that has no space in it."""

PREFIX = 7
"""Letters of a name without spaces by which names written together or apart meet."""

_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, kw_only=True)
class Names:
    """All names of n companies, a name with several parts ("A dba B") as a whole and each part: m names.

    company (m,): ascending. part (m,): 0 for a name as a whole, ascending within a company. words: of the names without
    their legal forms, first come first. meaning (v,): for each word what it stands for in ``meanings`` (u,), itself but
    for abbreviations (management: mgmt). prefix (m,): hashes of ``beginnings``.
    """

    company: Ints
    part: npt.NDArray[np.uint8]
    words: Words
    meaning: Ints
    meanings: pa.Array
    prefix: Hashes

    @property
    def nbytes(self) -> int:
        arrays = (self.company, self.part, self.words.start, self.words.codes, self.words.texts, self.meaning)
        return sum(int(each.nbytes) for each in (*arrays, self.meanings, self.prefix))


def known_names(register: Register) -> Names:
    """The names of the register, none where it has no column of names; kept for the next time."""
    columns = register.names_of(Role.NAME)
    return kept(register, "\n".join(columns), ("names",), lambda: names_of(_columns(register, columns)))


def _columns(register: Register, names: list[str]) -> list[pa.Array]:
    return [column.combine_chunks() for column in register.read(*names).columns] if names else []


def names_of(columns: list[pa.Array]) -> Names:
    """The names in columns of strings (n,), as those of n companies."""
    with open_db() as db:
        normalise.install(db)
        pieces = [piece for column in columns for piece in _pieces(db, column)]
        company, part = (np.concatenate([each[at] for each in pieces] or [np.zeros(0, np.int32)]) for at in (0, 1))
        words = _together([each[2] for each in pieces])
        order = np.lexsort((part, company))
        words = _first_come(words.take(order))
        db.register("known_words", pa.table({"word": words.texts}))
        spelled = table(db, "SELECT match_short(word) AS word FROM known_words")["word"].combine_chunks()
    meaning, meanings = encode(spelled)
    return Names(
        company=company[order].astype(np.int32),
        part=part[order].astype(np.uint8),
        words=words,
        meaning=meaning,
        meanings=meanings,
        prefix=beginnings(words),
    )


_Piece = tuple[Longs, Longs, Words]
_OTHERS = "SELECT company, part, string_split(core, ' ') AS words FROM ({names}) ORDER BY company, part"


def _pieces(db: Db, column: pa.Array) -> Iterator[_Piece]:
    """The company, the part and the core of each name of a column: of those that are one name, then of the others."""
    words, odd, marked = words_of(db, column, _MARKS)
    apart = np.flatnonzero(odd | marked)
    db.register("known_others", pa.table({"company": apart, "given": column.take(pa.array(apart))}))
    named = np.diff(words.start) > 0
    named[apart] = False
    usual = np.flatnonzero(named)
    yield usual, np.zeros(len(usual), np.int64), cores_of(db, words.take(usual))
    others = table(db, _OTHERS.format(names=normalise.names_query("company", ["given"], "known_others")))
    columns = (others[name].to_numpy().astype(np.int64) for name in ("company", "part"))
    yield (*columns, listed(others["words"].combine_chunks()))


def _together(pieces: list[Words]) -> Words:
    """The texts of several pieces, one behind the other."""
    codes, texts = encode(pa.concat_arrays([pa.array([], pa.string()), *(piece.texts for piece in pieces)]))
    shift = starts(np.array([len(piece.texts) for piece in pieces], np.int64))
    parts = [codes[piece.codes + first] for piece, first in zip(pieces, shift[:-1], strict=True)]
    counts = [np.diff(piece.start) for piece in pieces]
    none = np.zeros(0, np.int32)
    return Words(start=starts(np.concatenate([none, *counts])), codes=np.concatenate([none, *parts]), texts=texts)


def _first_come(words: Words) -> Words:
    """The same texts with the words numbered in the order in which they come."""
    codes, order = encode(pa.array(words.codes))
    return Words(start=words.start, codes=codes, texts=words.texts.take(order))


def beginnings(words: Words) -> Hashes:
    """Hashes of the first PREFIX letters of each text (m,), written together."""
    text = np.asarray(pc.utf8_slice_codeunits(words.texts, 0, PREFIX).to_pylist(), f"U{PREFIX}")
    points = np.ascontiguousarray(text).view(np.uint32).reshape(len(text), PREFIX).astype(np.uint64)
    powers = _BASE ** np.arange(PREFIX + 1, dtype=np.uint64)
    hashes = np.zeros((len(text), PREFIX + 1), np.uint64)
    for place in range(PREFIX):
        hashes[:, place + 1] = hashes[:, place] * _BASE + points[:, place]
    length = np.minimum(np.strings.str_len(text), PREFIX)
    found, filled = np.zeros(len(words.start) - 1, np.uint64), np.zeros(len(words.start) - 1, np.int64)
    rows = np.flatnonzero(np.diff(words.start))
    for place in range(PREFIX):
        word = words.codes[words.start[rows] + place]
        new = np.minimum(length[word], PREFIX - filled[rows])
        found[rows] = found[rows] * powers[new] + hashes[word, new]
        filled[rows] += new
        rows = rows[(filled[rows] < PREFIX) & (words.start[rows] + place + 1 < words.start[rows + 1])]
    return found

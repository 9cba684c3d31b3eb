"""Names split into words in one spelling, worked out over what few there are: distinct words, distinct patterns.

What engines.names does to a name letter by letter it does to each of its words alone, but for single letters beside
each other, which become one word; and which words are the legal form depends on the words that forms are made of and
on nothing else. Names for which that does not hold are found and left to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode
from graphlead.common.lists import entries, starts
from graphlead.common.words import forms
from graphlead.core.arrays import NONE, Flags, Ints, Longs
from graphlead.engines.duckdb import Db, table
from graphlead.engines.names import LONGEST_NAME

Hashes = npt.NDArray[np.uint64]

_APART = """
SELECT string_split(nullif(name_apart(lowered), ''), ' ') AS words, regexp_matches(lowered, $pattern) AS marked
FROM (SELECT name_lower(token) AS lowered FROM words_tokens)"""
_CORES = "SELECT string_split(nullif(name_core(pattern), ''), ' ') AS words FROM words_patterns"


@dataclass(frozen=True, kw_only=True)
class Words:
    """m texts as words: those of text i are ``texts[codes[start[i]:start[i + 1]]]``; texts (v,) are distinct."""

    start: Longs
    codes: Ints
    texts: pa.Array

    def take(self, rows: Longs) -> Words:
        """The texts at these positions."""
        at, start = entries(self.start, rows)
        return Words(start=start, codes=self.codes[at], texts=self.texts)


def listed(texts: pa.Array) -> Words:
    """Lists of words (m,) as codes; a null list is an empty one."""
    codes, distinct = encode(texts.flatten())
    return Words(start=starts(_lengths(texts)), codes=codes, texts=distinct)


def words_of(db: Db, names: pa.Array, pattern: str = "$.") -> tuple[Words, Flags, Flags]:
    """The words of ``name_text`` of each name (m,); of which names they are not (too long ones, or with single letters
    beside each other); and which names have the pattern in a piece between spaces, in lower case.
    """
    tokens = listed(pc.split_pattern(names.cast(pa.string()), " "))
    db.register("words_tokens", pa.table({"token": tokens.texts}))
    read = table(db, _APART, {"pattern": pattern}).combine_chunks()
    apart = listed(read["words"].combine_chunks())
    at, first = entries(apart.start, tokens.codes)
    found = Words(start=first[tokens.start], codes=apart.codes[at], texts=apart.texts)
    letter = pc.match_substring_regex(found.texts, r"^\pL$").to_numpy(zero_copy_only=False)[found.codes]
    beside = np.flatnonzero(letter[1:] & letter[:-1])
    row = np.searchsorted(found.start, beside, "right") - 1
    odd = pc.greater(pc.utf8_length(names), LONGEST_NAME).fill_null(False).to_numpy(zero_copy_only=False)
    odd[row[beside + 1 < found.start[row + 1]]] = True
    marked = np.zeros(len(odd), bool)
    here = pc.fill_null(read["marked"], False).to_numpy()[tokens.codes]
    marked[np.searchsorted(tokens.start, np.flatnonzero(here), "right") - 1] = True
    return found, odd, marked


def cores_of(db: Db, names: Words) -> Words:
    """The words of ``name_core`` of each name; none where it has no words.

    Names are alike when they have the same words of legal forms at the same places: 64 bits tell them apart.
    """
    pool = pa.array(sorted({word for form in _FORMS for word in form.split()}))
    form = pc.fill_null(pc.index_in(names.texts, value_set=pool), NONE).to_numpy().astype(np.int32)
    row = np.repeat(np.arange(len(names.start) - 1), np.diff(names.start))
    place = np.arange(len(names.codes)) - names.start[row]
    alike, first = _patterns(form[names.codes], place, row, names.start)
    longest = int(np.diff(names.start).max(initial=0))
    pool = pa.concat_arrays([pool, pa.array([f"#{number}" for number in range(longest)], pa.string())])
    at, start = entries(names.start, first)
    shown = np.where(form[names.codes[at]] == NONE, len(pool) - longest + place[at], form[names.codes[at]])
    texts = pc.binary_join(
        pa.ListArray.from_arrays(pa.array(start, pa.int32()), pool.take(pa.array(shown))), " "
    )
    db.register("words_patterns", pa.table({"pattern": texts}))
    cores = table(db, _CORES)["words"].combine_chunks()
    kept = pc.index_in(cores.flatten(), value_set=pool).to_numpy()
    core_start = starts(_lengths(cores))
    return _kept_of(names, alike, core_start, kept - (len(pool) - longest), _codes(form, len(pool) - longest))


_FORMS = (*forms.CLEAR, *forms.TRAILING, *forms.INNER, *forms.LEADING)


def _patterns(form: Ints, place: Longs, row: Longs, start: Longs) -> tuple[Ints, Longs]:
    """The pattern of each name (m,), and the first name of each."""
    hashed = mixed((place * (int(form.max(initial=0)) + 2) + form + 1).astype(np.uint64))
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashed, dtype=np.uint64)])
    codes, distinct = encode(pa.array(total[start[1:]] - total[start[:-1]]))
    first = np.zeros(len(distinct), np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first


def mixed(numbers: Hashes) -> Hashes:
    """The numbers spread over 64 bits (Steele, Lea and Flood 2014), so that sums of them rarely meet."""
    numbers = (numbers + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _codes(form: Ints, size: int) -> Ints:
    """The word of each of the words that forms are made of, NONE where no name has it."""
    codes = np.full(size, NONE, np.int32)
    codes[form[form != NONE]] = np.flatnonzero(form != NONE)
    return codes


def _kept_of(names: Words, alike: Ints, start: Longs, kept: Longs, of_form: Ints) -> Words:
    """The words kept of each name; kept: of each pattern the places kept, or, below 0, words of forms."""
    at, first = entries(start, alike)
    row = np.repeat(np.arange(len(alike)), np.diff(first))
    place = kept[at]
    own = names.codes[names.start[row] + np.maximum(place, 0)]
    codes = np.where(place >= 0, own, of_form[np.minimum(place, NONE)])
    return Words(start=first, codes=codes.astype(np.int32), texts=names.texts)


def _lengths(texts: pa.Array) -> Longs:
    return np.asarray(pc.fill_null(pc.list_value_length(texts), 0).to_numpy(), np.int64)

"""Blocking: candidates for every line of a client list, found without comparing all pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import distinct_keys, encode
from graphlead.common.lists import entries, starts
from graphlead.core.arrays import NONE, Ints, Longs, Reals
from graphlead.engines.words import Hashes
from graphlead.match.fields import Field
from graphlead.match.index import INITIALS, Index
from graphlead.match.typed import Typed
from graphlead.match.wanted import POSTINGS, Wanted, wanted_of
from graphlead.match.words import DIGITS

CANDIDATES = 25
"""Companies scored per line at most, a bound on work. Measured on 1,500 typed lines of a generated world of 20,000
companies: from 5 to 50 the lines matched rightly stay within 94.3 and 93.9 %."""

MOST_ALIKE, MOST_AT_DOMAIN = 500, 200
"""Names that a line's is spelled like, and companies with its domain, at most: more tell nothing apart."""

PREFIX = 4
"""Letters of a beginning that names may share, at least."""

BY_ID, SAME_WORDS, AT_DOMAIN, AT_PLACE, SAME_INITIALS, SAME_BEGINNING = 99.0, 30.0, 20.0, 3.0, 3.0, 1.0
"""What the ways in which a company is found weigh, the last and AT_PLACE beside how rare they are: an order of who is
compared with the line, not of who is chosen."""

_Found = tuple[Longs, Longs, Reals]
"""Line, company and weight of candidates, one entry each."""


def find_candidates(
    typed: Typed, index: Index, fields: Mapping[str, Field], lines: int, by_id: Longs
) -> tuple[Longs, Longs]:
    """Pairs of line and company, sorted: at most CANDIDATES per line, the company of its id (``by_id``, -1 for none)
    first, then the likeliest by their words.

    A company is a candidate when it shares rare words with the line (or words one edit away), has the same beginning
    without spaces, shares any word in the same place, has the line as its initials, or has the same internet domain.
    """
    n = len(index.start) - 1
    wanted = wanted_of(typed, index.vocabulary)
    known = np.flatnonzero(by_id >= 0)
    found = [
        (known, by_id[known], np.full(len(known), BY_ID)),
        *_spelled_alike(typed, index),
        *(_at_place(fields[name], wanted, index) for name in ("postcode", "city") if name in fields),
        *(_at_domain(fields[name]) for name in ("domain",) if name in fields),
        _by_words(wanted, index, lines),
    ]
    line, company, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    pairs, best = _largest(line * n + company, weight)
    line, company = pairs // max(n, 1), pairs % max(n, 1)
    order = np.lexsort((company, -best.round(DIGITS), line))
    place = np.arange(len(order)) - np.searchsorted(line, line)
    chosen = np.sort(pairs[order[place < CANDIDATES]])
    return chosen // max(n, 1), chosen % max(n, 1)


def _largest(keys: Longs, values: Reals) -> tuple[Longs, Reals]:
    """The distinct keys, sorted, and the largest value of each."""
    if not len(keys):
        return keys, values
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.diff(keys[order], prepend=NONE))
    return keys[order[first]], np.maximum.reduceat(values[order], first)


def _by_words(wanted: Wanted, index: Index, lines: int) -> _Found:
    """Companies that have a line's chosen words, with the weights of all its words that they have; of several that may
    be one typed word the best counts.

    The companies that have one of them alone weigh the same, so the first CANDIDATES stand for all.
    """
    n = len(index.start) - 1
    pairs = distinct_keys(np.concatenate([_with_one(wanted, index), _with_two(wanted, index, lines)]))
    line, company = pairs // max(n, 1), pairs % max(n, 1)
    at, first = entries(index.start, company)
    size = len(index.common)
    owner = np.repeat(np.arange(len(pairs)), np.diff(first))
    asked, given = _equal(line[owner] * size + index.words[at], wanted.line * size + wanted.word)
    many = int(wanted.typed.max(initial=0)) + 1
    typed, best = _largest(owner[asked] * many + wanted.typed[given], wanted.weight[given])
    return line, company, np.asarray(np.bincount(typed // many, best, minlength=len(pairs)), np.float64)


def _with_one(wanted: Wanted, index: Index) -> Longs:
    """Pairs, as one number each, of the lines and the first companies that have each of their chosen words."""
    start, company = _postings(index, wanted.word[wanted.chosen])
    word = wanted.word[wanted.chosen]
    end = np.minimum(start[1:], start[:-1] + CANDIDATES)[word]
    counts = end - start[word]
    at = np.repeat(start[word] - starts(counts)[:-1], counts) + np.arange(counts.sum())
    return np.asarray(
        np.repeat(wanted.line[wanted.chosen], counts) * (len(index.start) - 1) + company[at], np.int64
    )


def _with_two(wanted: Wanted, index: Index, lines: int) -> Longs:
    """Pairs of the lines and the companies that have a chosen word and another of theirs."""
    chosen = np.flatnonzero(wanted.chosen)
    at, first = entries(np.searchsorted(wanted.line, np.arange(lines + 1)), wanted.line[chosen])
    one, two = np.repeat(wanted.word[chosen], np.diff(first)), wanted.word[at]
    line, asked = np.unique(np.stack([wanted.line[at], _joint(one, two, index)])[:, one != two], axis=1)
    useful = np.zeros(len(index.common), bool)
    useful[wanted.word] = True
    n = len(index.start) - 1
    entry = np.flatnonzero(useful[index.words])
    word, company = index.words[entry], (np.searchsorted(index.start, entry, "right") - 1).astype(np.int32)
    found, at, step = [np.zeros(0, np.int64)], np.arange(len(entry)), 1
    while len(at := at[at + step < len(entry)]):
        at = at[company[at] == company[at + step]]
        mine, theirs = _equal(asked, _joint(word[at], word[at + step], index))
        found.append(line[mine] * n + company[at[theirs]])
        step += 1
    return np.concatenate(found)


def _joint(one: Ints, two: Ints, index: Index) -> Longs:
    """Two words of the index in any order as one number."""
    return np.minimum(one, two).astype(np.int64) * len(index.common) + np.maximum(one, two)


def _postings(index: Index, words: Ints) -> tuple[Longs, Longs]:
    """The companies that have each of the words, by word: where those of each word (u,) start, and the companies."""
    asked = np.zeros(len(index.common), bool)
    asked[words] = True
    at = np.flatnonzero(asked[index.words])
    at = at[np.argsort(index.words[at], kind="stable")]
    counts = np.bincount(index.words[at], minlength=len(asked))
    return starts(counts), np.searchsorted(index.start, at, "right") - 1


def _spelled_alike(typed: Typed, index: Index) -> Iterator[_Found]:
    """Companies with the same words in any order, with the same beginning, and those that the line has initials of."""
    names, n = index.names, len(index.start) - 1
    mine, theirs = _equal(typed.key, index.key)
    few = _size(typed.line[mine]) <= MOST_ALIKE
    yield _once(typed.line[mine[few]], names.company[theirs[few]], SAME_WORDS, n)
    begins = np.flatnonzero(typed.length >= PREFIX)
    mine, theirs = _equal(typed.prefix[begins], names.prefix)
    line, company, _ = _once(typed.line[begins[mine]], names.company[theirs], 0.0, n)
    size = _size(line)
    few = size <= MOST_ALIKE
    yield line[few], company[few], np.log(1 + n / size[few]) + SAME_BEGINNING
    short = np.flatnonzero((typed.length >= INITIALS[0]) & (typed.length <= INITIALS[1]))
    mine, theirs = _equal(typed.prefix[short], index.initials)
    yield _once(typed.line[short[mine]], names.company[theirs], SAME_INITIALS, n)


def _at_place(field: Field, wanted: Wanted, index: Index) -> _Found:
    """Companies that share a word with a line at its place."""
    n, size = len(index.start) - 1, len(index.common)
    placed = field.line[wanted.line] != NONE
    asked = field.line[wanted.line[placed]].astype(np.int64) * size + wanted.word[placed]
    line, asked = np.unique(np.stack([wanted.line[placed], asked]), axis=1)
    owner = np.repeat(np.arange(n), np.diff(index.start))
    mine, theirs = _equal(asked, field.company[owner].astype(np.int64) * size + index.words, most=POSTINGS)
    rarity = np.log(1 + n / np.maximum(index.common, 1))[asked % max(size, 1)]
    pairs = line[mine] * n + owner[theirs]
    order = np.argsort(pairs, kind="stable")
    first = np.flatnonzero(np.diff(pairs[order], prepend=NONE))
    weight = np.add.reduceat(rarity[mine[order]], first) if len(first) else np.zeros(0)
    return pairs[order[first]] // max(n, 1), pairs[order[first]] % max(n, 1), weight + AT_PLACE


def _at_domain(field: Field) -> _Found:
    given = np.flatnonzero(field.line != NONE)
    mine, company = _equal(field.line[given], field.company, most=MOST_AT_DOMAIN)
    return given[mine], company, np.full(len(company), AT_DOMAIN)


def _equal(
    mine: Hashes | Longs | Ints, theirs: Hashes | Longs | Ints, most: int | None = None
) -> tuple[Longs, Longs]:
    """The positions of all pairs of equal values, by ``mine``; without values that more than ``most`` of theirs are."""
    codes, values = encode(pa.array(mine))
    found = pc.index_in(pa.array(theirs, values.type), value_set=values)
    code = pc.fill_null(found, NONE).to_numpy()
    hit = np.flatnonzero(code != NONE)
    hit = hit[np.argsort(code[hit], kind="stable")]
    counts = np.bincount(code[hit], minlength=len(values))
    kept = np.flatnonzero(counts[codes] <= (len(theirs) if most is None else most))
    at, first = entries(starts(counts), codes[kept])
    return np.repeat(kept, np.diff(first)), hit[at]


def _once(line: Longs, company: Longs | Ints, weight: float, n: int) -> _Found:
    """Each pair of line and company once."""
    pairs = distinct_keys(line * n + company)
    return pairs // max(n, 1), pairs % max(n, 1), np.full(len(pairs), weight)


def _size(line: Longs) -> Longs:
    """How many entries each entry's line has."""
    return np.bincount(line, minlength=1)[line]

"""Blocking: pairs of records that may be one company, found without comparing all pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.match.same.places import Places, Shared
from graphlead.match.same.words import Names, among

RAREST = 4
"""Words of a name, its rarest, by which it meets others at its place."""

RARE = 4.5
"""Least rarity of a word that can show two names to be one company's: one name in 90 has it. On registers of US
filings, 11,000 / 38,000 companies, the words below are the trades' (landscape, farm, service)."""

BLOCK = 30
"""Records of a block that all meet each other, at most. The records of a larger one meet only where another of their
rarest words is the same too, and of more than NEXT such each meets the next NEXT in the order of their names: work
grows with the number of records, not with its square."""

NEXT = 10

CHUNK = 262_144
"""Names of which the words are sorted at a time, a choice: they take some 30 MB."""

Block = Callable[[], tuple[Longs, Longs, Ints]]
"""Gives rows of names, the code of the block that each is in, and the word that makes it, NONE where none does."""


def find_pairs(names: Names, places: Places) -> Longs:
    """Pairs of companies as one number each (p,), see ``ends_of``; each once, ascending.

    They share one of their rarest words or the first letters at one place (postcode or city), or an address, a link,
    an identifier or a contact, whatever their names. Words of the own city's name do not count. Of records with one
    name at one place the first stands for all, and is paired with each.
    """
    n = len(places.city)
    first = _first_alike(names, places)
    again = np.flatnonzero(first != np.arange(n)).astype(np.int32)
    found = [_pair(places.source, places.target, n), _pair(first[again], again, n)]
    rarest = by_rarity(names)
    order, company = _order(names, rarest)

    def paired(block: Block) -> Longs:
        rows, codes, own = block()
        small, large = _by_size(codes)
        parts, finer = _divided(rows[large], codes[large], own[large], rarest)
        return np.concatenate([
            _neighbours(codes[small], order[rows[small]], company, n, BLOCK),
            _neighbours(finer, order[parts], company, n, NEXT),
        ])  # fmt: skip

    found += side_by_side(paired, list(_blocks(names, places, rarest, first)))
    pairs = np.concatenate(found)
    found.clear()
    pairs.sort()
    return pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs


def ends_of(pairs: Longs, n: int) -> Longs:
    """The two companies, of n, of each pair (p,), the smaller index first: (p, 2)."""
    return np.stack(np.divmod(pairs, max(n, 1)), axis=1)


def _first_alike(names: Names, places: Places) -> Ints:
    """For each company (n,) the first with the same name at the same postcode and city; itself without a place."""
    n = len(places.city)
    named, row = np.unique(names.company, return_index=True)
    alike = names.name[row]
    known = np.zeros(len(named), bool)
    for shared in places.places:
        _, alike = np.unique(alike, return_inverse=True)
        alike = _joint(alike, shared.codes[named])
        known |= shared.codes[named] != NONE
    _, at, back = np.unique(alike[known], return_index=True, return_inverse=True)
    first = np.arange(n, dtype=np.int32)
    first[named[known]] = named[known][at][back]
    return first


def _blocks(names: Names, places: Places, rarest: Ints, first: Ints) -> Iterator[Block]:
    """The ways to pair records: by words and by first letters at each place, and by what is the same wherever."""
    vocabulary = names.vocabulary
    few = np.bincount(rarest[rarest != NONE], minlength=len(vocabulary.text)) <= BLOCK
    rare = np.append(((vocabulary.rarity >= RARE) | few) & ~vocabulary.light, False)
    new = first[names.company] == names.company
    useful = rare[rarest] & new[:, None] & ~among(rarest, names.city_words[places.city[names.company]])

    def words(shared: Shared) -> tuple[Longs, Longs, Ints]:
        where = shared.codes[names.company]
        at, column = np.nonzero(useful & (where != NONE)[:, None])
        return at, _joint(where[at], rarest[at, column]), rarest[at, column]

    def letters(shared: Shared) -> tuple[Longs, Longs, Ints]:
        where = shared.codes[names.company]
        at = np.flatnonzero(new & (where != NONE) & (names.prefix != NONE))
        return at, _joint(where[at], names.prefix[at]), np.full(len(at), NONE, np.int32)

    def exactly(shared: Shared) -> tuple[Longs, Longs, Ints]:
        codes = shared.codes[names.company]
        at = np.flatnonzero(codes != NONE)
        return at, codes[at].astype(np.int64), np.full(len(at), NONE, np.int32)

    yield from (partial(way, shared) for shared in places.places for way in (words, letters))
    yield from (partial(exactly, shared) for shared in places.exact)


def _joint(one: Ints | Longs, two: Ints) -> Longs:
    return one.astype(np.int64) * (int(two.max(initial=0)) + 2) + two + 1


def by_rarity(names: Names) -> Ints:
    """The meanings of the RAREST words of each name (m, RAREST), the rarest first, NONE behind them."""
    rarity = np.append(names.vocabulary.rarity, np.float32(-1))
    meaning = np.append(names.vocabulary.meaning, np.int32(NONE))
    rarest = np.empty((len(names.words), RAREST), np.int32)

    def sort(start: int) -> None:
        words = names.words[start : start + CHUNK]
        order = np.argsort(-rarity[words], axis=1, kind="stable")[:, :RAREST]
        rarest[start : start + CHUNK] = np.take_along_axis(meaning[words], order, axis=1)

    for _ in side_by_side(sort, range(0, len(rarest), CHUNK)):
        pass
    return rarest


def _order(names: Names, rarest: Ints) -> tuple[Ints, Ints]:
    """The position of each name (m,) in the order of their rarest words, and in this order the company of each."""
    order = np.lexsort(tuple(rarest.T[::-1]))
    position = np.empty(len(order), np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    return position, names.company[order]


def _ordered(codes: Longs, numbers: Ints | Longs) -> tuple[Longs, Longs]:
    """Codes with the number of each, all >= 0, by code and then by number; codes too large for it are counted anew."""
    bits = int(numbers.max(initial=0)).bit_length()
    if int(codes.max(initial=0)).bit_length() + bits > 63:
        codes = np.unique(codes, return_inverse=True)[1]
    joint = np.sort((codes << bits) | numbers)
    return joint >> bits, joint & ((1 << bits) - 1)


def _by_size(codes: Longs) -> tuple[Longs, Longs]:
    """The positions of codes that BLOCK of them at most have in common, those of no use alone left out; the others."""
    codes, sort = _ordered(codes, np.arange(len(codes)))
    starts = np.flatnonzero(np.diff(codes, prepend=NONE))
    size = np.diff(np.append(starts, len(codes)))
    size = np.repeat(size, size)
    return sort[(size > 1) & (size <= BLOCK)], sort[size > BLOCK]


def _divided(rows: Longs, codes: Longs, own: Ints, rarest: Ints) -> tuple[Longs, Longs]:
    """Rows of large blocks with the code of block and another word, once a word; names of one word among themselves."""
    _, block = np.unique(codes, return_inverse=True)
    words = np.where(rarest[rows] == own[:, None], NONE, rarest[rows])
    alone = (words == NONE).all(axis=1)
    words[alone, 0] = own[alone]
    at, column = np.nonzero(words != NONE)
    return rows[at], _joint(block[at], words[at, column])


def _neighbours(block: Longs, order: Ints, company: Ints, n: int, most: int) -> Longs:
    """The pairs of each record and the next ``most`` of its block.

    order: the positions of the records in the order of names; company: the company at each.
    """
    block, place = _ordered(block, order)
    of = company[place]
    found = [np.zeros(0, np.int64)]
    at = np.arange(len(block))
    for step in range(1, most + 1):
        at = at[at + step < len(block)]
        at = at[block[at] == block[at + step]]
        one, two = of[at], of[at + step]
        apart = one != two
        found.append(_pair(one[apart], two[apart], n))
    return np.concatenate(found)


def _pair(one: Ints, two: Ints, n: int) -> Longs:
    """Pairs of companies as one number each."""
    return np.minimum(one, two).astype(np.int64) * n + np.maximum(one, two)

"""How much two names have in common, word by word, rare words counting more.

Words agree when they are equal, one a misspelling of the other, one cut short, or an initial; words written together
or apart agree as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from graphlead.core.arrays import NONE, Flags, Floats, Ints, Longs, Reals
from graphlead.match.same.words import Names, Vocabulary, among

TYPO = 0.8
"""Least likeness (1 - edits / letters) of words of FOUR letters or more that are one word: one letter in five."""

FOUR = 4
CUT = 3
"""Letters of a word that is another cut short, at least."""

JOINED = 0.88
"""Least likeness of what is left of both names, written together, to be the same."""

ROUNDED = 1e-3
"""More than sums of the rarities of a name's words can differ by rounding."""

CHUNK = 100_000
"""Pairs compared at a time: their words against each other take 64 bytes each, several times."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What the names of p pairs share, one entry a pair.

    jaccard: weight of the shared words over that of all words. contained: the share of the shorter name's weight that
    is in the other. information: the rarities of the words shared in full, without numbers, regions and parts of the
    city's name, together: about -ln of the share of names that have them all.
    """

    jaccard: Floats
    contained: Floats
    information: Floats

    def take(self, rows: Longs) -> Agreement:
        """That of these pairs."""
        return Agreement(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})


def together(parts: Sequence[Agreement]) -> Agreement:
    """The agreement of the pairs of all parts, in their order."""
    return Agreement(**{
        each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Agreement)
    })  # fmt: skip


def most_information(names: Names, n: int) -> Reals:
    """More than the information that any agreement with a name of each of n companies has, by ROUNDED; 0 without it."""
    vocabulary = names.vocabulary
    rarity = np.append(np.where(vocabulary.light, 0.0, vocabulary.rarity), 0)
    most = np.zeros(n)
    np.maximum.at(most, names.company, rarity[names.words].sum(axis=1) + ROUNDED)
    return most


def compare(names: Names, left: Longs, right: Longs, city_words: Ints) -> Agreement:
    """The agreement of the names ``left`` and ``right`` (p,), rows of ``names``.

    city_words (p, k): for each pair the meanings of the words of the left company's city.
    """
    longest = np.maximum(*((names.words[side] != NONE).sum(axis=1) for side in (left, right)))
    order = np.argsort(longest, kind="stable")
    parts = [
        _chunk(names, left[at], right[at], city_words[at], int(longest[at].max(initial=1)))
        for at in _chunks(order)
    ]
    return together(parts).take(np.argsort(order, kind="stable"))


def _chunks(order: Longs) -> list[Longs]:
    """The order in pieces of CHUNK at most, short names together so that they take little room; at least one piece."""
    return [order[i : i + CHUNK] for i in range(0, max(len(order), 1), CHUNK)]


def _chunk(names: Names, left: Longs, right: Longs, city_words: Ints, width: int) -> Agreement:
    # The pairs are the last axis: what is worked out over a few words of each then runs along many pairs at once.
    vocabulary = names.vocabulary
    one, two = (np.ascontiguousarray(names.words[side, :width].T) for side in (left, right))
    equal = _equal(one, two, vocabulary)
    agreed, short = _variants(equal, one, two, vocabulary)
    joined = _joined(one, two, agreed | short, vocabulary)
    weights = np.append(vocabulary.weight, np.float32(0))
    weight = weights[one], weights[two]
    least = np.minimum(weight[0][:, None], weight[1]) * short
    shares = [
        np.where(agreed.any(axis=axis) | joined, mine, least.max(axis=axis)).sum(axis=0)
        for axis, mine in zip((1, 0), weight, strict=True)
    ]
    totals = [mine.sum(axis=0) for mine in weight]
    shared, tiny = (shares[0] + shares[1]) / 2, np.finfo(np.float32).tiny
    place = among(np.append(vocabulary.meaning, NONE)[one.T], city_words).T
    return Agreement(
        jaccard=shared / np.maximum(totals[0] + totals[1] - shared, tiny),
        contained=np.maximum(
            *(share / np.maximum(total, tiny) for share, total in zip(shares, totals, strict=True))
        ),
        information=_information(one, two, agreed & ~place[:, None], joined, vocabulary),
    )


def _equal(one: Ints, two: Ints, vocabulary: Vocabulary) -> Flags:
    """Which words of the columns (a, p) mean the same as which of (b, p): (a, b, p)."""
    meaning = np.append(vocabulary.meaning, NONE)
    same: Flags = (meaning[one][:, None] == meaning[two]) & (one != NONE)[:, None]
    return same


def _variants(equal: Flags, one: Ints, two: Ints, vocabulary: Vocabulary) -> tuple[Flags, Flags]:
    """The words of either side (a, b, p) that agree in full, equal or misspelt, and those that one side cuts."""
    left, right = (one != NONE) & ~equal.any(axis=1), (two != NONE) & ~equal.any(axis=0)
    i, j, pair = np.nonzero(left[:, None] & right)
    misspelt, cut = _kinds(one[i, pair], two[j, pair], vocabulary)
    agreed, short = equal.copy(), np.zeros_like(equal)
    agreed[i[misspelt], j[misspelt], pair[misspelt]] = True
    short[i[cut], j[cut], pair[cut]] = True
    return agreed, short


def _kinds(one: Ints, two: Ints, vocabulary: Vocabulary) -> tuple[Flags, Flags]:
    """Whether words (q,) are one misspelt, and whether one is the other cut short; no number is either."""
    length = vocabulary.length
    short, long = (
        np.where(length[one] <= length[two], one, two),
        np.where(length[one] <= length[two], two, one),
    )
    words = ~vocabulary.numeric[one] & ~vocabulary.numeric[two]
    beginning = words & (vocabulary.first[short] == vocabulary.first[long])
    cut = beginning & (length[short] == 1) & (length[long] >= CUT)
    maybe = np.flatnonzero(beginning & (length[short] >= CUT) & (length[short] < length[long]))
    cut[maybe] = np.strings.startswith(vocabulary.text[long[maybe]], vocabulary.text[short[maybe]])
    near = (
        np.bitwise_count(vocabulary.letters[one] ^ vocabulary.letters[two]) <= 2 * (1 - TYPO) * length[long]
    )
    near &= (length[short] >= FOUR) & (length[short] >= TYPO * length[long]) & words
    maybe = np.flatnonzero(near)
    misspelt = np.zeros(len(one), bool)
    misspelt[maybe] = _alike(one[maybe], two[maybe], vocabulary)
    return misspelt, cut & ~misspelt


def _alike(one: Ints, two: Ints, vocabulary: Vocabulary) -> Flags:
    """Whether words (q,) are alike; each pair of words is compared once."""
    pairs, back = np.unique(one.astype(np.int64) * len(vocabulary.text) + two, return_inverse=True)
    left, right = np.divmod(pairs, max(len(vocabulary.text), 1))
    like = likeness(vocabulary.text[left].tolist(), vocabulary.text[right].tolist())
    return np.asarray((like >= TYPO)[back], bool)


def likeness(one: list[str], two: list[str]) -> Floats:
    """1 - edits / letters of aligned texts, in [0, 1]."""
    return np.asarray(
        process.cpdist(one, two, scorer=OSA.normalized_similarity, dtype=np.float32), np.float32
    )


def _joined(one: Ints, two: Ints, agreed: Flags, vocabulary: Vocabulary) -> Flags:
    """Whether what is left of both names is the same, written together (p,): "green leaf" and "greenleaf"."""
    left, right = np.where(agreed.any(axis=1), NONE, one), np.where(agreed.any(axis=0), NONE, two)
    length, letters = np.append(vocabulary.length, 0), np.append(vocabulary.letters, np.uint64(0))
    sizes = length[left].sum(axis=0), length[right].sum(axis=0)
    sets = np.bitwise_or.reduce(letters[left], axis=0) ^ np.bitwise_or.reduce(letters[right], axis=0)
    several = ((left != NONE).sum(axis=0) > 1) | ((right != NONE).sum(axis=0) > 1)
    near = several & (np.minimum(*sizes) >= FOUR) & (np.minimum(*sizes) >= JOINED * np.maximum(*sizes))
    maybe = np.flatnonzero(near & (np.bitwise_count(sets) <= 2))
    joined = np.zeros(one.shape[1], bool)
    joined[maybe] = (
        likeness(_together(left.T[maybe], vocabulary), _together(right.T[maybe], vocabulary)) >= JOINED
    )
    return joined


def _together(words: Ints, vocabulary: Vocabulary) -> list[str]:
    """The words of each row (q, MOST) written together."""
    text = np.append(vocabulary.text, "")[words]
    together = text[:, 0]
    for column in text.T[1:]:
        together = np.strings.add(together, column)
    texts: list[str] = together.tolist()
    return texts


def _information(one: Ints, two: Ints, agreed: Flags, joined: Flags, vocabulary: Vocabulary) -> Floats:
    """The rarities of the agreed words (p,) that are not light; names written together count as the commoner side."""
    rarity = np.append(np.where(vocabulary.light, 0, vocabulary.rarity), 0).astype(np.float32)
    mine, theirs = rarity[one], rarity[two]
    apart = np.where(agreed.any(axis=1), np.minimum(mine, (theirs * agreed).max(axis=1)), 0).sum(axis=0)
    left = (mine * ~agreed.any(axis=1)).sum(axis=0), (theirs * ~agreed.any(axis=0)).sum(axis=0)
    return np.asarray(apart + np.where(joined, np.minimum(*left), 0), np.float32)

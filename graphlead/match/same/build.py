"""Find the records of a register that are one company, by name and place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import NONE, Ints, Longs, Reals
from graphlead.core.contracts import Progress, silent
from graphlead.core.register import Register
from graphlead.core.same import Pairs, Same
from graphlead.engines.duckdb import open_db
from graphlead.match import normalise
from graphlead.match.same.block import ends_of, find_pairs
from graphlead.match.same.clusters import clusters
from graphlead.match.same.places import PLACES, Crowds, Places, read_places
from graphlead.match.same.related import find_related
from graphlead.match.same.score import Agreement, compare, most_information, together
from graphlead.match.same.words import Names, read_names

ALIKE = 0.7
"""Least share of the names' words, by weight, that two records of one company have in common."""

CONTAINED = 0.95
"""Least share of the shorter name, by weight, that is in the longer one, where the longer one says more."""

CHANCE, CONTAINED_CHANCE = 3.0, 5.0
"""-ln of the number of namesakes that chance would put at the same place, at least: one in 20, and one in 150 where one
name only contains the other. On registers of US filings, 11,000 / 38,000 companies, 2 to 3 and 4 to 6 give the same
within 1 % of precision and recall."""

DIFFERS = 3.0
"""What a place, address, identifier or contact that is known of both and differs counts against them: one record in 20
of a company has another. On registers of US filings, 11,000 / 38,000 companies, 0 to 3 give the same; on a generated
one of 100,000 with 200 planted repetitions all are found, and beside them 5,800 pairs with 0, 1,200 with 3."""

IDENTICAL = 0.95
"""Share of the names' words, by weight, from which they are called the same but for spelling."""

SLAB = 1_000_000
"""Pairs of companies compared at a time: each takes some 100 bytes."""

LIKENESS = ("one name contains the other", "similar names", "same name but for spelling")

STEPS = 4


def find_same(register: Register, *, progress: Progress = silent) -> Same:
    """The records of the register that are one company, and the companies related at one place.

    Records are one company when they are at one place (postcode, city, address, a link of such a kind, an identifier or
    a contact), their names agree but for spelling or one contains the other, and the words that they share are too rare
    for chance among the companies of the place. Without names or without any place nothing is found.
    """
    progress(0, STEPS, "reading places")
    with open_db() as db:
        normalise.install(db)
        places = read_places(db, register)
    progress(1, STEPS, "reading names")
    names = read_names(register, places.city_names)
    progress(2, STEPS, "pairing records")
    pairs = find_pairs(names, places)
    progress(3, STEPS, "comparing names")
    found = _compared(names, places, pairs)
    cluster = clusters(found.left, found.right, register.n_companies)
    progress(STEPS, STEPS, "records compared")
    return Same(cluster=cluster, pairs=found, related=find_related(names, places))


def _compared(names: Names, places: Places, pairs: Longs) -> Pairs:
    """Of the pairs (p,), as of ``find_pairs``, those of records that are one company."""
    slabs = [(start, pairs[start : start + SLAB]) for start in range(0, max(len(pairs), 1), SLAB)]
    crowds = Crowds.of(places, names)
    found = list(side_by_side(_Near(names, crowds), slabs))
    pair, agreed = np.concatenate([near for near, _ in found]), together([each for _, each in found])
    likely, pair = np.unique(pair, return_inverse=True)
    pairs = ends_of(pairs[likely], len(places.city))
    chance, where = _by_chance(crowds, pairs)
    rare = agreed.information - chance[pair]
    alike = (agreed.jaccard >= ALIKE) & (rare >= CHANCE)
    contained = (agreed.contained >= CONTAINED) & (rare >= CONTAINED_CHANCE)
    likeness = np.full(len(pairs), NONE, np.int8)
    for level, flags in enumerate((contained, alike, alike & (agreed.jaccard >= IDENTICAL))):
        likeness[pair[flags]] = np.maximum(likeness[pair[flags]], level)
    kept = np.flatnonzero(likeness != NONE)
    left, right = (side.astype(np.int32) for side in pairs[kept].T)
    return Pairs(left=left, right=right, sure=likeness[kept] > 0, shared=_texts(likeness[kept], where[kept]))


def _by_chance(crowds: Crowds, pairs: Longs) -> tuple[Reals, Ints]:
    """What the names of each pair (p, 2) have to outweigh, ln of their namesakes at the place that they share with what
    counts against them, and which place that is.
    """
    namesakes, where, differing = crowds.around(pairs)
    return np.log(namesakes) + DIFFERS * differing, where


class _Near:
    """The pairs of companies of which the names may be one company's, and how far these agree.

    A pair is there once for every name of the one and every name of the other.
    """

    def __init__(self, names: Names, crowds: Crowds) -> None:
        self._names, self._crowds = names, crowds
        self._first = np.searchsorted(names.company, np.arange(len(crowds.degree) + 1))
        self._most = most_information(names, len(crowds.degree))

    def __call__(self, slab: tuple[int, Longs]) -> tuple[Longs, Agreement]:
        """Of pairs (p,) from a position on the positions of those that may be, and their agreement."""
        start, pairs = slab[0], ends_of(slab[1], len(self._most))
        names, city = self._names, self._crowds.places.city
        enough = self._most[pairs[:, 0]] >= _by_chance(self._crowds, pairs)[0] + CHANCE
        kept = np.flatnonzero(enough)
        pair, left, right = _combinations(pairs[kept], self._first)
        agreed = compare(names, left, right, names.city_words[city[names.company[left]]])
        near = np.flatnonzero((agreed.jaccard >= ALIKE) | (agreed.contained >= CONTAINED))
        return kept[pair[near]] + start, agreed.take(near)


def _combinations(pairs: Longs, first: Longs) -> tuple[Longs, Longs, Longs]:
    """Every name of the one company with every name of the other: position of the pair, row of either name.

    first (n + 1,): the row of each company's first name.
    """
    of_left, of_right = (first[side + 1] - first[side] for side in pairs.T)
    size = of_left * of_right
    pair = np.repeat(np.arange(len(pairs)), size)
    at = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
    return pair, first[pairs[pair, 0]] + at // of_right[pair], first[pairs[pair, 1]] + at % of_right[pair]


def _texts(likeness: npt.NDArray[np.int8], where: Ints) -> pa.Array:
    texts = [f"{name}, same {place}" for name in LIKENESS for place in PLACES]
    return pa.array(texts).take(pa.array(likeness.astype(np.int64) * len(PLACES) + where))

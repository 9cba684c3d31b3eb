"""Companies related at one place: family firms and branches, recognised by a word that is at home there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphlead.common.codes import encode
from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.core.same import Related
from graphlead.match.same.places import Places
from graphlead.match.same.words import Names, among

AT_HOME = 0.5
"""Least share of a word's companies that are at one place to relate them. On registers of US filings, 11,000 / 38,000
companies, 0.3 instead relates a fifth more, also by trades of one town (seafoods, blueberry)."""

FEWEST, MOST = 2, 200
"""Companies with a word at one place at least and, a choice, at most: the name of more is a common one there."""

SURPRISE = 20.0
"""How many times as many of a word's companies are at a place as chance would put there, beside the first, at least: as
rare as a name has to be for records of one company."""


def find_related(names: Names, places: Places) -> Related:
    """The companies that share a word at a place where AT_HOME of the word's companies are, FEWEST to MOST.

    Words of the city's name, numbers and regions do not count, nor do words of one letter.
    """
    company, word = _words(names, places)
    having = np.bincount(word, minlength=len(names.vocabulary.text))
    few = np.flatnonzero((having[word] >= FEWEST) & (having[word] * AT_HOME <= MOST))
    company, word = company[few], word[few]
    texts: list[str] = []
    companies, groups = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for shared in places.places:
        at = np.flatnonzero(shared.codes[company] != NONE)
        joint = shared.codes[company[at]].astype(np.int64) * len(having) + word[at]
        codes, distinct = encode(pa.array(joint))
        size = np.bincount(codes, minlength=len(distinct))
        of = np.asarray(distinct) % max(len(having), 1)
        there = np.bincount(shared.codes[shared.codes != NONE], minlength=1)[shared.codes[company[at]]]
        by_chance = np.zeros(len(distinct))
        by_chance[codes] = there / len(shared.codes)
        home = (
            (size >= FEWEST)
            & (size <= MOST)
            & (size >= AT_HOME * having[of])
            & (size - 1 >= SURPRISE * by_chance * having[of])
        )
        number = np.cumsum(home, dtype=np.int32) - 1 + len(texts)
        inside = home[codes]
        companies.append(company[at[inside]])
        groups.append(number[codes[inside]])
        first = company[at[np.unique(codes, return_index=True)[1]]]
        texts += _texts(names.vocabulary.text[of[home]], shared.title(first[home]))
    return Related(
        company=np.concatenate(companies), group=np.concatenate(groups), shared=pa.array(texts, pa.string())
    )


def _words(names: Names, places: Places) -> tuple[Ints, Ints]:
    """Each company with each word of its names that can relate it to others, once."""
    meaning = np.append(names.vocabulary.meaning, NONE)[names.words]
    useful = np.append(~names.vocabulary.light & (names.vocabulary.length > 1), False)
    row, column = np.nonzero(useful[meaning] & ~among(meaning, names.city_words[places.city[names.company]]))
    size = max(len(names.vocabulary.text), 1)
    joint: Longs = np.sort(names.company[row].astype(np.int64) * size + meaning[row, column])
    company, word = np.divmod(joint[np.diff(joint, prepend=NONE) > 0], size)
    return company.astype(np.int32), word.astype(np.int32)


def _texts(words: np.typing.NDArray[np.str_], places: list[str]) -> list[str]:
    return [f"shares '{word}' and {place}" for word, place in zip(words.tolist(), places, strict=True)]

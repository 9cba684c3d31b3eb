"""Which words and values may be named as a reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.columns import coded
from graphlead.common.words.forms import FORM_WORDS
from graphlead.common.words.stopwords import STOPWORDS
from graphlead.core.arrays import Flags, Ints
from graphlead.core.features import Cut, Incidence, Kind, Level
from graphlead.core.register import PLACES, Register, Role
from graphlead.explain.facts import Facts

FEWEST_LETTERS = 3
"""Shorter words are initials and abbreviations that a reader cannot place."""

OF_EVERY_TRADE = (
    "enterprise", "enterprises", "firm", "group", "groupe", "gruppe", "grupo", "gruppo", "groep", "holding", "holdings",
    "international", "internacional", "internationale", "service", "services", "servicios", "servizi", "solution",
    "solutions",
)  # fmt: skip
"""Words that companies of any trade have in their names."""

_LEGAL = STOPWORDS | FORM_WORDS
_EMPTY = pa.array(sorted({*_LEGAL, *OF_EVERY_TRADE}))


def meaningful(words: pa.Array) -> Flags:
    """Flags (k,): the words, lower case and without accents, that say something; no numbers, no serial numbers."""
    empty = pc.or_(
        pc.is_in(words, value_set=_EMPTY),
        pc.or_(pc.match_substring_regex(words, "[0-9]"), pc.less(pc.utf8_length(words), FEWEST_LETTERS)),
    )
    return np.asarray(~empty.to_numpy(zero_copy_only=False), bool)


def without_meaning(facts: Facts, levels: Sequence[Level], roles: Mapping[str, Role], m: int) -> Flags:
    """Flags (m,): the companies that are in their group for what says nothing: a no, which is something they lack, a
    legal form, or words of the name without ``meaningful`` ones.
    """
    columns = [level.column for level in levels if roles.get(level.column) in (Role.BOOLEAN, Role.CATEGORY)]
    found = [[_says_nothing(facts.value(column, i)) for i in range(m)] for column in columns]
    found += [_empty_names(facts, level, m) for level in levels if level.cut is Cut.NAME]
    return np.asarray(np.array(found, bool).reshape(len(found), m).any(axis=0), bool)


def _empty_names(facts: Facts, level: Level, m: int) -> list[bool]:
    words = pc.split_pattern(pa.array([facts.words(level, i) for i in range(m)], pa.string()), " ")
    company = pc.list_parent_indices(words).to_numpy()
    said = np.bincount(company, meaningful(words.flatten()), minlength=m)
    return [bool(none) for none in said == 0]


def _says_nothing(value: object) -> bool:
    return value is False or (isinstance(value, str) and _is_legal_form(value))


@cache
def _is_legal_form(value: str) -> bool:
    words = _plain(value.replace(".", "")).split()
    return any(word in FORM_WORDS for word in words) and all(word in _LEGAL for word in words)


class NamedWords:
    """The words that say something about a company, for some companies (m,): no plain words, no serial numbers.

    The name of its own place is left out: that a company is there is a reason of its own.
    """

    def __init__(self, register: Register, companies: Ints) -> None:
        self._register, self._companies = register, companies

    def __call__(self, relation: Incidence, companies: Ints, groups: Ints) -> Flags:
        """Flags (p,): which groups of these companies may be named; all where the groups are no words."""
        if relation.source.kind is not Kind.WORDS or relation.terms is None:
            return np.ones(len(groups), bool)
        words = relation.terms.take(groups)
        its_place = [
            word in self._places[company]
            for word, company in zip(words.to_pylist(), companies.tolist(), strict=True)
        ]
        return np.asarray(meaningful(words) & ~np.array(its_place, bool), bool)

    @cached_property
    def _places(self) -> dict[int, set[str]]:
        """The words of the places of each company."""
        columns = [
            coded(self._register, name).take(self._companies).to_pylist()
            for name in self._register.names_of(*PLACES)
        ]
        return {
            company: {word for place in places if place for word in _plain(str(place)).split()}
            for company, *places in zip(self._companies.tolist(), *columns, strict=True)
        }


def _plain(text: str) -> str:
    """The text in lower case, without accents, with spaces for all but letters and digits, as words are counted."""
    letters = (c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in letters)

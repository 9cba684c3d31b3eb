"""Words with a meaning in company names and client lists; the data is in words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

_DATA = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def _by_word(entries: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: spelling for spelling, words in entries.items() for word in words}


DIGITS = 9
"""Decimals of sums over words that decide: the same words in another order give the same sum."""

SISTER_WORDS: tuple[str, ...] = tuple(_DATA["sister_words"])
FREE_MAIL: frozenset[str] = frozenset(_DATA["free_mail"])
ABBREVIATIONS = _by_word(_DATA["abbreviations"])

CONNECTORS = (
    r"\b(?:d\s?/\s?b\s?/\s?a|dba|d\.b\.a\.?|doing business as|t\s?/\s?as?|trading as|formerly known as|formerly"
    r"|f\s?/\s?k\s?/\s?a|fka|also known as|a\s?/\s?k\s?/\s?a|aka|previously)(?:[^a-z0-9]+|$)|/|;|\|"
)
"""Pattern of what separates several names of one company, in lower case."""

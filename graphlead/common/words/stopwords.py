"""Words that carry no meaning of their own, in nine languages; the data is in stopwords.toml."""

from __future__ import annotations

from graphlead.common.words.data import load
from graphlead.common.words.forms import FORM_WORDS

STOPWORDS = frozenset(word for words in load("stopwords").values() for word in words)
"""Articles, prepositions, pronouns and the like, in lower case without accents."""


def is_empty_word(word: str) -> bool:
    """Whether a word in lower case without accents is a stopword, a legal form or a single letter or digit."""
    return len(word) < 2 or word in STOPWORDS or word in FORM_WORDS

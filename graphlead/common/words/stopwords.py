"""Words that carry no meaning of their own, in nine languages; the data is in stopwords.toml."""

from __future__ import annotations

from graphlead.common.words.data import load

STOPWORDS = frozenset(word for words in load("stopwords").values() for word in words)
"""Articles, prepositions, pronouns and the like, in lower case without accents."""

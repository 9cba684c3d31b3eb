"""Texts in one spelling: lower case, without accents and punctuation."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Lower-case letters that are no letter with an accent, and how they are written without."""


def plain(values: pa.Array) -> pa.Array:
    """Words of each value (n,) in lower case with single spaces, without accents and punctuation; null stays null."""
    texts = pc.utf8_lower(values.cast(pa.string()))
    for letter, written in LETTERS.items():
        texts = pc.replace_substring(texts, letter, written)
    texts = pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKD"), r"[\p{M}'’`´ʼ]", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"[^\p{L}\p{N}]+", " "))


def compact(words: pa.Array) -> pa.Array:
    """Plain words written as one."""
    return pc.replace_substring(words, " ", "")

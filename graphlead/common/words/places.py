"""Names of towns and regions in one spelling; the data is in places.toml."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.words.data import by_word, load
from graphlead.common.words.texts import compact, plain

_DATA = load("places")

WORDS: dict[str, str] = by_word(_DATA["words"])
"""Abbreviated words in the names of towns, and how they are written out."""

REGIONS: dict[str, str] = by_word(_DATA["regions"])
"""Names of states and provinces of the US and Canada, and their postal codes."""

_EXPANDED = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"}
"""Letters that are written as two where a keyboard lacks them."""

_CEDEX = r" cedex( [0-9]+)?$"
"""What French addresses add to a town for business mail."""


@cache
def towns() -> dict[str, str]:
    """The other names of towns, ``written_out``, and the name that stands for them."""
    listed = by_word(_DATA["towns"])
    keys = (written_out(pa.array(names, pa.string())).to_pylist() for names in (listed, listed.values()))
    return dict(zip(*keys, strict=True))


def town_keys(values: pa.Array) -> pa.Array:
    """A key (n,) for each value; equal keys are spellings or names of one town. Null where nothing is left."""
    keys, expanded = written_out(values), written_out(_expanded(values))
    differs = pc.fill_null(pc.not_equal(keys, expanded), False)
    keys = _renamed(keys, expanded.filter(differs), keys.filter(differs))
    return _renamed(keys, pa.array(towns(), pa.string()), pa.array(towns().values(), pa.string()))


def region_keys(values: pa.Array) -> pa.Array:
    """A key (n,) for each value; the name and the postal code of a state or province are one."""
    words = plain(values)
    return compact(_renamed(words, pa.array(REGIONS, pa.string()), pa.array(REGIONS.values(), pa.string())))


def written_out(values: pa.Array) -> pa.Array:
    """The plain words of each name (n,) of a town, abbreviations written out, as one word."""
    spaced = pc.replace_substring_regex(
        plain(values), _CEDEX, ""
    )  # doubled, so that neighbours do not share one
    spaced = pc.binary_join_element_wise(" ", pc.replace_substring(spaced, " ", "  "), " ", "")
    for short, long in WORDS.items():
        spaced = pc.replace_substring(spaced, f" {short} ", f" {long} ")
    return compact(spaced)


def _expanded(values: pa.Array) -> pa.Array:
    texts = pc.utf8_lower(values.cast(pa.string()))
    for letter, two in _EXPANDED.items():
        texts = pc.replace_substring(texts, letter, two)
    return texts


def _renamed(keys: pa.Array, names: pa.Array, new: pa.Array) -> pa.Array:
    """The keys, each of ``names`` among them as the one of ``new`` beside it."""
    return pc.coalesce(new.take(pc.index_in(keys, names)), keys)

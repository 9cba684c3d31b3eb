"""Word lists for names, places and descriptions."""

from __future__ import annotations

import json
from importlib import resources

COUNTRIES = ("DE", "FR", "NL", "PL", "AT", "NA")
"""ISO codes; NA is Namibia, which careless parsers read as "not available"."""

_WORDS = json.loads(resources.files(__package__).joinpath("words.json").read_text("utf-8"))


def words(kind: str) -> list[str]:
    """A word list common to all countries, such as first_names or brand_starts."""
    found: list[str] = _WORDS[kind]
    return found


def words_by_country(kind: str) -> list[list[str]]:
    """A word list for each of COUNTRIES, in their order, such as regions or city_starts."""
    return [_WORDS["countries"][country][kind] for country in COUNTRIES]

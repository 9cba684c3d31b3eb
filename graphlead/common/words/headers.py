"""Headers of columns in the languages and conventions of registers and exports; the data is in headers.toml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from graphlead.common.words.data import load
from graphlead.common.words.texts import LETTERS

_DATA = load("headers")
_SUFFIX = "|".join(_DATA["suffixes"])
_COMPANY = "|".join(_DATA["companies"])
_IN_REGISTERS = "|".join((*_DATA["companies"], *_DATA["companies_in_registers"]))

PLACES = ("postcode", "country", "region", "city", "address")
"""The meanings that are a part of an address, the surest first: "postal city code" is a postcode."""

MEANINGS = ("domain", *PLACES, "name", "date")
"""The meanings that a header is asked for, in this order: "email address" is no address."""


def normalised(name: str) -> str:
    """A header as lower-case words joined by underscores, the same for "EmployerName" and "Employer name"."""
    spelled = "".join(LETTERS.get(letter, letter) for letter in name.replace("Ø", "O").replace("Ł", "L"))
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", plain)
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def contains(words: str, name: str) -> bool:
    """Whether the words of a normalised header are among the alternatives of a pattern."""
    return re.search(rf"(^|_)({words})(_|$)", name) is not None


def ends_in(words: str, name: str) -> bool:
    """Whether a normalised header ends in one of the alternatives, perhaps with suffixes that do not change it."""
    return re.search(rf"(^|_)({words})(_({_SUFFIX}))*$", name) is not None


@cache
def words_of(meaning: str, *kinds: str) -> str:
    """The words of a meaning, of these kinds (within, alone, lists), as alternatives of a pattern."""
    return "|".join(word for kind in kinds for word in _DATA[meaning].get(kind, ())) or "(?!)"


def is_company_name(name: str, companies: str = _IN_REGISTERS) -> bool:
    """Whether a normalised header is that of a company's name; ``companies``: what may come before "name"."""
    compound = rf"(({companies})_)+(name|names|names?_[0-9]+)|name_(of_)?({companies})|name_[0-9]"
    return re.fullmatch(f"{words_of('name', 'alone')}|{compound}", name) is not None


def is_contact(name: str) -> bool:
    """Whether a normalised header is that of a way to reach a company or a person there, or of a person's name."""
    person = r"(contact|ceo|director|manager|person|owner|founder|chairman|president)s?_(first_|last_|full_)?names?"
    reached = f"{words_of('contact', 'within')}|{words_of('domain', 'within')}"
    return contains(reached, name) or re.fullmatch(rf"(.*_)?{person}", name) is not None


def means(meaning: str, name: str) -> bool:
    """Whether a normalised header has a meaning of MEANINGS."""
    if meaning == "name":
        return is_company_name(name, _COMPANY)
    words = words_of(meaning, "within")
    if meaning == "domain":
        words = f"({words})(_(address|adresse|name))?"
    return re.fullmatch(words_of(meaning, "alone"), name) is not None or ends_in(words, name)


def place(name: str) -> str | None:
    """The part of an address that a normalised header stands for, of PLACES; None for other headers."""
    return first(PLACES, name)


def first(meanings: Iterable[str], name: str) -> str | None:
    """The first of the meanings that a normalised header has; None when it has none."""
    return next((meaning for meaning in meanings if means(meaning, name)), None)


def in_a_list(name: str) -> str | None:
    """The meaning, of MEANINGS, of a normalised header in a list of clients; None for other headers."""
    whole = (meaning for meaning in MEANINGS if re.fullmatch(words_of(meaning, "alone", "lists"), name))
    return next(whole, None) or first(MEANINGS, name)


def suggests_an_id(name: str) -> bool:
    """Whether a normalised header in a list of clients is perhaps that of an id."""
    return contains(words_of("identifier", "within", "lists"), name)


def is_public_number(name: str) -> bool:
    """Whether a normalised header is that of a number by which a company is known outside: VAT, LEI, trade register."""
    return contains(words_of("identifier", "within"), name)


def holds_a_name(name: str) -> bool:
    """Whether a normalised header has a word for companies among its words."""
    return contains(words_of("name", "alone", "lists"), name)

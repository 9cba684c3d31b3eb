"""Countries by their names in every language and their ISO codes; the data is in countries.tsv and countries.toml."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.words.data import by_word, load, text_of
from graphlead.common.words.texts import compact, plain

_KIND = (
    r"(?:(?:the|federal|federative|federated|democratic|islamic|peoples|socialist|plurinational|bolivarian|oriental|arab"
    r"|co|operative|united|independent|islamische|bundes|islamique|islamica|islamitische|federale|federativa) )*"
    r"(?:republic|kingdom|state|states|principality|grand duchy|duchy|commonwealth|sultanate|union|emirate|special"
    r" administrative region|republik|konigreich|furstentum|grossherzogtum|republique|royaume|principaute|grand duche"
    r"|republica|reino|principado|repubblica|regno|principato|republiek|koninkrijk|vorstendom|groothertogdom)"
)
"""What a state is called in its full name: "Federal Republic of", "Königreich", "République de"."""

_OF = r"(?:of|von|der|de|du|des|d|del|de la|di|della|dello|dell|van|het|do|da|dos)"


@cache
def codes() -> dict[str, str]:
    """The ISO code of two letters, in lower case, of each code and name, written as one word."""
    lines = [line.split("\t") for line in text_of("countries.tsv").splitlines()]
    names = {name: two.lower() for two, _, listed in lines for name in listed.split("|")}
    iso = {code.lower(): two.lower() for two, three, _ in lines for code in (two, three) if code}
    own = by_word(load("countries")["names"])
    spelled = {name.replace(" ", ""): code for name, code in {**names, **iso, **own}.items()}
    return {name: code for name, code in spelled.items() if name not in parts()}


@cache
def parts() -> dict[str, str]:
    """The country of each part that is written in its place, such as England, written as one word."""
    return {name.replace(" ", ""): code for name, code in by_word(load("countries")["parts"]).items()}


def country_codes(values: pa.Array) -> pa.Array:
    """The ISO code of two letters, in lower case, that each value (n,) names; null where it names no country.

    Full names are known by the name within: "Kingdom of Norway", "Norway, Kingdom of", "the Netherlands".
    """
    known = pa.array(codes(), pa.string())
    found = [_of_words(plain(written), known) for written in (values, *_turned(values))]
    return pc.coalesce(*found)


def _turned(values: pa.Array) -> list[pa.Array]:
    """The values with parted apostrophes, without what is in brackets, and with what follows a comma put first."""
    apart = pc.replace_substring_regex(values.cast(pa.string()), "['’]", " ")
    bare = pc.replace_substring_regex(values.cast(pa.string()), r"\s*\(.*\)", "")
    return [apart, bare, pc.replace_substring_regex(bare, r"^([^,]*),([^,]*)$", r"\2 \1")]


def _of_words(words: pa.Array, known: pa.Array) -> pa.Array:
    front = pc.replace_substring_regex(words, rf"^(?:{_KIND} (?:{_OF} )*)?(?:the )?", "")
    back = pc.replace_substring_regex(words, rf"(?: {_KIND} of)?(?: the)?$", "")
    found = pa.array(codes().values(), pa.string())
    return pc.coalesce(*(found.take(pc.index_in(compact(way), known)) for way in (words, front, back)))

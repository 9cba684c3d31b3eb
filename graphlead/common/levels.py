"""What a value means on wider levels: the levels of an industry code, the area of a postcode.

All of it works on the distinct values of a column, so that the graph, the features, the profile and the
explanations put the same companies together.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import merge, null_when_empty, tidy
from graphlead.core.features import Cut, Level
from graphlead.core.register import Column, Role

SCHEMES = {"NACE": (2, 3, 4, 5), "NAICS": (2, 3, 4, 6), "SIC": (2, 3, 4, 5)}
"""The lengths of the codes at each level of a scheme; a code of another length is its own finest level."""

WHOLE, SECTION = 0, 1
"""Levels that are no number of digits: the code as it is, and its section, which is one letter long."""

NACE_SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47),
    "H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82),
    "O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
"""The first and the last division of each section of NACE Rev. 2 (Regulation (EC) No 1893/2006)."""

_DIVISIONS = {
    f"{d:02}": letter for letter, (first, last) in NACE_SECTIONS.items() for d in range(first, last + 1)
}
_CODE = r"^(?P<letter>[A-Z]?)[ .]*(?P<digits>[0-9][0-9 .\-/]*)$"
_UK = r"^(?P<outward>[A-Z]{1,2}[0-9][A-Z0-9]?)(?:[0-9][A-Z]{2})?$"


def industry_levels(values: pa.Array, scheme: str) -> dict[int, pa.Array]:
    """The code of each value at every level of its scheme, widest first, WHOLE last; null where it has none there.

    Codes are digits without dots; of a list of codes the first counts. A section is the letter that is given or, for
    NACE, that the division belongs to. (A given letter is kept, since NACE Rev. 2.1 has other letters from J on.)
    A value that is no code is a level of its own; without a scheme all values are words, and those that differ in
    case and spaces alone are one, in the spelling that comes first.
    """
    lengths = SCHEMES.get(scheme.upper())
    if lengths is None:
        return {WHOLE: first_spelling(values)}
    texts = tidy(values)
    parts = pc.extract_regex(pc.replace_substring_regex(texts, r"\s*[,;|].*$", ""), _CODE)
    letter, digits = (pc.struct_field(parts, [name]) for name in ("letter", "digits"))
    code = pc.utf8_slice_codeunits(pc.replace_substring_regex(digits, r"[^0-9]", ""), 0, lengths[-1])
    sections = null_when_empty(letter)
    if scheme.upper() == "NACE":
        sections = pc.coalesce(sections, _section_of(code), _section_alone(texts))
    return {
        SECTION: sections,
        **{length: _beginning(code, length) for length in lengths},
        WHOLE: pc.coalesce(code, texts),
    }


def _beginning(code: pa.Array, length: int) -> pa.Array:
    """The first digits of each code, null for a shorter code."""
    long = pc.greater_equal(pc.utf8_length(code), length)
    return pc.if_else(long, pc.utf8_slice_codeunits(code, 0, length), pa.scalar(None, pa.string()))


def _section_of(code: pa.Array) -> pa.Array:
    at = pc.index_in(_beginning(code, 2), pa.array(list(_DIVISIONS)))
    return pa.array(list(_DIVISIONS.values())).take(at)


def _section_alone(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_in(texts, pa.array(list(NACE_SECTIONS))), texts, pa.scalar(None, pa.string()))


def known_levels(values: pa.Array, scheme: str) -> dict[int, pa.Array]:
    """The ``industry_levels`` that readers of the column know: no sections where no code is written with its letter."""
    levels = industry_levels(values, scheme)
    if not pc.any(pc.match_substring_regex(tidy(values), r"^[A-Z][ .]*[0-9]")).as_py():
        levels.pop(SECTION, None)
    return levels


def first_spelling(values: pa.Array) -> pa.Array:
    """Each value as the first of those that differ from it in case and spaces alone is written; null when empty."""
    merged, first = merge(tidy(values))
    spelled = pc.utf8_trim_whitespace(values.cast(pa.string())).take(first)
    return spelled.take(pa.array(merged, mask=merged < 0))


def postcodes(values: pa.Array) -> pa.Array:
    """Postcodes in capital letters and digits alone, without a country's letters before a hyphen: N19GU, 10115."""
    own = pc.replace_substring_regex(tidy(values), r"^[A-Z]{1,3} ?- ?([0-9].*)$", r"\1")
    return null_when_empty(pc.replace_substring_regex(own, r"[^\p{L}\p{N}]", ""))


def postcode_area(values: pa.Array) -> pa.Array:
    """The district of each British postcode (its outward code), the first three characters of any other."""
    compact = postcodes(values)
    outward = pc.struct_field(pc.extract_regex(compact, _UK), ["outward"])
    return pc.coalesce(outward, pc.utf8_slice_codeunits(compact, 0, 3))


def level_keys(values: pa.Array, level: Level, column: Column) -> pa.Array:
    """What the distinct values of a column, each (k,), are at a level that is no band; equal keys are one group."""
    if level.cut is Cut.CODE:
        return industry_levels(values, column.scheme).get(level.length, pa.nulls(len(values), pa.string()))
    if level.cut is Cut.AREA:
        return postcode_area(values)
    return postcodes(values) if column.role is Role.POSTCODE else tidy(values)

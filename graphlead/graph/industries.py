"""Industry codes as a tree: every level of NACE, NAICS and SIC codes; any other word is a level of its own."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.register import Column, Register, Role
from graphlead.graph.levels import Chains, Tree, encode, grow, tidy

DIGITS = {"NACE": (2, 3, 4, 5), "NAICS": (2, 3, 4, 6), "SIC": (2, 3, 4, 5)}
"""The lengths of the codes at each level of a scheme; a code of another length is its own finest level."""


def industries(register: Register) -> Tree:
    """The industries of all industry columns.

    A node's key is the code of its level (``56``, ``561``; NACE sections keep their letter); where columns
    follow several schemes, or none, the scheme or the column's name comes first: ``NAICS|561``.
    """
    columns = [register.column(name) for name in register.names_of(Role.INDUSTRY)]
    several = len({_vocabulary(column) for column in columns}) > 1
    return grow([_chains(register, column, several) for column in columns])


def _vocabulary(column: Column) -> str:
    return column.scheme.upper() or column.name


def _chains(register: Register, column: Column, several: bool) -> Chains:
    codes, distinct = encode(register.read(column.name).column(0))
    lengths = DIGITS.get(column.scheme.upper())
    levels = _code_levels(tidy(distinct), lengths) if lengths else [pc.utf8_trim_whitespace(distinct)]
    if several:
        levels = [pc.binary_join_element_wise(_vocabulary(column), level, "|") for level in levels]
    return Chains(codes, tuple(levels))


def _code_levels(values: pa.Array, lengths: tuple[int, ...]) -> list[pa.Array]:
    """The nodes of each code: the section's letter if given, its prefixes of these lengths, then the code."""
    nothing = pa.scalar(None, pa.string())
    parts = pc.extract_regex(values, r"^(?P<letter>[A-Z]?)[ .]*(?P<digits>[0-9][0-9 .\-/]*)$")
    letter, digits = (pc.struct_field(parts, [name]) for name in ("letter", "digits"))
    digits = pc.replace_substring_regex(digits, r"[^0-9]", "")
    code = pc.utf8_slice_codeunits(digits, 0, lengths[-1])
    size = pc.utf8_length(code)
    levels = [
        pc.if_else(pc.equal(letter, ""), nothing, letter),
        *(
            pc.if_else(pc.greater_equal(size, length), pc.utf8_slice_codeunits(code, 0, length), nothing)
            for length in lengths
        ),
    ]
    return [*levels, pc.coalesce(code, values)]

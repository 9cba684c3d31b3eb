"""Industry codes as a tree: the levels of NACE, NAICS and SIC codes; other values have a single level."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import null_when_empty
from graphlead.common.industries.titles import titles_for
from graphlead.common.levels import known_levels
from graphlead.common.members import members
from graphlead.core.register import Column, Register, Role
from graphlead.graph.levels import Chains, Tree, grow


def industries(register: Register) -> Tree:
    """The tree of the industries in all industry columns.

    A node's key is the code of its level (``56``, ``561``; a letter for a section), with the scheme, or the column
    name where there is none, before it if columns differ in these: ``NAICS|561``.
    """
    columns = [register.column(name) for name in register.names_of(Role.INDUSTRY)]
    several = len({_vocabulary(column) for column in columns}) > 1
    return grow([_chains(register, column, several) for column in columns])


def industry_titles(register: Register, keys: pa.Array) -> pa.Array:
    """The title of the industry of each of these keys (k,) of the tree, null where there is none."""
    columns = [register.column(name) for name in register.names_of(Role.INDUSTRY)]
    vocabularies = {_vocabulary(column): column.scheme for column in columns}
    found = pa.nulls(len(keys), pa.string())
    for vocabulary, scheme in vocabularies.items():
        values = pa.concat_arrays([
            members(register, column.name).values.cast(pa.string())
            for column in columns
            if _vocabulary(column) == vocabulary
        ])  # fmt: skip
        codes = keys if len(vocabularies) == 1 else _codes_of(keys, vocabulary)
        found = pc.coalesce(found, titles_for(values, scheme).of(codes))
    return found


def _codes_of(keys: pa.Array, vocabulary: str) -> pa.Array:
    """The codes of the keys of one vocabulary, null for those of others."""
    ours = pc.starts_with(keys, f"{vocabulary}|")
    codes = pc.utf8_slice_codeunits(keys, len(vocabulary) + 1)
    return null_when_empty(pc.if_else(ours, codes, pa.scalar(None, pa.string())))


def _vocabulary(column: Column) -> str:
    return column.scheme.upper() or column.name


def _chains(register: Register, column: Column, several: bool) -> Chains:
    read = members(register, column.name)
    levels = list(known_levels(read.values, column.scheme).values())
    if several:
        levels = [pc.binary_join_element_wise(_vocabulary(column), level, "|") for level in levels]
    return Chains(read.companies, read.codes, tuple(levels))

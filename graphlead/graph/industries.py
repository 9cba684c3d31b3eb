"""Industry codes as a tree: the levels of NACE, NAICS and SIC codes; other values have a single level."""

from __future__ import annotations

import pyarrow.compute as pc

from graphlead.common.columns import coded
from graphlead.common.levels import known_levels
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


def _vocabulary(column: Column) -> str:
    return column.scheme.upper() or column.name


def _chains(register: Register, column: Column, several: bool) -> Chains:
    read = coded(register, column.name)
    levels = list(known_levels(read.values, column.scheme).values())
    if several:
        levels = [pc.binary_join_element_wise(_vocabulary(column), level, "|") for level in levels]
    return Chains(read.codes, tuple(levels))

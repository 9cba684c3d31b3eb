"""Titles of industry codes: 561730 is Landscaping Services in NAICS, 41 is Construction of buildings in NACE."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from graphlead.common.levels import SCHEMES, WHOLE, industry_levels
from graphlead.common.members import members
from graphlead.core.register import Register

EDITIONS = {
    "NACE": (("nace_2", "nace_2_1"), ("nace_2_1", "nace_2")),
    "NAICS": (("naics_2022", "naics_2017"), ("naics_2017", "naics_2022")),
    "SIC": (("us_sic_1987",), ("uk_sic_2007",)),
}
"""The tables of each edition of a scheme, to look in one after the other; American and British SIC have nothing in
common."""


@dataclass(frozen=True)
class Titles:
    """The titles of the codes of one column.

    scheme: NACE, NAICS, SIC, or empty for a column of words, where nothing has a title; tables: names of the files to
    look in, of which the first that has a code gives its title.
    """

    scheme: str
    tables: tuple[str, ...]

    def of(self, codes: pa.Array) -> pa.Array:
        """The title of each of these codes (k,), null where there is none.

        Codes may be of any level, with dots or a section's letter or without. A code that is in no table, such as a
        national subdivision, has the title of the longest code that it begins with.
        """
        levels = industry_levels(codes, self.scheme)
        order = (WHOLE, *sorted(SCHEMES.get(self.scheme.upper(), ()), reverse=True))
        known = [_look_up(levels[level], table) for level in order for table in self.tables]
        return pc.coalesce(*known, pa.nulls(len(codes), pa.string()))

    def beside(self, codes: pa.Array) -> pa.Array:
        """Each code (k,) as it is written, with its title: ``41 Construction of buildings``; alone without one."""
        written = codes.cast(pa.string())
        both = pc.binary_join_element_wise(written, self.of(codes), " ")
        return pc.coalesce(both, written)


def titles_for(values: pa.Array, scheme: str) -> Titles:
    """The titles for a column with these distinct values: of the edition that has most of them, the first of equals."""
    editions = EDITIONS.get(scheme.upper())
    if editions is None:
        return Titles("", ())
    codes = industry_levels(values, scheme)[WHOLE]
    known = [pc.sum(_look_up(codes, tables[0]).is_valid()).as_py() or 0 for tables in editions]
    return Titles(scheme, editions[known.index(max(known))])


def column_titles(register: Register, name: str) -> Titles:
    """The titles of the codes in a column of the register."""
    return titles_for(members(register, name).values, register.column(name).scheme)


def title_column(name: str) -> str:
    """The name of the column of titles beside a column of codes, in lists for people."""
    return f"{name}_title"


def title(code: str, scheme: str) -> str:
    """The title of one code, empty where there is none; of several codes of a column take ``column_titles``."""
    codes = pa.array([code], pa.string())
    return titles_for(codes, scheme).of(codes)[0].as_py() or ""


def _look_up(codes: pa.Array, table: str) -> pa.Array:
    known = _table(table)
    return known["title"].combine_chunks().take(pc.index_in(codes, known["code"].combine_chunks()))


@cache
def _table(name: str) -> pa.Table:
    text = csv.ConvertOptions(column_types={"code": pa.string(), "title": pa.string()})
    with files(__package__).joinpath(f"{name}.csv").open("rb") as file:
        return csv.read_csv(file, convert_options=text)

"""Codes have the titles of their classification, in the edition that their column is written in."""

from __future__ import annotations

from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from graphlead.common.industries.titles import EDITIONS, Titles, _table, title, titles_for
from graphlead.common.levels import WHOLE, industry_levels


@pytest.mark.parametrize(
    ("scheme", "code", "expected"),
    [
        ("NACE", "41", "Construction of buildings"),
        ("NACE", "C10.71", "Manufacture of bread; manufacture of fresh pastry goods and cakes"),
        ("NACE", "1071", "Manufacture of bread; manufacture of fresh pastry goods and cakes"),
        ("NACE", "F", "Construction"),
        ("NAICS", "561730", "Landscaping Services"),
        ("NAICS", "32", "Manufacturing"),
        ("NAICS", "454110", "Electronic Shopping and Mail-Order Houses"),
        ("SIC", "0782", "Lawn and Garden Services"),
        ("SIC", "62012", "Business and domestic software development"),
        ("naics", "722511", "Full-Service Restaurants"),
    ],
)
def test_titles_of_single_codes(scheme: str, code: str, expected: str) -> None:
    assert title(code, scheme) == expected


def test_a_code_in_no_table_has_the_title_of_the_longest_code_it_begins_with() -> None:
    assert title("62.01.9", "NACE") == title("62.01", "NACE") == "Computer programming activities"
    assert title("10.79", "NACE") == title("10.7", "NACE")
    assert title("41.9", "NACE") == "Construction of buildings"


def test_no_title_for_words_missing_values_and_unknown_codes() -> None:
    values = pa.array(["bakery", None, "00.00"])
    assert titles_for(values, "NACE").of(values).to_pylist() == [None, None, None]
    assert titles_for(values, "").of(values).to_pylist() == [None, None, None]
    assert titles_for(pa.array([], pa.string()), "NAICS").of(pa.array([], pa.string())).to_pylist() == []
    assert title("41", "") == title("", "NACE") == ""


def test_the_column_decides_the_edition() -> None:
    british, american = pa.array(["41100", "62012", "56102"]), pa.array(["4110", "0782", "5812"])
    assert titles_for(british, "SIC").of(pa.array(["41"])).to_pylist() == ["Construction of buildings"]
    assert titles_for(american, "SIC").of(pa.array(["58"])).to_pylist() == ["Eating And Drinking Places"]
    newer = pa.array(["47.92", "41.00", "62.10"])
    assert titles_for(newer, "NACE").tables[0] == "nace_2_1"
    assert titles_for(newer, "NACE").of(pa.array(["K"])).to_pylist()[0].startswith("Telecommunication")
    assert titles_for(pa.array(["45.11", "41.20"]), "NACE").tables[0] == "nace_2"


def test_codes_beside_their_titles_are_written_as_they_are() -> None:
    codes = pa.array(["C10.71", "bakery", None, "41"])
    bread = "C10.71 Manufacture of bread; manufacture of fresh pastry goods and cakes"
    assert titles_for(codes, "NACE").beside(codes).to_pylist() == [
        bread, "bakery", None, "41 Construction of buildings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table", sorted({name for editions in EDITIONS.values() for name in sum(editions, ())})
)
def test_every_table_is_whole(table: str) -> None:
    """Codes are unique, as ``industry_levels`` writes them, with a title; each file has its source and licence."""
    scheme = next(scheme for scheme, editions in EDITIONS.items() if table in sum(editions, ()))
    codes, titles = _table(table)["code"].combine_chunks(), _table(table)["title"].combine_chunks()
    assert len(pc.unique(codes)) == len(codes) > 700
    assert industry_levels(codes, scheme)[WHOLE].equals(codes)
    assert pc.all(pc.match_substring_regex(titles, r"^\S+( \S+)*$")).as_py()
    assert Titles(scheme, (table,)).of(codes).equals(titles)
    assert f"`{table}.csv`" in files("graphlead.common.industries").joinpath("README.md").read_text("utf-8")

"""Industry codes and postcodes at every level."""

from __future__ import annotations

import pyarrow as pa
import pytest

from graphlead.common.levels import SECTION, WHOLE, industry_levels, known_levels, postcode_area, postcodes


def at(scheme: str, level: int, *values: str | None) -> list[str | None]:
    return industry_levels(pa.array(values, pa.string()), scheme)[level].to_pylist()


def test_nace_with_and_without_its_letter_is_one_code() -> None:
    codes = ("C10.71", "10.71", "c 10.71", "1071", "C11.01", None)
    assert at("NACE", SECTION, *codes) == ["C"] * 5 + [None]
    assert at("NACE", 2, *codes) == ["10", "10", "10", "10", "11", None]
    assert at("NACE", 3, *codes) == ["107", "107", "107", "107", "110", None]
    assert at("NACE", WHOLE, *codes) == ["1071", "1071", "1071", "1071", "1101", None]


@pytest.mark.parametrize(
    ("code", "section"),
    [("01.11", "A"), ("33", "C"), ("35.1", "D"), ("68.2", "L"), ("99", "U"), ("K61", "K"), ("34", None), ("C", "C"),
     ("Bakery", None), ("7", None)],
)  # fmt: skip
def test_a_nace_section_is_the_letter_given_or_the_one_of_the_division(
    code: str, section: str | None
) -> None:
    assert at("NACE", SECTION, code) == [section]


def test_sections_are_shown_where_a_code_has_its_letter() -> None:
    assert known_levels(pa.array(["10.71", "c 10.71", None]), "NACE")[SECTION].to_pylist() == ["C", "C", None]
    assert list(known_levels(pa.array(["10.71", "Bakery", None]), "NACE")) == [2, 3, 4, 5, WHOLE]
    assert list(known_levels(pa.array([], pa.string()), "NACE")) == [2, 3, 4, 5, WHOLE]
    assert list(known_levels(pa.array(["Bakery"]), "")) == [WHOLE]


def test_other_schemes_have_no_sections_of_their_own() -> None:
    assert at("SIC", SECTION, "10710", "1071", "D 2051") == [None, None, "D"]
    assert at("NAICS", SECTION, "561730") == [None]


def test_levels_of_naics_and_of_british_and_american_sic() -> None:
    naics = {
        level: keys.to_pylist() for level, keys in industry_levels(pa.array(["561730"]), "naics").items()
    }
    assert naics == {SECTION: [None], 2: ["56"], 3: ["561"], 4: ["5617"], 6: ["561730"], WHOLE: ["561730"]}
    assert at("SIC", 4, "10710", "2051") == ["1071", "2051"]
    assert at("SIC", 5, "10710", "2051") == ["10710", None]
    assert at("SIC", WHOLE, "10710", "2051") == ["10710", "2051"]


def test_the_first_code_of_a_list_counts() -> None:
    assert at("NACE", WHOLE, "62.09, 01.10", "6110;62", "C10.71|C11.01") == ["6209", "6110", "1071"]


def test_what_is_no_code_is_a_level_of_its_own() -> None:
    assert at("NACE", WHOLE, "Bakery, pastry", "bakery,  pastry ") == ["BAKERY, PASTRY"] * 2
    assert at("NACE", 2, "Bakery", "5") == [None, None]
    assert list(industry_levels(pa.array(["x"]), "")) == [WHOLE]
    assert at("", WHOLE, "Bakery", "bakery ", "Bank, Trust", " ") == ["Bakery", "Bakery", "Bank, Trust", None]


@pytest.mark.parametrize(
    ("postcode", "area"),
    [("N1 9GU", "N1"), ("N19GU", "N1"), ("n1  9gu", "N1"), ("N19 3QN", "N19"), ("N193QN", "N19"), ("N19", "N19"),
     ("SW1A 1AA", "SW1A"), ("SW1P3PA", "SW1P"), ("SW1A", "SW1A"), ("EC1A 1BB", "EC1A"),
     ("10115", "101"), ("D-10115", "101"), ("F - 75001", "750"), ("00-950", "009"), ("1012 AB", "101"),
     ("114 55", "114"), ("93702-1234", "937"), ("K1A 0B1", "K1A"), ("D02 X285", "D02"), ("10", "10"), ("-", None),
     (None, None)],
)  # fmt: skip
def test_postcode_areas_are_outward_codes_or_three_characters(postcode: str | None, area: str | None) -> None:
    assert postcode_area(pa.array([postcode], pa.string())).to_pylist() == [area]


def test_a_postcode_is_the_same_with_and_without_spaces_and_country() -> None:
    found = postcodes(pa.array(["N1 9GU", "n19gu", "D-10115", "10115", "00-950", None]))
    assert found.to_pylist() == ["N19GU", "N19GU", "10115", "10115", "00950", None]

"""How columns put companies into groups."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from made_register import MakeRegister

from graphlead.common.codes import cross
from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Cut, Level
from graphlead.core.register import Register, Role
from graphlead.features.levels import encode, industry_levels, name_levels, place_levels, trait_levels


def partition(code: Ints) -> set[frozenset[int]]:
    """Who is together, whatever the numbers of the groups."""
    return {frozenset(np.flatnonzero(code == g).tolist()) for g in set(code.tolist()) - {NONE}}


def grouped(level: Level, register: Register) -> tuple[Ints, int]:
    found = encode(level, register)
    assert found.companies.tolist() == list(range(register.n_companies))
    return found.code, found.count


def together(*groups: Sequence[int]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


codes = st.integers(2, 12).flatmap(
    lambda n: st.lists(st.lists(st.integers(-1, 3), min_size=n, max_size=n), min_size=2, max_size=3)
)


@given(codes)
def test_cross_groups_by_all_codes_and_the_optional_one(drawn: list[list[int]]) -> None:
    arrays = [np.array(code, np.int32) for code in drawn]
    found, count = cross(arrays[:-1], arrays[-1:])
    keys: dict[tuple[int, ...], list[int]] = {}
    for i, key in enumerate(zip(*drawn, strict=True)):
        if NONE not in key[:-1]:
            keys.setdefault(key, []).append(i)
    assert partition(found) == together(*keys.values())
    assert set(found.tolist()) - {NONE} == set(range(count))
    assert found.dtype == np.int32


def test_same_city_name_in_two_regions_is_two_places(make_register: MakeRegister) -> None:
    register = make_register(
        {
            "state": (Role.REGION, ["IL", "MA", "IL", "MA", None, None]),
            "city": (Role.CITY, ["Springfield", "Springfield", "SPRINGFIELD", None, "Springfield", "Boston"]),
        }
    )
    region, city = place_levels(register)
    assert (region.title(), city.title(), city.within) == ("state", "city", ("state",))
    code, count = grouped(city, register)
    assert partition(code) == together([0, 2], [1], [4], [5])
    assert (count, code[3]) == (4, NONE)
    assert partition(encode(region, register).code) == together([0, 2], [1, 3])


def test_postcode_area_is_its_beginning_within_the_country(make_register: MakeRegister) -> None:
    register = make_register(
        {
            "country": (Role.COUNTRY, ["DE", "DE", "US", "US"]),
            "region": (Role.REGION, ["a", "b", "c", "c"]),
            "zip": (Role.POSTCODE, ["10115", "10117", "10115", None]),
        }
    )
    levels = {level.title(): level for level in place_levels(register)}
    assert list(levels) == ["country", "region", "zip area", "zip"]
    assert levels["zip"].within == ("country",)
    assert partition(encode(levels["zip area"], register).code) == together([0, 1], [2])
    assert partition(encode(levels["zip"], register).code) == together([0], [1], [2])


def test_industry_prefixes_of_the_first_code(make_register: MakeRegister) -> None:
    values = ["62.01", "6201", "62.09, 01.10", "6110;62", None]
    register = make_register({"nace": (Role.INDUSTRY, values, "NACE")})
    two, three, whole = industry_levels(register)
    assert [two.title(), three.title(), whole.title()] == ["nace (2 digits)", "nace (3 digits)", "nace"]
    assert partition(encode(two, register).code) == together([0, 1, 2], [3])
    assert partition(encode(three, register).code) == together([0, 1, 2], [3])
    assert partition(encode(whole, register).code) == together([0, 1], [2], [3])


def test_industry_without_a_known_scheme_has_its_whole_code_only(make_register: MakeRegister) -> None:
    register = make_register({"trade": (Role.INDUSTRY, ["Bakery", "bakery", "Bank"])})
    (level,) = industry_levels(register)
    assert partition(encode(level, register).code) == together([0, 1], [2])


def test_spellings_of_a_name_are_one_name(make_register: MakeRegister) -> None:
    names = [
        "López Landscaping, LLC", "LOPEZ LANDSCAPING INC.", "lopez  landscaping", "The Lopez Landscaping L.L.C.",
        "Lopez Nursery Inc", "Nursery", "LLC", "", None, "A.B.C. Nursery & Co. KG", "ABC Nursery",
        "Lopez Landscaping East",
    ]  # fmt: skip
    register = make_register({"name": (Role.NAME, names), "brand": (Role.NAME, names)})
    levels = name_levels(register)
    whole, two, first, last = (partition(encode(level, register).code) for level in levels)
    assert [level.title() for level in levels] == [
        "name", "first 2 words of name", "first word of name", "last word of name",
    ]  # fmt: skip
    assert whole == together([0, 1, 2, 3], [4], [5], [9, 10], [11])
    assert two == together([0, 1, 2, 3, 11], [4], [9, 10])
    assert first == together([0, 1, 2, 3, 4, 11], [5], [9, 10])
    assert last == together([0, 1, 2, 3], [4, 5, 9, 10], [11])


def test_bands_keep_the_edges_they_were_made_with(make_register: MakeRegister) -> None:
    register = make_register({"staff": (Role.NUMBER, [float(i) for i in range(16)])})
    (level,) = trait_levels(register)
    assert level.cut is Cut.BANDS
    assert len(level.edges) == 7
    code, count = grouped(level, register)
    assert count == 8
    assert np.bincount(code).tolist() == [2] * 8
    newer = make_register({"staff": (Role.NUMBER, [-5.0, None, 1e9])})
    assert encode(level, newer).code.tolist() == [0, NONE, 7]


def test_traits_come_best_filled_first_and_all_but_empty_ones_not_at_all(make_register: MakeRegister) -> None:
    register = make_register(
        {
            "kind": (Role.CATEGORY, ["a", "b", "a", None]),
            "empty": (Role.CATEGORY, [None] * 4),
            "exports": (Role.BOOLEAN, [True, False, None, None]),
            "public": (Role.BOOLEAN, [True, False, True, False]),
        }
    )
    assert [level.title() for level in trait_levels(register)] == ["public", "kind", "exports"]


def test_absent_column_puts_everyone_in_no_group(make_register: MakeRegister) -> None:
    register = make_register({"city": (Role.CITY, ["A", "B"])})
    code, count = grouped(Level(column="gone"), register)
    assert (code.tolist(), count) == ([NONE, NONE], 0)


def test_a_missing_wider_column_is_left_out_of_the_place(make_register: MakeRegister) -> None:
    register = make_register({"city": (Role.CITY, ["A", "A", "B"])})
    code, _ = grouped(Level(column="city", within=("state",)), register)
    assert partition(code) == together([0, 1], [2])


def test_level_survives_json() -> None:
    level = Level(column="zip", cut=Cut.BANDS, length=3, edges=(1.5, 2.0), within=("country",))
    assert Level.from_json(json.loads(json.dumps(level.to_json()))) == level

"""Planted segments are found, named, and carried over to every company; without segments there is one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from made_register import MakeRegister
from planted_clients import profile_of

from graphlead.core.arrays import NONE
from graphlead.core.register import Register, Role


def planted(make_register: MakeRegister) -> tuple[Register, list[int]]:
    """4,000 companies, 120 clients: landscapers in the north with 20 to 50 staff, and hotels in the south with 200+."""
    rng = np.random.default_rng(5)
    code = rng.choice(["81.30", "55.10", "01.11", "43.20", "62.01", "47.11"], 4000)
    code[:60], code[60:120] = "81.30", "55.10"
    area = rng.choice(["North", "South", "East", "West"], 4000)
    area[:60], area[60:120] = "North", "South"
    staff = np.exp(rng.normal(3.5, 1.3, 4000)).round()
    staff[:60], staff[60:120] = rng.integers(20, 51, 60), rng.integers(200, 400, 60)
    titles = {"81.30": "Landscaping", "55.10": "Hotels", "01.11": "Farms", "43.20": "Builders", "62.01": "Software",
              "47.11": "Shops"}  # fmt: skip
    register = make_register({
        "name": (Role.NAME, [f"Firm {i}" for i in range(4000)]),
        "nace": (Role.INDUSTRY, code),
        "trade": (Role.CATEGORY, [titles[c] for c in code]),
        "region": (Role.REGION, area),
        "staff": (Role.NUMBER, staff),
    })  # fmt: skip
    return register, list(range(120))


def test_planted_segments_are_found_and_named(make_register: MakeRegister) -> None:
    register, clients = planted(make_register)
    profile = profile_of(register, clients)
    assert [segment.clients for segment in profile.segments] == [60, 60]
    names = {segment.name for segment in profile.segments}
    assert any(name.startswith("Landscaping in North with 2") and name.endswith("staff") for name in names), (
        names
    )
    assert any(name.startswith("Hotels in South with 2") for name in names), names
    first, second = profile.segment_of[0], profile.segment_of[60]
    assert (profile.segment_of[:60] == first).all()
    assert (profile.segment_of[60:120] == second).all()
    assert first != second


def test_every_company_falls_into_a_segment(make_register: MakeRegister) -> None:
    register, clients = planted(make_register)
    profile = profile_of(register, clients)
    assert (profile.segment_of != NONE).all()
    code, area = (register.read(name).column(0).to_pylist() for name in ("nace", "region"))
    like_first = [i for i in range(120, 4000) if code[i] == "81.30" and area[i] == "North"]
    assert np.mean(profile.segment_of[like_first] == profile.segment_of[0]) > 0.9


def test_alike_clients_are_one_segment(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(2)
    code = rng.choice(["81.30", "55.10", "01.11", "43.20"], 3000)
    register = make_register({
        "nace": (Role.INDUSTRY, code),
        "region": (Role.REGION, rng.choice(["North", "South", "East"], 3000)),
        "staff": (Role.NUMBER, np.exp(rng.normal(3.5, 1.3, 3000)).round()),
    })  # fmt: skip
    profile = profile_of(register, np.flatnonzero(code == "81.30")[:150])
    assert len(profile.segments) == 1
    assert profile.segments[0].name == "nace 81"
    assert profile.segments[0].clients == 150


def test_only_prepositional_traits_join_a_name_without_a_comma(make_register: MakeRegister) -> None:
    """The column "in_house" begins like the phrase of a place, and is none."""
    rng = np.random.default_rng(6)
    code, area, house = (rng.choice(values, 6000) for values in (["81.30", "55.10", "01.11"],
                         ["North", "South", "East"], ["yes", "no", "partly"]))  # fmt: skip
    register = make_register({
        "nace": (Role.INDUSTRY, code), "region": (Role.REGION, area), "in_house": (Role.CATEGORY, house),
    })  # fmt: skip
    clients = np.flatnonzero((code == "81.30") & (area == "North") & (house == "yes"))[:150]
    (segment,) = profile_of(register, clients).segments
    assert segment.name == "nace 81 in North, in house: yes"


def test_an_odd_client_is_reported_with_the_reason_and_others_are_not(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(4)
    code = np.where(rng.random(1000) < 0.97, "81.30", "43.20")
    code[:81] = "81.30"
    code[80] = "26.11"
    staff = rng.integers(20, 60, 1000).astype(float)
    staff[79] = 45_000
    register = make_register({
        "name": (Role.NAME, [f"Firm {i}" for i in range(1000)]),
        "nace": (Role.INDUSTRY, code),
        "staff": (Role.NUMBER, staff),
    })  # fmt: skip
    found = {outlier.name: outlier for outlier in profile_of(register, range(81)).outliers}
    assert set(found) == {"Firm 79", "Firm 80"}
    assert found["Firm 79"].company_id == "C79"
    assert "staff 45,000" in found["Firm 79"].reason
    assert "the only client with nace (2 digits) 26" in found["Firm 80"].reason


def days(months: list[int], years: int = 6) -> list[str]:
    return [str(date(2018 + i % years, month, 1 + i % 27)) for i, month in enumerate(months)]


def test_a_season_is_found_and_tested(make_register: MakeRegister) -> None:
    register = make_register({"kind": (Role.CATEGORY, ["a", "b"] * 200)})
    rng = np.random.default_rng(0)
    spring = profile_of(register, range(120), days([int(m) for m in rng.choice([3, 4, 5, 9], 120)])).season
    assert spring is not None
    assert sum(spring.by_month) == 120
    assert sum(count for _, count in spring.months) == 120
    assert spring.by_month[0] == 0
    assert spring.p_value < 1e-6
    assert "from March to May" in spring.sentence


def test_an_even_year_has_no_season(make_register: MakeRegister) -> None:
    register = make_register({"kind": (Role.CATEGORY, ["a", "b"] * 200)})
    start = date(2019, 1, 3)
    even = [str(start + timedelta(days=12 * i)) for i in range(120)]
    season = profile_of(register, range(120), even).season
    assert season is not None
    assert season.p_value > 0.5
    assert "no month stands out" in season.sentence


@pytest.mark.parametrize(
    ("won", "note"),
    [
        (["NaT"] * 30, "not known"),
        (["2020-05-01"] * 3 + ["NaT"] * 27, "too few"),
        ([f"{2000 + i % 20}-01-01" for i in range(30)], "1 January"),
        ([f"2020-0{1 + i % 3}-1{i % 9}" for i in range(30)], "less than a year"),
    ],
)
def test_dates_without_a_season_are_noted(make_register: MakeRegister, won: list[str], note: str) -> None:
    profile = profile_of(make_register({"kind": (Role.CATEGORY, ["a", "b"] * 200)}), range(30), won)
    assert profile.season is None
    assert any(note in found for found in profile.notes)

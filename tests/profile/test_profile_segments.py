"""Segments are rules: planted ones are found and named, and hold for every company that is in them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from made_register import MakeRegister
from planted_clients import cohort_of, graph_of, profile_of

from graphlead.core.arrays import NONE
from graphlead.core.profile import Profile
from graphlead.core.register import Register, Role
from graphlead.profile import survey
from graphlead.profile.build import profile_clients

LANDSCAPING, HOTELS = "Landscape service activities", "Hotels and similar accommodation"


def planted(make_register: MakeRegister) -> tuple[Register, list[int]]:
    """4,000 companies, 120 clients: landscapers in the north, hotels of any place, and 10 of any kind."""
    rng = np.random.default_rng(5)
    code = rng.choice(["81.30", "55.10", "01.11", "43.20", "62.01", "47.11"], 4000)
    code[:60], code[60:110] = "81.30", "55.10"
    area = rng.choice(["North", "South", "East", "West"], 4000)
    area[:60] = "North"
    register = make_register({
        "name": (Role.NAME, [f"Firm {i}" for i in range(4000)]),
        "nace": (Role.INDUSTRY, code),
        "region": (Role.REGION, area),
        "staff": (Role.NUMBER, np.exp(rng.normal(3.5, 1.3, 4000)).round()),
    })  # fmt: skip
    return register, list(range(120))


def values(register: Register, name: str) -> npt.NDArray[np.str_]:
    return np.array([value or "" for value in register.read(name).column(0).to_pylist()])


def members(profile: Profile) -> dict[str, list[int]]:
    """The companies of each segment by its name."""
    return {
        segment.name: np.flatnonzero(profile.segment_of == k).tolist()
        for k, segment in enumerate(profile.segments)
    }


def test_planted_segments_have_exactly_the_companies_that_their_rule_holds_for(
    make_register: MakeRegister,
) -> None:
    register, clients = planted(make_register)
    profile = profile_of(register, clients)
    code, area = values(register, "nace"), values(register, "region")
    north = np.flatnonzero((code == "81.30") & (area == "North")).tolist()
    hotels = np.flatnonzero(code == "55.10").tolist()
    assert members(profile) == {f"{LANDSCAPING} in North": north, HOTELS: hotels}
    landscapers, hosts = profile.segments
    assert (landscapers.clients, landscapers.companies) == (
        60 + sum(i in north for i in range(110, 120)),
        len(north),
    )
    assert hosts.clients == sum(i in hotels for i in clients)
    assert landscapers.lift == pytest.approx(landscapers.clients / 120 / (len(north) / 4000))
    assert [(trait.column, trait.value) for trait in landscapers.traits] == [
        ("nace (4 digits)", f"8130 {LANDSCAPING}"), ("region", "North"),
    ]  # fmt: skip
    assert any("% of the clients are in a segment" in note for note in profile.notes)


def test_a_narrower_rule_with_a_higher_lift_comes_before_a_wider_one(make_register: MakeRegister) -> None:
    """All 60 landscapers of the north are clients, and 100 of the 500 elsewhere: two segments, no overlap."""
    code = np.array(["81.30"] * 560 + ["01.11", "43.20", "62.01"] * 1000)
    area = np.array(
        ["North"] * 60 + ["South", "East"] * 250 + ["North", "South", "East", "West", "Far"] * 600
    )
    register = make_register({"nace": (Role.INDUSTRY, code), "region": (Role.REGION, area)})
    profile = profile_of(register, range(160))
    found = members(profile)
    assert list(found.values()) == [list(range(60, 560)), list(range(60))]
    assert [segment.clients for segment in profile.segments] == [100, 60]
    assert list(found)[1].endswith(" in North")


def test_facts_that_distinguish_make_rules_but_their_absence_makes_none(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(3)
    exports = np.arange(3000) % 4 == 0
    register = make_register({
        "exports": (Role.BOOLEAN, exports),
        "staff": (Role.NUMBER, np.where(np.arange(3000) % 5 == 1, 30.0, rng.integers(100, 400, 3000))),
    })  # fmt: skip
    exporters = profile_of(register, np.flatnonzero(exports)[:100])
    assert list(members(exporters).values()) == [np.flatnonzero(exports).tolist()]
    assert [segment.name for segment in exporters.segments] == ["Companies, exports: yes"]
    assert profile_of(register, np.flatnonzero(~exports)[:100]).segments == ()
    sized = profile_of(register, np.arange(1, 501, 5))
    assert [segment.name for segment in sized.segments] == ["Companies with 30 staff"]


def test_postcodes_and_towns_of_one_name_are_told_apart(make_register: MakeRegister) -> None:
    """40 clients in the Springfield of IL, none in that of MA; 40 fishers in postcodes 774.."""
    region = ["IL"] * 100 + ["MA"] * 100 + ["TX"] * 1800
    city = ["Springfield"] * 200 + ["Palacios"] * 100 + ["Austin"] * 1700
    postcode = ["62701"] * 100 + ["01101"] * 100 + ["77465"] * 100 + [f"78{i % 10}01" for i in range(1700)]
    code = ["43.20", "62.01"] * 100 + ["03.11", "43.20"] * 50 + ["03.11", "43.20", "62.01", "47.11"] * 425
    register = make_register({
        "nace": (Role.INDUSTRY, code), "region": (Role.REGION, region), "city": (Role.CITY, city),
        "postcode": (Role.POSTCODE, postcode),
    })  # fmt: skip
    found = members(profile_of(register, [*range(40), *range(200, 280, 2)]))
    first, second = sorted(found.items(), key=lambda item: item[1])
    assert first[1] == list(range(100))
    assert second[1] == list(range(200, 300, 2))
    assert second[0] == "Marine fishing in Palacios"


def test_without_places_and_industries_and_with_few_clients(make_register: MakeRegister) -> None:
    register, _ = planted(make_register)
    for n in (4, 7):
        few = profile_of(register, range(n))
        assert few.segments == ()
        assert (few.segment_of == NONE).all()
        assert "No segments: a segment has at least 8 clients." in few.notes
    eight = profile_of(register, range(8))
    assert [segment.name for segment in eight.segments] == [f"{LANDSCAPING} in North"]
    bare = profile_of(register.without(frozenset({"nace", "region", "staff"})), range(120))
    assert bare.segments == ()
    assert any(note.startswith("No segments: no trade, place or other value") for note in bare.notes)


def test_codes_that_no_classification_has_are_named_by_their_own_titles(make_register: MakeRegister) -> None:
    code = ["00.30"] * 100 + ["00.50", "00.60", "00.70"] * 300
    titles = {"00.30": "Landscaping", "00.50": "Hotels", "00.60": "Farms", "00.70": "Shops"}
    register = make_register({
        "nace": (Role.INDUSTRY, code), "trade": (Role.CATEGORY, [titles[each] for each in code]),
    })  # fmt: skip
    assert [segment.name for segment in profile_of(register, range(60)).segments] == ["Landscaping"]
    untitled = profile_of(register.without(frozenset({"trade"})), range(60))
    assert [segment.name for segment in untitled.segments] == ["nace 0030"]


def test_what_all_companies_have_is_no_segment(make_register: MakeRegister) -> None:
    """All in one trade and one country; the clients of one region are the segment, named after it alone."""
    register = make_register({
        "nace": (Role.INDUSTRY, ["81.30"] * 1000), "country": (Role.COUNTRY, ["DE"] * 1000),
        "region": (Role.REGION, ["North"] * 100 + ["South"] * 900),
    })  # fmt: skip
    assert members(profile_of(register, range(50))) == {"Companies in North": list(range(100))}
    spread = profile_of(register, range(0, 1000, 10))
    assert spread.segments == ()


def test_a_missing_value_is_in_no_segment(make_register: MakeRegister) -> None:
    code = ["81.30"] * 100 + [None] * 100 + ["43.20", "62.01"] * 400
    profile = profile_of(make_register({"nace": (Role.INDUSTRY, code)}), [*range(50), *range(100, 110)])
    assert members(profile) == {LANDSCAPING: list(range(100))}
    assert (profile.segment_of[100:] == NONE).all()


def test_neither_the_seed_nor_the_order_of_rows_matters(make_register: MakeRegister) -> None:
    register, clients = planted(make_register)
    profile = profile_of(register, clients)
    again = profile_of(register, clients, seed=7)
    assert (again.segments, again.segment_of.tolist()) == (profile.segments, profile.segment_of.tolist())
    order = np.random.default_rng(1).permutation(4000)
    shuffled = make_register({
        "name": (Role.NAME, values(register, "name")[order]), "nace": (Role.INDUSTRY, values(register, "nace")[order]),
        "region": (Role.REGION, values(register, "region")[order]),
        "staff": (Role.NUMBER, register.read("staff").column(0).to_numpy()[order]),
    })  # fmt: skip
    other = profile_of(shuffled, np.flatnonzero(np.isin(order, clients)))
    assert other.segments == profile.segments
    assert other.segment_of.tolist() == profile.segment_of[order].tolist()


def test_rules_are_counted_on_all_companies_where_they_are_chosen_on_a_sample(
    make_register: MakeRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, clients = planted(make_register)
    monkeypatch.setattr(survey, "MOST_CLIENTS", 60)
    monkeypatch.setattr(survey, "MOST_OTHERS", 1000)
    profile = profile_clients(register, graph_of(4000), cohort_of(4000, clients), seed=2)
    code = values(register, "nace")
    assert profile.segments
    for k, segment in enumerate(profile.segments):
        inside = np.flatnonzero(profile.segment_of == k)
        assert segment.companies == len(inside)
        assert segment.clients == np.isin(inside, clients).sum() >= 8
        assert segment.lift == pytest.approx(segment.clients / 120 / (segment.companies / 4000))
        assert segment.lift >= 2
        assert len(set(code[inside])) == 1


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
    assert (
        "the only client with nace (2 digits) 26 Manufacture of computer, electronic"
        in found["Firm 80"].reason
    )


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

"""Over- and under-represented values against counts worked out by hand, and the promise of the corrections."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_register import MakeRegister
from planted_clients import cohort_of, graph_of, profile_of
from scipy.stats import fisher_exact

from graphlead.core.register import Role
from graphlead.profile.build import profile_clients
from graphlead.profile.lifts import benjamini_hochberg, fisher, lift_of


def test_a_planted_industry_has_its_lift_at_every_level(make_register: MakeRegister) -> None:
    """1,000 companies, 100 of them in 56.10 (and 100 in 56.29); 40 of the 50 clients are in 56.10."""
    codes = ["56.10"] * 100 + ["56.29"] * 100 + ["01.11", "43.20"] * 400
    register = make_register({"nace": (Role.INDUSTRY, codes)})
    profile = profile_of(register, [*range(40), *range(200, 210)])
    found = {(lift.column, lift.value.split(" ")[0]): lift for lift in profile.lifts}
    assert profile.lifts[0].value == "561 Restaurants and mobile food service activities"
    fine, coarse = found["nace (3 digits)", "561"], found["nace (2 digits)", "56"]
    assert (fine.clients, fine.companies, fine.lift) == (40, 100, pytest.approx(8.0))
    assert (coarse.clients, coarse.companies, coarse.lift) == (40, 200, pytest.approx(4.0))
    assert fine.low < 8.0 < fine.high
    assert fine.low > coarse.high
    assert found["nace (3 digits)", "562"].lift == 0.0
    assert found["nace (2 digits)", "43"].lift == pytest.approx(5 / 50 / 0.4)
    assert profile.lifts[0] == fine
    assert ("nace (4 digits)", "5610") not in found, "it holds the same companies as 561"


def test_shares_are_of_those_with_a_value(make_register: MakeRegister) -> None:
    values = ["a"] * 50 + ["b"] * 50 + [None] * 900
    profile = profile_of(make_register({"kind": (Role.CATEGORY, values)}), [*range(20), *range(500, 600)])
    assert {(lift.value, lift.lift) for lift in profile.lifts} == {("a", 2.0), ("b", 0.0)}


def test_the_test_is_fishers_exact_one_on_each_side() -> None:
    """12 clients of 40 in a group of 100 of 1,000."""
    above = fisher_exact([[12, 28], [88, 872]], alternative="greater").pvalue
    assert fisher(np.array([12]), 40, np.array([100]), 1000)[0] == pytest.approx(2 * above, rel=1e-9)
    assert fisher(np.array([4]), 40, np.array([100]), 1000)[0] == 1.0


def test_benjamini_hochberg_by_hand() -> None:
    assert benjamini_hochberg(np.array([0.01, 0.5, 0.02, 0.03])).tolist() == pytest.approx(
        [0.04, 0.5, 0.04, 0.04]
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_p_values_keep_their_order_and_never_shrink(p_values: list[float]) -> None:
    raw = np.array(p_values)
    corrected = benjamini_hochberg(raw)
    assert (corrected >= raw - 1e-12).all()
    assert (corrected <= 1).all()
    assert (np.diff(corrected[np.argsort(raw, kind="stable")]) >= -1e-12).all()


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_lift(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    lift = lift_of("c", "v", (k, n), (100, 1000), 0.5)
    assert 0 <= lift.low <= lift.lift + 1e-9
    assert lift.lift <= lift.high + 1e-9


def test_intervals_cover_the_true_ratio_at_their_level() -> None:
    """Clients drawn with a share of 0.2 where the register has 0.1: the ratio is 2."""
    drawn = np.random.default_rng(1).binomial(80, 0.2, 400)
    covered = [
        (lift := lift_of("c", "v", (int(k), 80), (100, 1000), 1.0)).low <= 2 <= lift.high for k in drawn
    ]
    assert 0.92 <= np.mean(covered) <= 0.99


def test_clients_drawn_by_chance_stand_out_in_nothing(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(3)
    register = make_register({
        "nace": (Role.INDUSTRY, [f"{d:02d}.{rest}" for d, rest in rng.integers((1, 11), (40, 15), (3000, 2))]),
        "city": (Role.CITY, rng.choice([f"city {i}" for i in range(200)], 3000)),
        "staff": (Role.NUMBER, np.exp(rng.normal(3, 1.5, 3000)).round()),
        "exporter": (Role.BOOLEAN, rng.random(3000) < 0.3),
    })  # fmt: skip
    found = [profile_of(register, rng.choice(3000, 150, replace=False), seed=i) for i in range(8)]
    assert sum(bool(profile.columns) for profile in found) == 0
    assert sum(bool(profile.lifts) for profile in found) <= 1
    assert sum(len(profile.segments) for profile in found) == 0


def test_bands_of_numbers_are_round_and_cover_everybody(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(0)
    staff = np.exp(rng.normal(3.2, 1.3, 2000)).round().clip(1)
    order = np.argsort(staff)
    middle = order[(staff[order] >= 20) & (staff[order] < 50)]
    profile = profile_of(make_register({"staff": (Role.NUMBER, staff)}), middle[:120])
    best = profile.lifts[0]
    assert (best.column, best.value, best.clients) == ("staff", "20 to 49", 120)
    assert best.companies == len(middle)
    assert profile.columns[0].column == "staff"


def test_cities_of_one_name_are_told_apart(make_register: MakeRegister) -> None:
    regions = ["IL"] * 300 + ["MA"] * 300 + ["TX"] * 400
    cities = (
        ["Springfield"] * 100 + ["Joliet"] * 200 + ["Springfield"] * 100 + ["Boston"] * 200 + ["Austin"] * 400
    )
    register = make_register({"state": (Role.REGION, regions), "city": (Role.CITY, cities)})
    profile = profile_of(register, range(300, 340))
    assert profile.lifts[0].value in ("Springfield, MA", "MA")
    assert {lift.value: lift.clients for lift in profile.lifts if lift.column == "city"}[
        "Springfield, MA"
    ] == 40


def test_clients_in_groups_of_clients_are_reported(make_register: MakeRegister) -> None:
    """30 groups of ten; the clients are the whole of three groups, and ten on their own."""
    group = [i // 10 * 10 for i in range(300)] + list(range(300, 1000))
    register = make_register({"staff": (Role.NUMBER, np.arange(1000.0) % 7)})
    clients = [*range(30), *range(300, 310)]
    profile = profile_clients(register, graph_of(1000, group), cohort_of(1000, clients), seed=0)
    tie = next(lift for lift in profile.lifts if lift.value == "ownership group")
    assert (tie.clients, tie.companies, tie.lift) == (30, 30, pytest.approx(0.75 / 0.03))
    assert any(
        "75% of the clients have another client in the same ownership group" in bias
        for bias in profile.biases
    )


def test_clients_with_a_shared_director_are_reported(make_register: MakeRegister) -> None:
    register = make_register({"staff": (Role.NUMBER, np.arange(1000.0) % 7)})
    people = [i // 2 for i in range(400)]
    graph = graph_of(1000, linked__director=("person", people, range(400)))
    together = profile_clients(register, graph, cohort_of(1000, range(40)), seed=0)
    apart = profile_clients(register, graph, cohort_of(1000, range(0, 80, 2)), seed=0)
    assert [lift.value for lift in together.lifts] == ["owner or director"]
    assert apart.lifts == ()

"""The columns that the client choice was built on are named first, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_register import MakeRegister
from planted_clients import cohort_of, graph_of, profile_of

from graphlead.core.profile import Profile
from graphlead.core.register import Role
from graphlead.ingest import ingest
from graphlead.profile.build import profile_clients
from graphlead.world import WorldSettings, make_world

CAUSES = {"nace", "region", "employees", "certificate", "exporter", "founded", "city"}
"""Causes of buying in graphlead.world.buyers: attributes, the home regions, and word of mouth within a city."""


def profile_of_world(folder: Path, companies: int, clients: int, seed: int) -> Profile:
    """The profile of a generated world's true clients."""
    world = make_world(
        folder, WorldSettings(companies=companies, clients=clients, seed=seed, format="parquet")
    )
    (folder / "register").mkdir()
    register, _ = ingest(world.companies, world.links, folder / "register")
    truth = pq.read_table(world.truth, columns=["company_id", "role"]).to_pandas()
    chosen = pa.array(truth.loc[truth["role"] == "client", "company_id"], pa.string())
    at = np.flatnonzero(np.isin(register.ids().to_pylist(), chosen.to_pylist()))
    n = register.n_companies
    return profile_clients(register, graph_of(n), cohort_of(n, at), seed=0)


@pytest.mark.parametrize("seed", [1, 3])
def test_of_a_large_world_the_first_five_are_what_it_was_built_on(tmp_path: Path, seed: int) -> None:
    profile = profile_of_world(tmp_path, 40_000, 2000, seed)
    named = [column.column for column in profile.columns]
    assert set(named[:5]) <= CAUSES, named
    assert {"nace", "region", "employees", "certificate"} <= set(named[:5])
    assert {"country", "postcode", "revenue_keur", "legal_form"} <= {echo.column for echo in profile.echoes}


@pytest.mark.parametrize("seed", [2, 11, 15])
def test_of_a_small_world_nothing_else_is_named(tmp_path: Path, seed: int) -> None:
    profile = profile_of_world(tmp_path, 3000, 150, seed)
    named = [column.column for column in profile.columns]
    assert named[0] == "nace"
    assert set(named) <= CAUSES, named


def test_a_copy_of_a_cause_is_an_echo_of_it(make_register: MakeRegister) -> None:
    """Clients are drawn by the division alone; section and title repeat it, the rest is noise."""
    rng = np.random.default_rng(0)
    division = rng.integers(10, 40, 3000)
    register = make_register({
        "title": (Role.CATEGORY, [f"trade {d}" for d in division]),
        "nace": (Role.INDUSTRY, [f"{d}.1{rng.integers(1, 9)}" for d in division]),
        "wide": (Role.CATEGORY, [f"part {d // 5}" for d in division]),
        "noise": (Role.CATEGORY, rng.choice(list("abcdefgh"), 3000)),
        "amount": (Role.NUMBER, rng.normal(0, 1, 3000)),
    })  # fmt: skip
    chance = np.where(np.isin(division, [12, 13, 27]), 8.0, 1.0)
    profile = profile_of(register, rng.choice(3000, 200, replace=False, p=chance / chance.sum()))
    assert [column.column for column in profile.columns] == ["nace"]
    assert {(echo.column, echo.echo_of) for echo in profile.echoes} == {("title", "nace"), ("wide", "nace")}
    assert any("noise" in note and "amount" in note for note in profile.notes)
    assert "27 Manufacture of electrical equipment" in profile.columns[0].sentence


def test_two_causes_are_both_named_and_the_stronger_first(make_register: MakeRegister) -> None:
    rng = np.random.default_rng(1)
    age, kind = rng.uniform(0, 40, 4000), rng.choice(["a", "b", "c"], 4000)
    newest = np.datetime64("2024-06-30")
    founded = newest - (age * 365.25).astype("timedelta64[D]")
    founded[0] = newest
    register = make_register({
        "founded": (Role.DATE, founded),
        "kind": (Role.CATEGORY, kind),
        "size": (Role.NUMBER, rng.lognormal(3, 1, 4000)),
    })  # fmt: skip
    chance = np.where((age > 10) & (age < 20), 6.0, 1.0) * np.where(kind == "b", 2.5, 1.0)
    profile = profile_of(register, rng.choice(4000, 250, replace=False, p=chance / chance.sum()))
    assert [column.column for column in profile.columns] == ["founded", "kind"]
    assert profile.lifts[0].column == "founded (years ago)"
    assert profile.lifts[0].value == "10 to 19"
    assert all(column.p_value < 0.05 for column in profile.columns)


def test_what_is_no_value_column_is_not_profiled(make_register: MakeRegister) -> None:
    """Every client is of one kind in each of these columns; a profile looks at none of them."""
    values = ["x"] * 50 + ["y"] * 450
    roles = (Role.IGNORED, Role.NAME, Role.IDENTIFIER, Role.CONTACT, Role.TEXT, Role.ADDRESS)
    register = make_register({role.value: (role, values) for role in roles})
    profile = profile_of(register, range(50))
    assert (profile.columns, profile.lifts, profile.echoes) == ((), (), ())

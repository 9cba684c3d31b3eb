"""A profile comes back from disk as it was; registers that lack things are profiled in what they have."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from made_register import MakeRegister
from planted_clients import profile_of

from graphlead.core.arrays import NONE
from graphlead.core.errors import RunFolderError
from graphlead.core.profile import Profile
from graphlead.core.register import Register, Role
from graphlead.profile.files import load_profile, save_profile
from graphlead.profile.sentences import summary


def register_of(make_register: MakeRegister) -> Register:
    rng = np.random.default_rng(0)
    return make_register({
        "name": (Role.NAME, [f"Firm {i}" for i in range(1500)]),
        "nace": (Role.INDUSTRY, ["56.10"] * 200 + list(rng.choice(["01.11", "43.20", "62.01"], 1300))),
        "country": (Role.COUNTRY, rng.choice(["DE", "FR"], 1500)),
        "staff": (Role.NUMBER, np.where(np.arange(1500) < 100, 80.0, np.exp(rng.normal(3, 1, 1500)))),
        "founded": (Role.DATE, [date(1970 + i % 50, 1, 1) for i in range(1500)]),
        "nothing": (Role.CATEGORY, [None] * 1500),
        "no_number": (Role.NUMBER, [None] * 1500),
    })  # fmt: skip


def won(n: int) -> list[str]:
    return [f"{2015 + i % 8}-{1 + i % 12:02d}-10" for i in range(n)]


@pytest.fixture
def profile(make_register: MakeRegister) -> Profile:
    return profile_of(register_of(make_register), range(100), won(100))


def test_what_is_saved_is_loaded(profile: Profile, tmp_path: Path) -> None:
    save_profile(profile, tmp_path / "profile")
    loaded = load_profile(tmp_path / "profile")
    for name in (
        "columns",
        "lifts",
        "distributions",
        "segments",
        "outliers",
        "season",
        "biases",
        "notes",
        "echoes",
    ):
        assert getattr(loaded, name) == getattr(profile, name), name
    assert (loaded.segment_of == profile.segment_of).all()
    assert loaded.n_clients == 100


def test_the_json_is_plain_and_stable(profile: Profile, tmp_path: Path) -> None:
    save_profile(profile, tmp_path / "one")
    save_profile(load_profile(tmp_path / "one"), tmp_path / "two")
    text = (tmp_path / "one" / "profile.json").read_text("utf-8")
    assert text == (tmp_path / "two" / "profile.json").read_text("utf-8")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert json.loads(text, parse_constant=refuse)["n_companies"] == 1500
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "client_segments.parquet",
        "profile.json",
    ]


def test_a_missing_or_foreign_profile_is_an_error_with_the_folder(profile: Profile, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"profile\.json: this part of the run is missing"):
        load_profile(tmp_path)
    save_profile(profile, tmp_path)
    (tmp_path / "profile.json").write_text('{"format": 99}')
    with pytest.raises(RunFolderError, match="format 99"):
        load_profile(tmp_path)


def test_the_same_seed_gives_the_same_profile(make_register: MakeRegister) -> None:
    first, second = (profile_of(register_of(make_register), range(100), won(100), seed=3) for _ in range(2))
    assert (first.lifts, first.segments, first.columns) == (second.lifts, second.segments, second.columns)
    assert (first.segment_of == second.segment_of).all()


def test_distributions_share_an_axis_and_sum_to_one(profile: Profile) -> None:
    staff = next(each for each in profile.distributions if each.column == "staff")
    assert staff.logarithmic
    assert len(staff.edges) == len(staff.clients) + 1 == len(staff.register) + 1
    assert sum(staff.clients) == pytest.approx(1, abs=1e-4)
    assert sum(staff.register) == pytest.approx(1, abs=1e-4)
    place = np.searchsorted(staff.edges, 80.0) - 1
    assert staff.clients[place] == 1.0
    age = next(each for each in profile.distributions if each.column == "founded (years ago)")
    area = np.trapezoid(age.register_density, age.grid if not age.logarithmic else np.log10(age.grid))
    assert 0.9 < area <= 1.01


def test_the_summary_reads_what_was_found(profile: Profile) -> None:
    lines = summary(profile)
    assert lines[0] == "100 clients against 1,500 companies."
    assert any(
        line.startswith("  1. staff: Over-represented staff: ") and "(100% of clients" in line
        for line in lines
    )
    assert "Only echoes: nace (of staff)." in lines


@pytest.mark.parametrize("clients", [1, 2, 4, 25])
@pytest.mark.parametrize(
    "kept", [(), ("nothing", "no_number"), ("nace",), ("country", "staff"), ("founded",)]
)
def test_small_lists_and_bare_registers_are_profiled(
    make_register: MakeRegister, tmp_path: Path, clients: int, kept: tuple[str, ...]
) -> None:
    full = register_of(make_register)
    register = full.without(
        frozenset(c.name for c in full.columns if c.name not in ("company_id", "name", *kept))
    )
    found = profile_of(register, range(clients))
    assert found.n_clients == clients
    if clients < 8:
        assert found.segments == ()
        assert "No segments: a segment has at least 8 clients." in found.notes
    assert bool(found.segments) == bool((found.segment_of != NONE).any())
    assert found.season is None
    assert found.notes
    assert summary(found)
    save_profile(found, tmp_path / "profile")
    assert load_profile(tmp_path / "profile").segments == found.segments
    if "nace" not in kept:
        assert any("no industry column" in note for note in found.notes)


def test_a_list_of_all_companies_shows_nothing(make_register: MakeRegister) -> None:
    found = profile_of(register_of(make_register), range(1500))
    assert (found.columns, found.lifts) == ((), ())


def test_no_clients_are_no_findings(make_register: MakeRegister) -> None:
    found = profile_of(register_of(make_register), [])
    assert (found.columns, found.lifts, found.outliers) == ((), (), ())
    assert summary(found)

"""Settings: from TOML and flags, checked, and the starter file that comes back as the same settings."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path
from typing import Any

import pytest

from graphlead.core.errors import SettingsError
from graphlead.core.settings import Given, Settings, help_of

NEEDED: dict[str, Any] = {"companies": Path("c.csv"), "clients": Path("l.csv"), "out": Path("o")}
BASE = Settings(**NEEDED)


def write(folder: Path, text: str) -> Path:
    path = folder / "graphlead.toml"
    path.write_text(text, "utf-8")
    return path


def test_three_paths_are_enough() -> None:
    assert Settings.load(None, NEEDED) == BASE
    assert (BASE.seed, BASE.device, BASE.top, BASE.folds, BASE.prior) == (0, "auto", 500, None, None)
    assert (BASE.task, BASE.rankers, BASE.store) == ("leads", (), "embedded")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        BASE.seed = 1  # type: ignore[misc]


def test_every_setting_can_be_given() -> None:
    assert list(Given.__annotations__) == [each.name for each in fields(Settings)]


def test_the_inputs_are_the_files_that_a_run_reads() -> None:
    settings = replace(BASE, suppress=Path("p.csv"))
    paths = {"companies": Path("c.csv"), "clients": Path("l.csv"), "suppress": Path("p.csv")}
    assert settings.inputs() == {**paths, "links": None, "reviewed": None, "outcomes": None}


def test_every_setting_has_help() -> None:
    assert all(len(help_of(each.name)) > 10 for each in fields(Settings))


def test_flags_override_the_file_and_flags_not_given_do_not(tmp_path: Path) -> None:
    toml = write(
        tmp_path,
        'companies = "c.csv"\nclients = "l.csv"\nout = "o"\nseed = 3\ntop = 7\nexclude = ["region"]\n',
    )
    settings = Settings.load(toml, {"seed": 5, "top": None})
    assert (settings.seed, settings.top, settings.exclude) == (5, 7, ("region",))


def test_relative_paths_of_the_file_are_relative_to_it_and_those_of_flags_are_not(tmp_path: Path) -> None:
    toml = write(tmp_path, f'companies = "data/c.csv"\nclients = "{tmp_path}/abs.csv"\nlinks = "l.csv"\n')
    settings = Settings.load(toml, {"out": Path("here")})
    assert settings.companies == tmp_path / "data/c.csv"
    assert settings.clients == tmp_path / "abs.csv"
    assert settings.links == tmp_path / "l.csv"
    assert settings.out == Path("here")


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    toml = tmp_path / "g.toml"
    toml.write_bytes("\ufeffcompanies = 'c'\nclients = 'l'\nout = 'o'\n".encode())
    assert Settings.load(toml, {}).companies == tmp_path / "c"


def test_columns_map_to_roles(tmp_path: Path) -> None:
    toml = write(tmp_path, '[columns]\n"Firmen Name" = "name"\nwz = "industry:NACE"\n')
    settings = Settings.load(toml, NEEDED)
    assert settings.columns == {"Firmen Name": "name", "wz": "industry:NACE"}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("seed", -1, "a whole number from 0"),
        ("seed", True, "a whole number from 0"),
        ("seed", 2**32, "a whole number from 0"),
        ("device", "gpu", "auto, cpu, cuda or cuda:N"),
        ("device", "cuda:x", "auto, cpu, cuda or cuda:N"),
        ("top", 0, "at least 1"),
        ("expect", 0, "the clients you expect to win within 24 months"),
        ("expect", 2.5, "a whole number of at least 1"),
        ("expect", True, "a whole number of at least 1"),
        ("prior", 1.0, "above 0 and below 1"),
        ("prior", 0.0, "above 0 and below 1"),
        ("prior", float("nan"), "above 0 and below 1"),
        ("classifier", "RandomForest", "scikit-learn"),
        ("classifier", "os.system('x')", "scikit-learn"),
        ("task", "", "the name of a task"),
        ("rankers", ("",), "a list of rankers"),
        ("rankers", "gnn", "a list of rankers"),
        ("store", "", "the name of a store"),
        ("rankers", ("gnn", "gnn"), "each once"),
        ("memory", "16", "a size of at least 1GiB, such as 16GiB"),
        ("memory", "900 MB", "a size of at least 1GiB"),
        ("folds", 2, "from 3 to 20: with two, models train on companies that see no client around them"),
        ("companies", Path("a\0b.csv"), "has no zero byte"),
        ("out", Path("a\udcff"), "valid Unicode"),
        ("prior", 10**400, "a share above 0 and below 1"),
        ("exclude", "region", "a list of column names"),
        ("exclude", ("",), "a list of column names"),
        ("columns", {"a": 1}, "a table"),
        ("companies", "", "a path"),
        ("links", 3, "a path"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_has_to_be(key: str, value: object, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(None, NEEDED | {key: value})
    assert caught.value.where == f"--{key}"
    assert key in caught.value.problem
    assert expected in caught.value.remedy


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "cuda:0", "cuda:12"])
def test_devices(device: str) -> None:
    assert replace(BASE, device=device).device == device


def test_a_wrong_value_of_the_file_names_the_file(tmp_path: Path) -> None:
    toml = write(tmp_path, 'seed = "seven"\n')
    with pytest.raises(SettingsError, match="seed is seven") as caught:
        Settings.load(toml, NEEDED)
    assert caught.value.where == f"{toml}, seed"


@pytest.mark.parametrize(
    ("key", "meant"),
    [("sead", "seed"), ("exclud", "exclude"), ("colums", "columns"), ("company", "companies")],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(tmp_path: Path, key: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"no setting '{key}'") as caught:
        Settings.load(write(tmp_path, f"{key} = 1\n"), NEEDED)
    assert caught.value.remedy == f"Did you mean {meant!r}?"
    assert caught.value.where == str(tmp_path / "graphlead.toml")


def test_an_unknown_key_like_no_other_lists_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="The settings are: companies, clients"):
        Settings.load(write(tmp_path, "zzz = 1\n"), NEEDED)


@pytest.mark.parametrize("key", ["companies", "clients", "out"])
def test_what_is_needed_is_asked_for(key: str) -> None:
    with pytest.raises(SettingsError, match=f"{key} is missing. Give --{key}"):
        Settings.load(None, {k: v for k, v in NEEDED.items() if k != key})


def test_a_file_that_is_not_there_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load(tmp_path / "none.toml", NEEDED)
    with pytest.raises(SettingsError, match=r"not TOML: .*line 1"):
        Settings.load(write(tmp_path, "seed: 1\n"), NEEDED)
    (tmp_path / "latin.toml").write_bytes(b"out = '\xe4'\n")
    with pytest.raises(SettingsError, match="not TOML"):
        Settings.load(tmp_path / "latin.toml", NEEDED)


def test_a_column_to_leave_out_has_to_exist() -> None:
    settings = replace(BASE, exclude=("region", "citty"))
    replace(BASE, exclude=("region",)).check_excluded(["name", "region"])
    with pytest.raises(SettingsError, match=r"no column 'citty'.*Did you mean 'city'"):
        settings.check_excluded(["name", "region", "city"])


def test_to_json_is_plain_and_in_the_order_of_the_fields() -> None:
    settings = replace(BASE, exclude=("a",), columns={"x": "id"})
    assert list(settings.to_json()) == [each.name for each in fields(Settings)]
    assert settings.to_json() | {"rankers": None, "classifier": None} == {
        "companies": "c.csv", "clients": "l.csv", "out": "o", "links": None, "suppress": None, "reviewed": None,
        "outcomes": None, "exclude": ["a"], "keep": [], "neutral": None, "seed": 0, "device": "auto", "top": 500,
        "expect": None, "prior": None, "classifier": None,
        "task": "leads", "rankers": None, "store": "embedded", "folds": None, "memory": None, "columns": {"x": "id"},
    }  # fmt: skip


@pytest.mark.parametrize("opened", ["[", "{a = "])
def test_promise_9_values_nested_without_end_are_refused(tmp_path: Path, opened: str) -> None:
    toml = write(tmp_path, f"exclude = {opened * 20_000}")
    with pytest.raises(SettingsError) as caught:
        Settings.load(toml, {})
    assert caught.value.where == str(toml)
    assert caught.value.problem == "this is not TOML: values are nested too deep."


def test_promise_9_the_id_cannot_be_excluded() -> None:
    with pytest.raises(SettingsError) as caught:
        replace(BASE, exclude=("company_id",)).check_excluded(["company_id", "name"])
    assert str(caught.value) == (
        "exclude: company_id tells the companies apart, and nothing is derived from it. Leave it out of the list."
    )


def test_a_size_in_bytes() -> None:
    assert replace(BASE, memory="16GiB").memory_bytes == 16 * 2**30
    assert replace(BASE, memory="1.5 gb").memory_bytes == 1_500_000_000
    assert BASE.memory_bytes is None

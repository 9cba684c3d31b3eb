"""The stages of experiments: in order, naming what there is, and touched by what they depend on alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphlead.core.arrays import Json
from graphlead.core.experiments import AssignSettings, ReadSettings
from graphlead.runs.code import files_behind
from graphlead.runs.experiment_stages import ASSIGN_STAGES, READ_STAGES

TABLE, OUT = Path("t.csv"), Path("o")
READ = ReadSettings(table=TABLE, out=OUT, outcome=("y",))
SIDES = [(ASSIGN_STAGES, AssignSettings(table=TABLE, out=OUT)), (READ_STAGES, READ)]


def keys(settings: Json, inputs: Json | None = None) -> dict[str, str]:
    found: dict[str, str] = {}
    hashes = inputs or {name: {"sha256": name} for name in ("table", "outcomes", "open")}
    for name, stage in READ_STAGES.items():
        found[name] = stage.key(hashes, settings, found, "tests")
    return found


@pytest.mark.parametrize(("stages", "settings"), SIDES)
def test_stages_name_what_there_is_and_every_setting_has_a_part(
    stages: dict[str, object], settings: AssignSettings | ReadSettings
) -> None:
    names = list(stages)
    for at, stage in enumerate(stages.values()):
        assert set(stage.after) <= set(names[:at])  # type: ignore[attr-defined]
        assert files_behind(stage.doors)  # type: ignore[attr-defined]
    used = {name for stage in stages.values() for name in stage.settings}  # type: ignore[attr-defined]
    assert used == set(settings.to_json()) - {*settings.inputs(), "out", "step"}
    assert {name for stage in stages.values() for name in stage.inputs} == set(settings.inputs())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("cost", 2.0, {"results", "report"}),
        ("exclude", ["z"], {"uplift", "results", "report"}),
        ("arm", "group", {"uplift", "results", "report"}),
        ("table", "a copy of it.csv", set()),
    ],
)
def test_a_setting_touches_the_stages_that_use_it(setting: str, value: object, expected: set[str]) -> None:
    before, after = keys(READ.to_json()), keys({**READ.to_json(), setting: value})
    assert {name for name in before if before[name] != after[name]} == expected


def test_other_open_cases_are_learned_for_anew() -> None:
    other = {name: {"sha256": name} for name in ("table", "outcomes")} | {"open": {"sha256": "other"}}
    before, after = keys(READ.to_json()), keys(READ.to_json(), other)
    assert before["uplift"] != after["uplift"]

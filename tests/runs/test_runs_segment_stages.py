"""The stages of `graphlead segment`: in order, naming what there is, and touched by what they depend on alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphlead.core.sales import MOST_EVENTS, event_name
from graphlead.core.segment import SegmentSettings
from graphlead.runs.code import files_behind
from graphlead.runs.segment_stages import SEGMENT_STAGES

SETTINGS = SegmentSettings(customers=Path("c.csv"), out=Path("o"))
INPUTS = {*SETTINGS.inputs(), *map(event_name, range(MOST_EVENTS)), "earlier"}


def keys(inputs: dict[str, Any] | None = None, **settings: object) -> dict[str, str]:
    found: dict[str, str] = {}
    hashes = inputs or {name: {"sha256": name} for name in INPUTS}
    for name, stage in SEGMENT_STAGES.items():
        found[name] = stage.key(hashes, {**SETTINGS.to_json(), **settings}, found, "tests")
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_stages_stand_in_order_and_name_what_there_is() -> None:
    names = list(SEGMENT_STAGES)
    for at, stage in enumerate(SEGMENT_STAGES.values()):
        assert set(stage.after) <= set(names[:at]), stage.name
        assert set(stage.settings) <= set(SETTINGS.to_json()), stage.name
        assert set(stage.inputs) <= INPUTS, stage.name
        assert files_behind(stage.doors), stage.name


def test_every_input_and_every_setting_has_a_part_in_a_stage() -> None:
    assert {name for stage in SEGMENT_STAGES.values() for name in stage.inputs} == INPUTS
    used = {name for stage in SEGMENT_STAGES.values() for name in stage.settings}
    assert set(SETTINGS.to_json()) - {"customers", "events", "run", "out"} == used


@pytest.mark.parametrize(
    ("setting", "value", "stages"),
    [
        ("offers", {"Lost": "Dinner"}, {"results", "report"}),
        ("noise", "vote", {"noise", "model", "results", "report"}),
        ("seed", 1, {"noise", "model", "results", "report"}),
        ("id", "customer", set(SEGMENT_STAGES)),
    ],
)
def test_a_setting_touches_what_depends_on_it(setting: str, value: object, stages: set[str]) -> None:
    assert changed(keys(), keys(**{setting: value})) == stages

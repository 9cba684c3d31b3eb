"""The stages of the sales verbs: in order, naming what there is, and touched by what they depend on alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graphlead.core.sales import MOST_EVENTS, SalesSettings, event_name
from graphlead.runs.code import files_behind
from graphlead.runs.sales_stages import SALES_STAGES

SETTINGS = SalesSettings(verb="convert", leads=Path("l.csv"), out=Path("o"))
INPUTS = {*SETTINGS.inputs(), *map(event_name, range(MOST_EVENTS)), "run", "earlier"}
ALL = set(SALES_STAGES)
LISTS = {"results", "report"}


def keys(inputs: dict[str, Any] | None = None, **settings: object) -> dict[str, str]:
    found: dict[str, str] = {}
    hashes = inputs or {name: {"sha256": name} for name in INPUTS}
    for name, stage in SALES_STAGES.items():
        found[name] = stage.key(hashes, {**SETTINGS.to_json(), **settings}, found, "tests")
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_stages_stand_in_order_and_name_what_there_is() -> None:
    names = list(SALES_STAGES)
    for at, stage in enumerate(SALES_STAGES.values()):
        assert set(stage.after) <= set(names[:at]), stage.name
        assert set(stage.settings) <= set(SETTINGS.to_json()), stage.name
        assert set(stage.inputs) <= INPUTS, stage.name
        assert files_behind(stage.doors), stage.name


def test_every_input_and_every_setting_has_a_part_in_a_stage() -> None:
    assert {name for stage in SALES_STAGES.values() for name in stage.inputs} == INPUTS
    used = {name for stage in SALES_STAGES.values() for name in stage.settings}
    paths = {
        "leads",
        "customers",
        "events",
        "open",
        "items",
        "deals",
        "companies",
        "links",
        "run",
        "reviewed",
        "out",
    }
    assert set(SETTINGS.to_json()) - paths == used


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("threshold", 0.5, LISTS),
        ("cost", 40.0, LISTS),
        ("action", [{"do": "Call"}], LISTS),
        ("top", 10, LISTS),
        ("within", 30, ALL - {"register", "graph"}),
        ("outcome", "stage", ALL - {"register", "graph"}),
        ("seed", 1, ALL),
        ("leads", "a copy of it.csv", set()),
    ],
)
def test_a_setting_touches_the_stages_that_read_it(setting: str, value: object, expected: set[str]) -> None:
    assert changed(keys(), keys(**{setting: value})) == expected


def test_another_register_reads_no_table_anew() -> None:
    other = {name: {"sha256": name} for name in INPUTS} | {"companies": {"sha256": "other"}}
    assert changed(keys(), keys(other)) == ALL - {"cases", "leaks"}

"""What Python takes by name, typed, is what the settings have: no field is missing, none is of another type."""

from __future__ import annotations

import inspect
from dataclasses import Field, fields
from typing import Any

import pytest

import graphlead
from graphlead.core.comparison import ComparisonGiven, ComparisonOptions, ComparisonSettings
from graphlead.core.experiments import AssignGiven, AssignSettings, ReadGiven, ReadOptions, ReadSettings
from graphlead.core.recommend import RecommendGiven, RecommendOptions, RecommendSettings
from graphlead.core.sales import SalesGiven, SalesOptions, SalesSettings
from graphlead.core.segment import SegmentGiven, SegmentOptions, SegmentSettings
from graphlead.core.settings import Given, Settings

PAIRS = [
    (Given, Settings), (SalesGiven, SalesSettings), (RecommendGiven, RecommendSettings),
    (SegmentGiven, SegmentSettings), (ComparisonGiven, ComparisonSettings), (AssignGiven, AssignSettings),
    (ReadGiven, ReadSettings),
]  # fmt: skip
FOLDERS = ("out", "run")
"""Paths that are no tables."""
WIDER = {
    "tuple[str, ...]": "Sequence[str]",
    "tuple[Path, ...]": "Table | Sequence[Table]",
    "tuple[Mapping[str, Any], ...]": "Sequence[Mapping[str, Any]]",
    "date": "str | date",
}
VERBS = {
    graphlead.convert: SalesOptions, graphlead.churn: SalesOptions, graphlead.recommend: RecommendOptions,
    graphlead.segment: SegmentOptions, graphlead.compare: ComparisonOptions, graphlead.read_experiment: ReadOptions,
}  # fmt: skip


def expected(each: Field[Any]) -> str:
    """The type of a setting as it may be given."""
    kind = str(each.type).removesuffix(" | None")
    if kind == "Path":
        kind = "str | Path" if each.name in FOLDERS else "Table"
    return f"{WIDER.get(kind, kind)} | None"


@pytest.mark.parametrize(("given", "settings"), PAIRS)
def test_every_setting_may_be_given_in_a_type_that_it_takes(given: Any, settings: Any) -> None:
    found = {name: getattr(kind, "__forward_arg__", kind) for name, kind in given.__annotations__.items()}
    assert found == {each.name: expected(each) for each in fields(settings) if each.name != "verb"}


@pytest.mark.parametrize(("verb", "options"), VERBS.items())
def test_a_verb_takes_each_setting_once(verb: Any, options: Any) -> None:
    signature = inspect.signature(verb)
    assert signature.parameters["settings"].annotation == f"Unpack[{options.__name__}]"
    assert not set(signature.parameters) & set(options.__annotations__)


def test_what_a_verb_names_apart_and_what_it_takes_beside_is_all_there_is() -> None:
    apart = {"config", "quiet", "settings"}
    for options, given, verbs in (
        (SalesOptions, SalesGiven, (graphlead.convert, graphlead.churn)),
        (RecommendOptions, RecommendGiven, (graphlead.recommend,)),
        (SegmentOptions, SegmentGiven, (graphlead.segment,)),
        (ComparisonOptions, ComparisonGiven, (graphlead.compare,)),
        (ReadOptions, ReadGiven, (graphlead.read_experiment,)),
    ):
        named = {name for verb in verbs for name in inspect.signature(verb).parameters} - apart
        assert named | set(options.__annotations__) == set(given.__annotations__)
    assert set(inspect.signature(graphlead.assign_experiment).parameters) - apart == set(
        AssignGiven.__annotations__
    )

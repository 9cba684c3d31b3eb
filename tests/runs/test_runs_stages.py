"""The table of stages: what a key depends on, and what it does not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from graphlead.core.errors import CarrierError
from graphlead.core.settings import Settings
from graphlead.runs import code
from graphlead.runs.code import files_behind
from graphlead.runs.stages import STAGES, Stage

INPUTS = {
    name: {"sha256": name} for name in ("companies", "links", "clients", "suppress", "reviewed", "outcomes")
}
SETTINGS = Settings(companies=Path("c.csv"), clients=Path("l.csv"), out=Path("o")).to_json()
MAKERS = {
    **dict.fromkeys(("register", "same", "leaks", "graph", "profile"), "graphlead.pipeline.gather"),
    **dict.fromkeys(("match", "suppressed", "outcomes"), "graphlead.pipeline.resolve"),
    **dict.fromkeys(("model", "heldout", "judgement", "trained", "changes"), "graphlead.pipeline.train"),
    **dict.fromkeys(("evidence", "results", "report"), "graphlead.pipeline.deliver"),
}
LISTS = {"evidence", "results", "report"}
TRAINED = {"model", "heldout", "judgement"} | LISTS
ALL = set(STAGES) - {"trained", "changes", "drift"}


def keys(inputs: Mapping[str, Any] = INPUTS, **settings: object) -> dict[str, str]:
    """The key of every stage of a run that trains."""
    found: dict[str, str] = {}
    for name, stage in STAGES.items():
        if name in ALL:
            found[name] = stage.key(dict(inputs), {**SETTINGS, **settings}, found, MAKERS[name])
    return found


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("top", 20, LISTS),
        ("store", "neo4j", set()),
        ("out", "elsewhere", set()),
        ("companies", "a copy of it.csv", set()),
        ("prior", 0.03, TRAINED),
        ("expect", 9, LISTS),
        ("folds", 2, TRAINED),
        ("device", "cpu", TRAINED),
        ("rankers", ["gnn"], TRAINED),
        ("classifier", "sklearn.x.Y", TRAINED),
        ("exclude", ["region"], ALL - {"register", "match", "suppressed", "outcomes", "same"}),
        ("neutral", "region", LISTS),
        ("keep", ["crm"], ALL - {"register", "match", "suppressed", "outcomes", "same"}),
        ("columns", {"a": "text"}, ALL),
        ("seed", 1, ALL),
    ],
)
def test_a_setting_touches_the_stages_that_use_it(setting: str, value: object, expected: set[str]) -> None:
    assert changed(keys(), keys(**{setting: value})) == expected


@pytest.mark.parametrize(
    ("name", "untouched"),
    [
        ("companies", set()),
        ("links", set()),
        ("clients", {"register", "suppressed", "outcomes", "same"}),
        ("reviewed", {"register", "suppressed", "outcomes", "same"}),
        ("suppress", {"register", "match", "outcomes", "same"}),
        ("outcomes", {"register", "match", "suppressed", "same"}),
    ],
)
def test_an_input_touches_the_stages_that_read_it(name: str, untouched: set[str]) -> None:
    other = {**INPUTS, name: {"sha256": "another"}}
    missing = {key: value for key, value in INPUTS.items() if key != name}
    for inputs in (other, missing):
        assert changed(keys(), keys(inputs)) == ALL - untouched


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Change a file of a copy of the package, which the keys are then made of."""
    copy = tmp_path / "graphlead"
    shutil.copytree(code.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "PACKAGE", copy)

    def change(name: str) -> None:
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("\n")

    return change


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("report/html/assets/report.css", {"report"}),
        ("report/html/templates/leads.html.j2", {"report"}),
        ("report/html/quality.py", {"report"}),
        ("pipeline/content.py", {"report"}),
        ("report/noise.py", {"results", "report"}),
        ("evaluate/verdict.py", LISTS | {"judgement"}),
        ("tasks/leads.py", LISTS | {"heldout", "judgement"}),
        ("explain/ties/sentences.py", LISTS),
        ("pipeline/explain.py", LISTS),
        ("learn/rankers/gnn.py", TRAINED),
        ("learn/losses.py", TRAINED),
        ("pipeline/train.py", TRAINED),
        ("features/walk.py", TRAINED),
        ("profile/segments/find.py", {"profile", "results", "report"}),
        ("match/cohort.py", ALL - {"register", "match", "suppressed", "outcomes", "same"}),
        ("profile/leaks/decide.py", ALL - {"register", "match", "suppressed", "outcomes", "same"}),
        ("match/words.toml", ALL - {"register"}),
        ("match/block.py", ALL - {"register"}),
        ("common/words/forms.toml", ALL),
        ("common/places.py", ALL - {"register", "match", "suppressed", "outcomes", "same", "leaks"}),
        (
            "graph/ownership/control.py",
            ALL - {"register", "match", "suppressed", "outcomes", "same", "leaks"},
        ),
        ("ingest/values.py", ALL),
        ("runs/layout.py", ALL),
        ("cli/app.py", set()),
        ("api/runs.py", set()),
        ("pipeline/discover.py", set()),
        ("pipeline/finished.py", set()),
        ("pipeline/picture.py", set()),
        ("runs/publication.py", set()),
        ("stores/embedded/store.py", set()),
        ("connectors/bods.py", set()),
        ("world/firms.py", set()),
    ],
)
def test_an_edit_touches_the_stages_that_the_file_has_a_part_in(
    edit: Callable[[str], None], file: str, expected: set[str]
) -> None:
    before = keys()
    edit(file)
    assert changed(before, keys()) == expected


def test_the_models_of_another_run_are_known_by_its_manifest() -> None:
    stage = STAGES["trained"]
    one, other = ({"run": {"path": "somewhere", "sha256": text}} for text in ("a", "b"))
    maker = MAKERS["trained"]
    assert stage.key(one, SETTINGS, {}, maker) != stage.key(other, SETTINGS, {}, maker)
    moved = {"run": {"path": "elsewhere", "sha256": "a"}}
    assert stage.key(one, SETTINGS, {}, maker) == stage.key(moved, SETTINGS, {}, maker)


def test_stages_stand_in_the_order_of_the_story_and_name_what_there_is() -> None:
    names, settings = list(STAGES), set(SETTINGS)
    for at, stage in enumerate(STAGES.values()):
        assert set(stage.after) <= set(names[:at]), stage.name
        assert set(stage.settings) <= settings, stage.name
        assert set(stage.inputs) <= {*INPUTS, "run"}, stage.name


def test_a_door_that_is_no_module_is_refused() -> None:
    with pytest.raises(CarrierError, match=r"got 'graph\.nowhere'"):
        Stage(name="x", doors=("graph.nowhere",)).key({}, {}, {}, "tests")


def package(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(text, "utf-8")


def test_imports_of_every_form_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(
        tmp_path,
        a__door="from graphlead.a.plain import x\ndef f():\n    import graphlead.b.within\n",
        a__plain="from graphlead.b import member\n",
        a__aside="",
        b__member='ENTRY = "graphlead.c.named:Class"\n',
        b__within="from graphlead.pipeline.step import x\n",
        c__named="import numpy\n",
        pipeline__step="from graphlead.a.aside import x\n",
    )
    (tmp_path / "b/words.toml").write_text("", "utf-8")
    (tmp_path / "b/templates").mkdir()
    (tmp_path / "b/templates/page.html").write_text("", "utf-8")
    (tmp_path / "b/part").mkdir()
    (tmp_path / "b/part/__init__.py").write_text("", "utf-8")
    (tmp_path / "b/part/part.css").write_text("", "utf-8")
    monkeypatch.setattr(code, "PACKAGE", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files_behind(["a.door"])] == [
        "a/door.py",
        "a/plain.py",
        "b/member.py",
        "b/templates/page.html",
        "b/within.py",
        "b/words.toml",
        "c/named.py",
        "pipeline/step.py",
    ]

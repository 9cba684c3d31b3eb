"""The table of stages against the pipeline: what a stage's results are made with has to be part of its key."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from graphlead.core.settings import PATHS, Settings
from graphlead.runs.code import PACKAGE, files_behind
from graphlead.runs.stages import STAGES

TREES = {
    f"pipeline.{path.stem}": ast.parse(path.read_text("utf-8"))
    for path in (PACKAGE / "pipeline").glob("*.py")
}
Definition = ast.FunctionDef | ast.ClassDef

TRAINING = frozenset({"trained", "changes"})
SCORING = frozenset({"model", "heldout", "judgement"})
"""The stages that a run of each kind does without."""


def definitions(module: str) -> dict[str, Definition]:
    """Every function and class of a module by its name."""
    return {node.name: node for node in TREES[module].body if isinstance(node, Definition)}


def imports(module: str) -> dict[str, tuple[str, str]]:
    """Where each name that a module imports from graphlead comes from: the module there, and the name there."""
    return {
        alias.asname or alias.name: (node.module.removeprefix("graphlead."), alias.name)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("graphlead.")
        for alias in node.names
    }


def makers() -> Iterator[tuple[str, str, ast.AST]]:
    """Each stage of the pipeline, the module that makes it, and the function that does."""
    for module, tree in TREES.items():
        for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            inner = {node.name: node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)}
            for node in ast.walk(function):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="stage"), args=[ast.Constant(value=str(name)), make]
                    ):
                        yield name, module, inner[make.id] if isinstance(make, ast.Name) else make


def annotations(node: ast.AST) -> set[ast.AST]:
    types = [getattr(each, part, None) for each in ast.walk(node) for part in ("annotation", "returns")]
    return {inner for each in types if each is not None for inner in ast.walk(each)}


def reached(module: str, node: ast.AST, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The modules that a piece of the pipeline uses, through other pieces of it; carriers that only type it are not."""
    types = annotations(node)
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            home, name = imports(module).get(each.id, (module, each.id))
            inside = home in TREES and name in definitions(home)
            finished = each in types and home == "pipeline.finished"  # an input, by its hash
            if (
                not inside
                and home not in TREES
                and not (each in types and home.startswith(("core.", "common.")))
            ):
                yield home
            if inside and not finished and (home, name) not in seen:
                seen.add((home, name))
                yield home
                yield from reached(home, definitions(home)[name], seen)


def settings_read(seen: set[tuple[str, str]], make: ast.AST) -> set[str]:
    """The settings, paths aside, that a function and the pieces it uses read."""
    known = {each.name for each in fields(Settings)} - set(PATHS)
    nodes = [make, *(definitions(module)[name] for module, name in seen)]
    read = (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Attribute))
    return {each.attr for each in read if each.attr in known and named(each.value) in ("settings", "chosen")}


def named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def before(name: str, without: frozenset[str]) -> set[str]:
    """A stage and all that it builds on."""
    after = [each for each in STAGES[name].after if each not in without]
    return {name}.union(*(before(each, without) for each in after))


CASES = [
    pytest.param(name, module, make, without, id=f"{name}, {kind}")
    for name, module, make in makers()
    for kind, without in (("training", TRAINING), ("scoring", SCORING))
    if name not in without
]


def test_every_stage_of_the_table_is_made_once() -> None:
    assert sorted(name for name, _, _ in makers()) == sorted(STAGES)


@pytest.mark.parametrize(("name", "module", "make", "without"), CASES)
def test_what_a_stage_is_made_with_lies_behind_its_doors(
    name: str, module: str, make: ast.AST, without: frozenset[str]
) -> None:
    rows = [STAGES[each] for each in before(name, without)]
    behind = set(files_behind([door for row in rows for door in (*row.doors, module, "runs.layout")]))
    used = set(reached(module, make, set())) - {"runs.layout"}
    assert used
    assert {each for each in used if not set(files(each)) & behind} == set()


def files(module: str) -> list[Path]:
    base = PACKAGE.joinpath(*module.split("."))
    return [base.with_suffix(".py"), base / "__init__.py"]


@pytest.mark.parametrize(("name", "module", "make", "without"), CASES)
def test_the_settings_that_a_stage_reads_are_in_its_key(
    name: str, module: str, make: ast.AST, without: frozenset[str]
) -> None:
    seen: set[tuple[str, str]] = set()
    list(reached(module, make, seen))
    rows = [STAGES[each] for each in before(name, without)]
    assert settings_read(seen, make) <= {setting for row in rows for setting in row.settings}


def test_the_search_sees_what_training_uses() -> None:
    [(module, make)] = [(module, make) for name, module, make in makers() if name == "model"]
    seen: set[tuple[str, str]] = set()
    used = set(reached(module, make, seen))
    assert {
        "learn.crossfit",
        "learn.registry",
        "evaluate.splits",
        "features.labels",
        "pipeline.scored",
    } <= used
    assert settings_read(seen, make) == {"folds", "seed", "rankers", "classifier", "prior", "device"}

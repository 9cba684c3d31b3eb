"""Names inside a run's folder stand in one module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import graphlead
from graphlead.runs.layout import RunFolder

PACKAGE = Path(graphlead.__file__).parent
LAYOUT = PACKAGE / "runs/layout.py"
OTHER_FOLDERS = {PACKAGE / "world/settings.py", PACKAGE / "world/sales/settings.py"}
"""The folders of a world and of its CRM are no runs, though lists in them bear the same names."""


def paths_of(folder: RunFolder) -> set[Path]:
    names = [name for name, value in vars(RunFolder).items() if isinstance(value, property)]
    return {getattr(folder, name) for name in names}


NAMES = {path.name for path in paths_of(RunFolder(Path("run")))}


def spelt(path: Path) -> list[str]:
    """The names of a run's folder that a module spells: after a ``/``, or with a suffix in a constant of its own."""
    tree = ast.parse(path.read_text("utf-8"))
    beside = [
        node.right for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    ]
    assigned = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    constants = [each for value in assigned for each in ast.walk(value)]
    found = [*texts(beside), *(text for text in texts(constants) if "." in text)]
    return [f"{path.relative_to(path.parents[1])}: {text}" for text in found if text in NAMES]


def texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_other_module_spells_a_name_of_a_runs_folder() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if path != LAYOUT and path not in OTHER_FOLDERS]
    assert [name for path in modules for name in spelt(path)] == []


@pytest.mark.parametrize(
    "line", ['x = run / "model"', 'SHOWN = ("a", "leads.csv")', 'def f(x): return x / "scores.parquet"']
)
def test_the_search_for_names_finds_them(tmp_path: Path, line: str) -> None:
    (tmp_path / "sample.py").write_text(line, "utf-8")
    assert len(spelt(tmp_path / "sample.py")) == 1


def test_every_path_lies_in_the_folder_and_is_another() -> None:
    folder = RunFolder(Path("run"))
    properties = [name for name, value in vars(RunFolder).items() if isinstance(value, property)]
    assert len(paths_of(folder)) == len(properties) > 20
    assert all(path.is_relative_to(folder.path) for path in paths_of(folder))

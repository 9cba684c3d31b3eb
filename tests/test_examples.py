"""The notebooks in examples/ run from the first cell to the last, and are committed without outputs."""

from __future__ import annotations

from pathlib import Path

import pytest
from notebooks import ROOT, Notebook, cells_of

EXAMPLES = sorted((ROOT / "examples").glob("*.ipynb"))


def test_the_examples_are_there() -> None:
    assert [path.stem for path in EXAMPLES] == ["first_list", "sales_year"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_committed_without_outputs(path: Path) -> None:
    code = [cell for cell in cells_of(path) if cell["cell_type"] == "code"]
    assert len(code) > 5
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(path: Path, tmp_path: Path) -> None:
    with Notebook(tmp_path, path.parent) as notebook:
        shown = [
            notebook.html("".join(cell["source"])) for cell in cells_of(path) if cell["cell_type"] == "code"
        ]
    assert sum("<svg" in each for each in shown) >= 4

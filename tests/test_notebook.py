"""graphlead in a notebook: a Jupyter kernel that has no ipywidgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from notebooks import Notebook

from graphlead.world import World

DISCOVER = """
import graphlead
result = graphlead.discover(
    companies={companies!r}, links={links!r}, clients={clients!r}, out={out!r}, folds=3, rankers=["pagerank"]
)
(list(result.leads["rank"][:3]), len(result.scores) > 1000)
"""
PROGRESS = """
import sys
from graphlead.common.console import Console
sys.stderr.isatty = lambda: True
with Console().stage("reading") as progress:
    progress(1, 2, "half")
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with Notebook(tmp_path_factory.mktemp("kernel")) as opened:
        yield opened


def test_the_kernel_is_one_of_a_notebook_without_widgets(notebook: Notebook) -> None:
    """What the other tests rest on: there, DuckDB refuses any change of its progress bar, which is off already."""
    value, _ = notebook.cell(
        "import importlib.util, duckdb\n"
        "from contextlib import suppress\n"
        "db, refused = duckdb.connect(), []\n"
        "for switch in ('false', 'true'):\n"
        "    try:\n"
        "        db.execute(f'SET enable_progress_bar = {switch}')\n"
        "    except duckdb.Error as error:\n"
        "        refused.append('ipywidgets' in str(error))\n"
        "(type(get_ipython()).__name__, importlib.util.find_spec('ipywidgets'), refused,\n"
        " db.execute(\"SELECT current_setting('enable_progress_bar')\").fetchone())"
    )
    assert value == "('ZMQInteractiveShell', None, [True, True], (False,))"


def test_discover_finds_leads_in_a_notebook(notebook: Notebook, small_world: World, tmp_path: Path) -> None:
    paths = {name: str(getattr(small_world, name)) for name in ("companies", "links", "clients")}
    value, errors = notebook.cell(DISCOVER.format(**paths, out=str(tmp_path / "out")))
    assert value == "([1, 2, 3], True)"
    assert (tmp_path / "out" / "leads.csv").is_file()
    assert "ipywidgets" not in errors
    assert "reading and cleaning (" in errors
    shown = notebook.html("result")
    assert "leads of" in shown
    assert shown.count("<tr>") == 11
    assert "<svg" in shown
    assert notebook.html("result.explain(result.leads['name'][0])").count("Why:") == 1


def test_progress_bars_of_a_notebook_ask_for_no_widgets(notebook: Notebook) -> None:
    _, errors = notebook.cell(PROGRESS)
    assert "reading (" in errors
    assert "ipywidgets" not in errors

"""graphlead in a notebook: a Jupyter kernel that has no ipywidgets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from graphlead.world import World

ROOT = Path(__file__).parents[1]
SECONDS = 120
"""How long a cell may take; a run of the quickest ranker on the small world takes 10 s on one core."""

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


class Notebook:
    """Runs cells in a kernel of this very Python, which needs no kernelspec on the machine."""

    def __init__(self, folder: Path) -> None:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._manager = KernelManager(connection_file=str(folder / "kernel.json"))
        self._manager._kernel_spec = KernelSpec(argv=argv, display_name="this Python", language="python")

    def __enter__(self) -> Notebook:
        self._manager.start_kernel(cwd=str(ROOT))
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def cell(self, code: str) -> tuple[str, str]:
        """The value of a cell's last line, and what it wrote to stderr. Fails when the cell raises."""
        messages: list[dict[str, Any]] = []
        reply = self._client.execute_interactive(code, timeout=SECONDS, output_hook=messages.append)
        assert reply["content"]["status"] == "ok", reply["content"]["evalue"]
        contents = [(each["msg_type"], each["content"]) for each in messages]
        values = [content["data"]["text/plain"] for kind, content in contents if kind == "execute_result"]
        errors = [content["text"] for kind, content in contents if content.get("name") == "stderr"]
        return "".join(values), "".join(errors)


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


def test_progress_bars_of_a_notebook_ask_for_no_widgets(notebook: Notebook) -> None:
    _, errors = notebook.cell(PROGRESS)
    assert "reading (" in errors
    assert "ipywidgets" not in errors

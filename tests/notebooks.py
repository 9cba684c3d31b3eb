"""A Jupyter kernel of this very Python, and the cells of a notebook run in it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[1]
SECONDS = 300
"""How long a cell may take on a machine that does other things too."""


class Notebook:
    """Runs cells in a kernel in ``folder``, on the package that is tested; no kernelspec is needed on the machine."""

    def __init__(self, connection: Path, folder: Path = ROOT) -> None:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._manager = KernelManager(connection_file=str(connection / "kernel.json"))
        self._manager._kernel_spec = KernelSpec(argv=argv, display_name="this Python", language="python")
        self._folder = folder

    def __enter__(self) -> Notebook:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._manager.start_kernel(cwd=str(self._folder), env=environment)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def outputs(self, code: str) -> list[tuple[str, dict[str, Any]]]:
        """The messages of a cell: their types and contents. Fails when the cell raises."""
        messages: list[dict[str, Any]] = []
        reply = self._client.execute_interactive(code, timeout=SECONDS, output_hook=messages.append)
        assert reply["content"]["status"] == "ok", f"{code}\n{reply['content']['evalue']}"
        return [(each["msg_type"], each["content"]) for each in messages]

    def cell(self, code: str) -> tuple[str, str]:
        """The value of a cell's last line, and what it wrote to stderr. Fails when the cell raises."""
        contents = self.outputs(code)
        values = [content["data"]["text/plain"] for kind, content in contents if kind == "execute_result"]
        errors = [content["text"] for kind, content in contents if content.get("name") == "stderr"]
        return "".join(values), "".join(errors)

    def html(self, code: str) -> str:
        """What a cell shows, as HTML."""
        shown = ("execute_result", "display_data")
        return "".join(
            content["data"].get("text/html", "") for kind, content in self.outputs(code) if kind in shown
        )


def cells_of(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook: cell_type, source (lines), outputs of code."""
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return cells

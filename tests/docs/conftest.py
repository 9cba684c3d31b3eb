"""The pages, and a run of the tutorial on a small world."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder in which the tutorial was done with 300 companies, and what each block printed."""
    import tutorial

    folder = tmp_path_factory.mktemp("tutorial")
    page = tutorial.PAGE.read_text(encoding="utf-8")
    return folder, tutorial.outputs(
        page, folder, lambda code: code.replace("graphlead demo", "graphlead demo --companies 300")
    )

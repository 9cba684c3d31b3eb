"""What tests on finished runs share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import tiny_run


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished tiny run, its inputs beside it; do not write into it."""
    return tiny_run(tmp_path_factory.mktemp("whole"))

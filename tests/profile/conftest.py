"""Registers with planted clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from made_register import MakeRegister
from planted_clients import write_register

from graphlead.core.register import Register, Role


@pytest.fixture
def make_register(tmp_path: Path) -> MakeRegister:
    """make_register({name: (role, values)}); an industry column is NACE."""

    def make(columns: Mapping[str, tuple[Role, Sequence[Any]]]) -> Register:
        return write_register(tmp_path, columns)

    return make

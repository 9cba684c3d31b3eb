"""Any role on any column: a register is read and profiled, or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from graphlead.common.console import Console
from graphlead.core.errors import GraphleadError
from graphlead.core.register import Role
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import profile_list

COMPANIES = pd.read_csv(Path(__file__).parents[2] / "data" / "companies.csv", dtype=str).head(120)
ROLES = list(Role)
ALWAYS = 1
"""Of the ways to give each column another role, those that are tried outside the tests of a night."""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    COMPANIES.to_csv(tmp_path / "c.csv", index=False)
    COMPANIES.iloc[::3][["name", "city"]].to_csv(tmp_path / "l.csv", index=False)
    return {"companies": tmp_path / "c.csv", "clients": tmp_path / "l.csv", "out": tmp_path / "out"}


def profiled(files: dict[str, Path], columns: dict[str, str]) -> None:
    try:
        profile_list(Settings(**files, columns=columns), Console(quiet=True))
    except GraphleadError as refused:
        assert refused.exit_code == 2, str(refused)
        assert refused.where
        assert refused.remedy


@pytest.mark.parametrize(
    "turn",
    [pytest.param(i, marks=[pytest.mark.nightly] * (i >= ALWAYS)) for i in range(len(ROLES))],
)
def test_promise_9_every_column_may_have_any_role_beside_any_other(files: dict[str, Path], turn: int) -> None:
    others = [name for name in COMPANIES if name not in ("company_id", "name")]
    roles = [ROLES[(at + turn) % len(ROLES)] for at in range(len(others))]
    profiled(files, {name: role for name, role in zip(others, roles, strict=True) if role is not Role.ID})


@pytest.mark.nightly
@pytest.mark.parametrize("role", ROLES)
def test_promise_9_every_column_may_have_any_role_alone(files: dict[str, Path], role: Role) -> None:
    for name in COMPANIES:
        profiled(files, {name: str(role)})

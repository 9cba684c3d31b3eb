"""Small registers and graphs written by hand, and a small trained run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_register import MakeRegister

import graphlead
from graphlead.core.clients import Cohort
from graphlead.core.register import Column, Register, Role
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import Scored
from graphlead.world import World

TYPES = {Role.NUMBER: pa.float64(), Role.BOOLEAN: pa.bool_(), Role.DATE: pa.date32()}
OWNER = ("source_id", "source_name")


@pytest.fixture
def make_register(tmp_path: Path) -> MakeRegister:
    """make_register(n, {name: (role, values)}, {holder id: name}): companies are c0, c1, ..., industries NAICS."""

    def make(
        n: int, columns: Mapping[str, tuple[Role, Sequence[Any]]], owners: Mapping[str, str] | None = None
    ) -> Register:
        arrays = {"company_id": pa.array([f"c{i}" for i in range(n)])}
        arrays |= {
            name: pa.array(values, TYPES.get(role, pa.string())) for name, (role, values) in columns.items()
        }
        pq.write_table(pa.table(arrays), tmp_path / "companies.parquet")
        named = owners or {}
        links = pa.table(
            [list(named), list(named.values())], pa.schema([(name, pa.string()) for name in OWNER])
        )
        pq.write_table(links, tmp_path / "links.parquet")
        understood = [
            Column(name=name, role=role, scheme="NAICS" if role is Role.INDUSTRY else "")
            for name, (role, _) in columns.items()
        ]
        return Register(
            companies=tmp_path / "companies.parquet", links=tmp_path / "links.parquet",
            columns=(Column(name="company_id", role=Role.ID), *understood), n_companies=n, n_links=len(named),
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def run_folder(small_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over the small world."""
    out = tmp_path_factory.mktemp("explained") / "run"
    graphlead.discover(
        companies=small_world.companies, links=small_world.links, clients=small_world.clients, out=out,
        suppress=small_world.past, folds=3, quiet=True, rankers=("pagerank", "tabular_graph", "linear"),
    )  # fmt: skip
    return out


@pytest.fixture(scope="session")
def finished(run_folder: Path) -> FinishedRun:
    return FinishedRun(run_folder)


@pytest.fixture(scope="session")
def cohort(finished: FinishedRun) -> Cohort:
    return finished.cohort


@pytest.fixture(scope="session")
def scored(finished: FinishedRun) -> Scored:
    return finished.scored

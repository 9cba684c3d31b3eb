"""What tests of several rooms share."""

from __future__ import annotations

from pathlib import Path

import planted_sales
import pytest
from hypothesis import settings
from neo4j_server import (
    neo4j_address,
    neo4j_server,
    own_server,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)

import graphlead
from graphlead.world import World, WorldSettings, make_world

__all__ = [
    "neo4j_address", "neo4j_server", "own_server", "pytest_collection_modifyitems", "pytest_terminal_summary",
    "small_world",
]  # fmt: skip

# How long an example takes says something about the machine and what else it does, nothing about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A generated world of 1,500 companies and 100 clients, in CSV, with its truth; do not write into it."""
    return make_world(
        tmp_path_factory.mktemp("small_world"), WorldSettings(companies=1500, clients=100, seed=5)
    )


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of ``convert`` on the planted leads, its inputs beside it; do not write into it."""
    folder = tmp_path_factory.mktemp("converted")
    planted_sales.write_leads(folder)
    config = planted_sales.write_config(folder)
    return graphlead.convert(config=config, out=folder / "out", quiet=True).folder

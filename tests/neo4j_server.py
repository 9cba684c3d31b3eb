"""A real Neo4j server for the tests: the one at GRAPHLEAD_NEO4J_URI, or a throw-away one by scripts/neo4j."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import spark_engine

from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.store import Neo4jStore
from graphlead.stores.shape import KEYS

SCRIPT = Path(__file__).parents[1] / "scripts/neo4j"
NOT_RUN = "THE NEO4J TESTS DID NOT RUN: there is no Docker, no JDK 17 with Maven, and no GRAPHLEAD_NEO4J_URI"
QUICK = "-XX:TieredStopAtLevel=1 -XX:-UsePerfData"
"""Options for a server that lives for seconds: no time is spent on making hot code fast."""


@dataclass(frozen=True)
class Server:
    """A throw-away server in a folder of its own."""

    folder: Path

    def call(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        mine = {
            "GRAPHLEAD_NEO4J_DIR": str(self.folder),
            "GRAPHLEAD_NEO4J_HEAP": "512m",
            "GRAPHLEAD_NEO4J_JAVA": QUICK,
        }
        environment = os.environ | mine
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, check=False, capture_output=True, text=True, cwd=cwd
        )

    def start(self) -> Address:
        """Start it, or go on with its data; where it is."""
        started = self.call("start")
        assert started.returncode == 0, started.stderr
        environment = dict(re.findall(r"(NEO4J_\w+)=(\S+)", (self.folder / "env").read_text()))
        return Address.from_environment(environment)

    def kill(self) -> None:
        """As a power cut would; it is gone afterwards."""
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
        while self.call("status").returncode == 0:
            time.sleep(0.05)

    def stop(self, *arguments: str) -> None:
        assert self.call("stop", *arguments).returncode == 0


def can_start() -> bool:
    """Whether this machine can run a server; fails in CI, and says so loudly elsewhere, when not."""
    if subprocess.run([SCRIPT, "can"], check=False).returncode == 0:
        return True
    if {"CI", "GRAPHLEAD_CI"} & os.environ.keys():
        pytest.fail(NOT_RUN)
    return False


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A server that is there for all tests of the session."""
    if "GRAPHLEAD_NEO4J_URI" in os.environ:
        yield Address.from_environment(os.environ | {"NEO4J_URI": os.environ["GRAPHLEAD_NEO4J_URI"]})
    elif can_start():
        server = Server(tmp_path_factory.mktemp("neo4j") / "server")
        yield server.start()
        server.stop()
    else:
        pytest.skip(NOT_RUN)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server, not started yet, that a test may stop and kill."""
    if not can_start():
        pytest.skip(NOT_RUN)
    server = Server(tmp_path / "server")
    yield server
    server.stop()


@pytest.fixture
def neo4j_address(neo4j_server: Address) -> Address:
    """A database on the session's server in which nothing is left of our labels."""
    with closing(Neo4jStore(neo4j_server).connect()) as store:
        for label in (*KEYS, "Graphlead", "NextScore", "Firm", "Investor"):
            store.update(f"MATCH (n:{label}) DETACH DELETE n")
    return neo4j_server


def environment_of(address: Address) -> dict[str, str]:
    """The variables that name a database."""
    return {
        "NEO4J_URI": address.uri,
        "NEO4J_USERNAME": address.username,
        "NEO4J_PASSWORD": address.password,
        "NEO4J_DATABASE": address.database,
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for reason in (NOT_RUN, spark_engine.NOT_RUN):
        if any(reason in str(report.longrepr) for report in skipped):
            terminalreporter.section(reason, sep="!", red=True, bold=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process, for they share what they build; those on the server all in one. First, for
    pytest-xdist reads the groups in the same hook."""
    for item in items:
        shared = "neo4j_server" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("server" if shared else item.nodeid.partition("::")[0]))

"""The image is slim and not root's; the compose file waits for a healthy server and has no secret in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scripts" / "docker"


@pytest.fixture
def steps() -> list[str]:
    """The instructions of the Dockerfile, each on one line."""
    text = re.sub(r"^#.*\n", "", (FOLDER / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.fixture
def services() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return dict(content["services"])


def test_the_image_is_slim_and_not_roots(steps: list[str]) -> None:
    bases = [step.split()[1] for step in steps if step.startswith("FROM")]
    assert bases == ["python:${PYTHON}-slim"] * 2
    assert [step.split()[1] for step in steps if step.startswith("USER")] == ["10001:10001"]
    last = steps[max(i for i, step in enumerate(steps) if step.startswith("FROM")) :]
    assert not [step for step in last if step.startswith("RUN") and "pip" in step]


def test_every_install_is_pinned(steps: list[str]) -> None:
    installs = [step for step in steps if "pip install" in step]
    assert len(installs) == 3
    assert all("constraints.txt" in step for step in installs)


def test_what_is_copied_exists_and_is_sent(steps: list[str]) -> None:
    sent = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        name
        for step in steps
        if step.startswith("COPY") and "--from" not in step
        for name in step.split()[1:-1]
    ]
    assert "graphlead" in copied
    assert all((ROOT / name).exists() and f"!{name}" in sent for name in copied)


def test_the_versions_of_neo4j_agree(services: dict[str, Any]) -> None:
    pom = (ROOT / "scripts" / "neo4j-server" / "pom.xml").read_text(encoding="utf-8")
    version = re.search(r"<neo4j>(\d+\.\d+)\.\d+</neo4j>", pom)
    assert version and services["neo4j"]["image"] == f"neo4j:{version[1]}"


def test_graphlead_waits_for_a_healthy_server(services: dict[str, Any]) -> None:
    assert "cypher-shell" in services["neo4j"]["healthcheck"]["test"][1]
    assert services["graphlead"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert all(port.startswith("127.0.0.1:") for port in services["neo4j"]["ports"])


def test_credentials_come_from_the_environment(services: dict[str, Any]) -> None:
    """Both services refuse to start without a password, and none is on a command line."""
    assert services["neo4j"]["environment"]["NEO4J_AUTH"].startswith("neo4j/${NEO4J_PASSWORD:?")
    assert services["graphlead"]["environment"]["NEO4J_PASSWORD"].startswith("${NEO4J_PASSWORD:?")
    assert "--password" not in services["neo4j"]["healthcheck"]["test"][1]

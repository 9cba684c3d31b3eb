"""Point 7: a killed command that is run again gives what it would have given, and nothing of the killed one is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from neo4j_server import environment_of

from graphlead.stores.neo4j.address import Address

TESTS = Path(__file__).parent


def kills(folder: Path, environment: dict[str, str] | None = None, **cases: int) -> list[Any]:
    """What ``killing.py`` tells of so many kills of commands."""
    wanted = [f"{case}={count}" for case, count in cases.items()]
    command = [sys.executable, str(TESTS / "killing.py"), str(folder), "0", *wanted]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    one_core = {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}
    ran = subprocess.run(
        command, env=os.environ | one_core | (environment or {}), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def check(told: list[Any], count: int, least_killed: int) -> None:
    assert len(told) == count
    for kill in told:
        assert kill["again"] == [0, 0], kill
        assert (kill["differ"], kill["answers"], kill["left"]) == ([], True, []), kill
    assert sum(kill["killed"] < 0 for kill in told) >= least_killed


def test_promise_7_what_was_killed_and_run_again_is_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    check(kills(tmp_path, rerun=2, build=1, convert=1, churn=1), 5, 3)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("case", "count"),
    [("run", 30), ("rerun", 20), ("score", 20), ("build", 20), ("convert", 20), ("churn", 20)],
)
def test_promise_7_of_many_kills_none_is_different_and_none_leaves_anything(
    tmp_path: Path, case: str, count: int
) -> None:
    check(kills(tmp_path, **{case: count}), count, count * 3 // 4)


@pytest.mark.nightly
def test_promise_7_of_many_kills_of_a_push_none_is_different(tmp_path: Path, neo4j_address: Address) -> None:
    check(kills(tmp_path, environment_of(neo4j_address), push=20), 20, 15)

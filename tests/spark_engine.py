"""Spark for the tests: in this process by a Java of its own, with one session for all of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MASTER = "local[2]"
NOT_RUN = "THE SPARK TESTS DID NOT RUN: there is no Java 17 or later"
OLDEST = 17
QUICK = "-XX:TieredStopAtLevel=1 -XX:-UsePerfData"
"""Options for a Java that lives for seconds: no time is spent on making hot code fast."""


def java_version() -> int:
    """The version of the Java that Spark would start, 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None or not Path(java).exists():
        return 0
    told = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


@pytest.fixture(scope="session")
def spark_master() -> str:
    """The address of a Spark; fails in CI, and says so loudly elsewhere, where this machine has no Java for one."""
    if java_version() < OLDEST:
        if {"CI", "GRAPHLEAD_CI"} & os.environ.keys():
            pytest.fail(NOT_RUN)
        pytest.skip(NOT_RUN)
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", f"--driver-java-options '{QUICK}' pyspark-shell")
    return MASTER

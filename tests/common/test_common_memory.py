"""What the process may hold: the least of several limits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from graphlead.common import memory

GIB = 2**30


def test_the_budget_is_the_least_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "held", lambda: 2**30)
    monkeypatch.setattr(memory, "_available", lambda: 5 * GIB)
    monkeypatch.setattr(memory, "_of_control_group", lambda: iter(()))
    assert memory.budget() == 6 * GIB
    monkeypatch.setattr(memory, "_of_control_group", lambda: iter((8 * GIB, 4 * GIB)))
    assert memory.budget() == 4 * GIB


def test_a_limit_of_the_process_counts() -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (700 * 2**20, resource.RLIM_INFINITY))\n"
        "from graphlead.common.memory import budget; print(budget() == 700 * 2**20)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True"


PEAK = """
import resource
from graphlead.common.memory import Meter, highest_mb
with Meter() as meter:
    held = bytearray(b"x") * (300 * 2**20)
    del held
print(meter.peak_mb, highest_mb(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="VmHWM is of Linux")
def test_the_peak_is_the_systems_to_the_page_even_where_it_is_over_at_once() -> None:
    # A shell between: getrusage counts the memory of the process that became this one.
    command = ["sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, PEAK]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    metered, highest, system = map(float, ran.stdout.split())
    assert metered > 300
    assert highest == pytest.approx(system, abs=1)
    assert metered == pytest.approx(system, abs=1)


def test_a_share_of_the_budget_has_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "budget", lambda: 16 * GIB)
    assert memory.share_of_budget(1 / 16, 100) == GIB
    assert memory.share_of_budget(1 / 16, 3 * GIB) == 3 * GIB


def test_a_given_budget_holds_while_its_body_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_available", lambda: 64 * GIB)
    monkeypatch.setattr(memory, "_of_control_group", lambda: iter(()))
    before = memory.budget()
    with memory.at_most(4 * GIB), memory.at_most(None):
        assert memory.budget() == 4 * GIB
    assert before > 4 * GIB
    assert abs(memory.budget() - before) < GIB

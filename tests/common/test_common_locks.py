"""Locks of a process on a file: told apart, signed, freed by the system, and looked at without harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graphlead.common import locks
from graphlead.core.errors import BUSY, BusyError

HOLD = """
import sys, time
from pathlib import Path
from graphlead.common.locks import locked
with locked(Path(sys.argv[1]), RuntimeError):
    print("held", flush=True)
    time.sleep(60)
"""


def busy(owner: str) -> BusyError:
    return BusyError(f"held by {owner}.")


def test_a_lock_names_its_holder_and_is_free_once_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert locks.holder(path) is None
    assert not path.exists()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert locks.holder(path) == str(other.pid)
        with pytest.raises(BusyError, match=f"held by {other.pid}") as refused, locks.locked(path, busy):
            pass
        assert refused.value.exit_code == BUSY
        other.kill()
    assert locks.holder(path) is None
    with locks.locked(path, busy):
        pass


def test_a_longer_name_before_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"x" * 200)
    with locks.locked(path, busy):
        assert len(path.read_bytes()) < 30
        assert locks.holder(path) not in (None, "unknown")

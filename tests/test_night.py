"""The nightly job: a good night makes a new list, any other keeps the last good one and ends with graphlead's code."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

NIGHT = Path(__file__).parents[1] / "scripts/night"
GRAPHLEAD = """#!/usr/bin/env bash
set -eu
out="$(printf '%s\\n' "$@" | grep -A1 -x -e --out | tail -n 1)"
if [[ "$*" == *" status "* || "$1" == status ]]; then exit "${STATUS:-0}"; fi
echo '{"event": "stage", "stage": "scoring"}' >&2
if [[ "${CODE:-0}" != 0 ]]; then exit "$CODE"; fi
mkdir -p "$out"
echo "$LIST" >"$out/leads.csv"
echo "$LIST" >"$out/high_priority_leads_2026-01-01.csv"
echo 'graphlead_run_seconds{run="x"} 1.0' >"$out/metrics.prom"
"""
"""What stands in for the program: it writes a list, or ends with the code that it is given."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    program = tmp_path / "graphlead"
    program.write_text(GRAPHLEAD, "utf-8")
    program.chmod(0o755)
    (tmp_path / "figures").mkdir()
    return tmp_path


def night(place: Path, **given: str) -> int:
    environment = {
        **os.environ, "GRAPHLEAD": str(place / "graphlead"), "TEXTFILES": str(place / "figures"), **given,
    }  # fmt: skip
    command = [str(NIGHT / "score"), "models", "tonight", "--companies", "newer.csv"]
    return subprocess.run(command, cwd=place, env=environment, check=False).returncode


def last(place: Path) -> str:
    return (place / "tonight.lists/last/leads.csv").read_text("utf-8")


def code_of(place: Path) -> str:
    text = (place / "figures/graphlead-tonight-night.prom").read_text("utf-8")
    found = re.search(r'^graphlead_night_exit_code\{out="tonight"\} (\d+)$', text, re.MULTILINE)
    assert found
    return found[1]


def test_good_nights_follow_each_other_and_a_bad_one_keeps_the_last_list(place: Path) -> None:
    assert night(place, LIST="first") == 0
    assert last(place) == "first\n"
    assert night(place, LIST="second") == 0
    assert last(place) == "second\n"
    assert (place / "figures/graphlead-tonight.prom").read_text("utf-8").startswith("graphlead_run_seconds")
    assert code_of(place) == "0"
    for code in ("2", "3", "1"):
        assert night(place, LIST="third", CODE=code) == int(code)
        assert code_of(place) == code
    assert night(place, LIST="fourth", STATUS="4") == 4
    assert last(place) == "second\n"
    log = [json.loads(line) for line in (place / "tonight.log").read_text("utf-8").splitlines()]
    assert [line["message"] for line in log if line["event"] == "night"][:3] == [
        "a new list", "a new list", "no new list; the last good one stays",
    ]  # fmt: skip
    assert list((place / "figures").glob("*.new")) == []


def test_a_night_without_the_command_says_what_to_give(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert night(place, LIST="first") == 0
    assert night(place, LIST="second", GRAPHLEAD="no-such-command") == 127
    assert "There is no command no-such-command. Give GRAPHLEAD=" in capfd.readouterr().err
    assert (last(place), code_of(place)) == ("first\n", "127")
    log = [json.loads(line) for line in (place / "tonight.log").read_text("utf-8").splitlines()]
    assert log[-1]["message"] == "there is no command graphlead; the last good list stays"


def test_old_lists_go_and_the_newest_stay(place: Path) -> None:
    for day in ("2025-01-01", "2025-01-02", "2025-01-03"):
        (place / "tonight.lists" / day).mkdir(parents=True)
    assert night(place, LIST="new", KEEP="2") == 0
    kept = sorted(path.name for path in (place / "tonight.lists").glob("20*"))
    assert len(kept) == 2
    assert kept[0] == "2025-01-03"
    assert last(place) == "new\n"


def test_without_a_run_the_job_says_how_it_is_called() -> None:
    ran = subprocess.run([str(NIGHT / "score")], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "RUN OUT OPTIONS" in ran.stderr


@pytest.mark.parametrize("name", ["crontab", "graphlead-night.service"])
def test_the_examples_call_the_job_with_options_of_score(name: str) -> None:
    text = (NIGHT / name).read_text("utf-8")
    assert re.search(r"scripts/night/score models tonight --companies \S+ --links \S+", text)

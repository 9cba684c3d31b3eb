"""A run's folder: killed anywhere and begun again, full or closed disks, and two processes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from published import MANIFEST, content_of, open_run, publish

from graphlead.core.errors import CarrierError, InputError, RunFolderError
from graphlead.runs import publication, stages
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, read_manifest, versions
from graphlead.runs.progress import note_of

ROOT = Path(__file__).parents[2]


@dataclass
class Usage:
    free: int
    total: int = 2**40


def writes(text: str, name: str = "a.txt") -> Callable[[RunFolder], None]:
    def make(folder: RunFolder) -> None:
        (folder.path / name).write_text(text, "utf-8")

    return make


def fails(folder: RunFolder) -> None:
    raise AssertionError("a finished stage was made again")


def files_of(out: Path) -> dict[str, str]:
    """What a user sees in the folder, manifest and figures for monitoring aside."""
    return {
        path.relative_to(out).as_posix(): path.read_text("utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".work" not in path.parts and path.name not in ("manifest.json", "metrics.prom")
    }


def leftovers(out: Path) -> list[str]:
    kept = (RunFolder(out).lock, note_of(RunFolder(out)))
    return sorted(path.name for path in RunFolder(out).work.iterdir() if path not in kept)


def test_a_finished_stage_is_kept_and_reused(tmp_path: Path) -> None:
    with open_run(tmp_path / "out") as run:
        first = run.stage("read", writes("x"))
    with open_run(tmp_path / "out") as run:
        assert run.stage("read", fails) == first
        assert [stage["reused"] for stage in run.stages] == [True]
    with open_run(tmp_path / "out", seed=1) as run:
        other = run.stage("read", writes("y"))
        assert [stage["reused"] for stage in run.stages] == [False]
    assert (first.path / "a.txt").read_text() == "x"
    assert (other.path / "a.txt").read_text() == "y"


def test_other_code_makes_a_stage_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_run(tmp_path) as run:
        run.stage("read", writes("old"))
        monkeypatch.setattr(stages, "hashes_behind", lambda doors: {"another": "file"})
        assert (run.stage("read", writes("new")).path / "a.txt").read_text() == "new"


def test_a_stage_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: RunFolder) -> None:
        (folder.path / "half.txt").write_text("half", "utf-8")
        raise ZeroDivisionError

    with open_run(tmp_path) as run, pytest.raises(ZeroDivisionError):
        run.stage("read", make)
    assert leftovers(tmp_path) == []


def test_stages_record_seconds_and_memory_and_keep_them_when_reused(tmp_path: Path) -> None:
    def make(folder: RunFolder) -> None:
        held = np.ones(40 * 2**20, np.uint8)
        time.sleep(0.2)
        (folder.path / "sum.txt").write_text(str(held.sum()), "utf-8")

    with open_run(tmp_path) as run:
        run.stage("read", make)
        run.stage("read", fails)
    one, again = run.stages
    assert one["seconds"] >= 0.2
    assert one["processor_s"] > 0
    assert one["peak_mb"] > 40
    assert again == {**one, "reused": True}


def test_a_meter_sees_a_peak_below_an_earlier_one() -> None:
    """The system's record is of the whole process; a later stage's own peak is lower and still found."""
    measured = subprocess.run([sys.executable, "-c", _PEAKS], capture_output=True, text=True, check=True)
    high, low, nothing = map(float, measured.stdout.split())
    assert high - 40 > low > nothing + 40


_PEAKS = """
import time
import numpy as np
from graphlead.common.memory import Meter

for size in (120, 60, 0):
    with Meter() as meter:
        held = np.ones(size * 2**20, np.uint8)
        time.sleep(0.2)
    del held
    print(meter.peak_mb)
"""


def test_publishing_replaces_everything_and_sweeps_what_is_no_longer_used(tmp_path: Path) -> None:
    publish(tmp_path, leads="1", old="gone")
    publish(tmp_path, leads="2")
    assert files_of(tmp_path) == {"leads.csv": "2", "model/leads.bin": "2"}
    assert len(leftovers(tmp_path)) == 2  # the stage and its record


def test_the_manifest_records_what_was_run(tmp_path: Path) -> None:
    source = tmp_path / "c.csv"
    source.write_bytes(b"id\n1\n")
    with open_run(tmp_path / "out", hash_inputs({"companies": source, "links": None}), seed=7) as run:
        run.stage("read", writes("x"))
        run.publish(run.manifest(device="cpu", ranker="gnn"))
    found = read_manifest(tmp_path / "out")
    sha = hashlib.sha256(b"id\n1\n").hexdigest()
    assert found["inputs"] == {"companies": {"path": source.as_posix(), "bytes": 5, "sha256": sha}}
    assert (found["seed"], found["device"], found["ranker"]) == (7, "cpu", "gnn")
    assert [stage["stage"] for stage in found["stages"]] == ["read"]
    assert found["files"].keys() == {"a.txt", RunFolder(tmp_path).textfile.name}
    assert found["files"]["a.txt"] == hashlib.sha256(b"x").hexdigest()
    assert found["started"] <= found["finished"]
    assert found["started"].endswith("+00:00")
    assert found["versions"].keys() >= {"python", "duckdb", "numpy", "torch", "xgboost"}


def test_versions_are_found_without_importing_anything_heavy() -> None:
    program = (
        "import sys; from graphlead.runs.manifest import versions; versions(); "
        "print([m for m in ('torch', 'duckdb', 'xgboost') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
    assert versions()["python"].startswith("3.")


def test_an_input_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        hash_inputs({"companies": tmp_path / "none.csv"})
    assert caught.value.where == str(tmp_path / "none.csv")


def test_editing_a_published_text_does_not_change_what_the_run_keeps(tmp_path: Path) -> None:
    publish(tmp_path, review="asked")
    with (tmp_path / "review.csv").open("r+", encoding="utf-8") as file:
        file.write("ANSWERED")
    publish(tmp_path, review="asked")
    assert files_of(tmp_path)["review.csv"] == "asked"
    assert files_of(tmp_path)["review.csv.before"] == "ANSWERED"


def test_what_others_put_into_the_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.bin").write_text("mine", "utf-8")
    (tmp_path / "leads.csv").write_text("mine too", "utf-8")
    (tmp_path / "notes.txt").write_text("notes", "utf-8")
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    for text in ("1", "2"):
        publish(tmp_path, leads=text)
    assert (tmp_path / "manifest.json.before").read_text() == "{}"
    assert {name: text for name, text in files_of(tmp_path).items() if "manifest" not in name} == {
        "leads.csv": "2",
        "leads.csv.before": "mine too",
        "model.before/mine.bin": "mine",
        "model/leads.bin": "2",
        "notes.txt": "notes",
    }


@pytest.mark.parametrize("name", ["", "..", "a/b", "manifest.json", ".work"])
def test_only_plain_names_are_published(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x", "utf-8")
    with pytest.raises(CarrierError, match="plain name"):
        publication.prepare(RunFolder(tmp_path / "out"), {name: source}, MANIFEST)


def test_reading_what_is_no_run_or_not_finished(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": {}}', "utf-8")
    with pytest.raises(RunFolderError, match="not the folder of a run"):
        read_manifest(tmp_path)
    with pytest.raises(RunFolderError, match="not the folder of a run"):
        read_manifest(tmp_path / "nowhere")
    with open_run(tmp_path / "begun") as run:
        run.stage("read", writes("x"))
    with pytest.raises(RunFolderError, match="the run is unfinished"):
        read_manifest(tmp_path / "begun")


# --- killed ---


PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from graphlead.runs import publication
from graphlead.runs.manifest import read_manifest
from graphlead.runs.run import open_run
from graphlead.runs.stages import Stage, table

STAGES = table(Stage(name="first"), Stage(name="second", after=("first",), settings=("text",)))
WATCHED = ("move", "remove", "link", "write_json")
out = Path(sys.argv[1])
kill_at = steps = 0
os.fsync = lambda handle: None  # the machine does not go down, only the process

def step():
    global steps
    steps += 1
    if steps == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(function):
    def call(*args, **named):
        step()
        result = function(*args, **named)
        step()
        return result
    return call

for name in WATCHED:
    setattr(publication, name, stepping(getattr(publication, name)))

def first(folder):
    (folder.path / "first").write_text("1")
    with (out.parent / "made").open("a") as file:
        file.write("first ")

def second(folder):
    folder.model.mkdir()
    step()
    for name in ("leads.csv", f"only{text}.csv", "model/weights"):
        (folder.path / name).write_text(text)

def go(at, content):
    # A process of its own, killed at its at-th step; 0 is never.
    global kill_at, steps, text
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    kill_at, steps, text = at, 0, content
    with open_run(out, {}, {"text": text}, STAGES) as run:
        run.stage("first", first)
        run.stage("second", second)
        run.publish({"graphlead": "0", "finished": "2026-01-01", "settings": {}, "text": text})
    os._exit(0)
"""


def run_program(out: Path, then: str) -> list[Any]:
    """What the program printed, one JSON value a line."""
    command = [sys.executable, "-c", PROGRAM + then, str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def results(text: str) -> dict[str, str]:
    return {"first": "1", "leads.csv": text, f"only{text}.csv": text, "model/weights": text}


def test_killed_within_a_stage_the_last_results_stand_and_the_next_run_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    killed = run_program(out, "print(go(0, '1'))\nprint(go(3, '2'))")
    assert killed == [0, signal.SIGKILL]
    assert files_of(out) == results("1")
    assert [name for name in leftovers(out) if name.endswith(".part")]
    assert run_program(out, "print(go(0, '2'))") == [0]
    assert files_of(out) == results("2")
    assert (tmp_path / "made").read_text() == "first "  # and was not made again
    assert not [name for name in leftovers(out) if name.endswith(".part")]


def test_killed_anywhere_results_are_whole_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    """SIGKILL before and after every change that publishing makes, one after the other."""
    until_it_survives = """
go(0, "0")
for at in range(1, 300):
    ended = go(at, str(at))
    with open_run(out, {}, {}, STAGES):
        seen = {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*")
                if path.is_file() and ".work" not in path.parts and path.suffix != ".prom"
                and path.name != "manifest.json"}
    print(json.dumps([at, ended, seen, read_manifest(out)["text"]]))
    if not ended:
        break
"""
    ends = run_program(tmp_path / "out", until_it_survives)
    last, cut_off, carried_on = "0", 0, 0
    for at, ended, seen, text in ends[:-1]:
        assert ended == signal.SIGKILL
        assert text in (last, str(at)), at
        assert seen == results(text), at
        cut_off, carried_on = cut_off + (text == last), carried_on + (text != last)
        last = text
    assert ends[-1][1:] == [0, results(ends[-1][3]), str(ends[-1][0])]
    assert cut_off > 10
    assert carried_on > 10


def test_reading_a_run_that_was_cut_off_while_publishing_changes_nothing_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, leads="1")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(publication, "move", interrupt)
        publish(tmp_path, leads="2")
    before = content_of(tmp_path)
    with pytest.raises(RunFolderError, match=r"killed while it replaced them.*run the command") as caught:
        read_manifest(tmp_path)
    assert (caught.value.exit_code, content_of(tmp_path)) == (2, before)
    publish(tmp_path, leads="2")
    assert read_manifest(tmp_path)["files"].keys() == {"leads.csv", "model", "metrics.prom"}
    assert files_of(tmp_path) == {"leads.csv": "2", "model/leads.bin": "2"}


# --- refused ---


def test_a_full_disk_says_what_to_do_and_what_was_finished_is_kept(tmp_path: Path) -> None:
    def fill(folder: RunFolder) -> None:
        with Path("/dev/full").open("w") as device:
            device.write("x" * 100_000)

    with open_run(tmp_path) as run:
        run.stage("first", writes("x"))
        with pytest.raises(RunFolderError, match=r"the disk is full \(.* MiB free in .*same command again"):
            run.stage("second", fill)
    with open_run(tmp_path) as run:
        run.stage("first", fails)


def test_a_full_disk_that_duckdb_reports_is_known_too(tmp_path: Path) -> None:
    class OfDuckDBError(Exception):
        """DuckDB's errors are no OSError."""

    def fill(folder: RunFolder) -> None:
        raise OfDuckDBError(f"IO Error: Could not write file: {os.strerror(errno.ENOSPC)}")

    with open_run(tmp_path) as run, pytest.raises(RunFolderError, match="the disk is full"):
        run.stage("first", fill)


def test_a_failure_without_a_reason_on_a_disk_without_space_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(folder: RunFolder) -> None:
        (folder.path / "half").write_text("half", "utf-8")
        monkeypatch.setattr("graphlead.common.disk.shutil.disk_usage", lambda _: Usage(free=4096))
        raise RuntimeError("FileStream.Write incomplete")

    with open_run(tmp_path) as run, pytest.raises(RunFolderError, match=r"the disk is full \(0 MiB free"):
        run.stage("first", fill)
    assert leftovers(tmp_path) == []


def test_a_disk_that_fills_up_while_publishing_leaves_the_last_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, leads="1")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("graphlead.common.files.shutil.copy2", full)
        with pytest.raises(RunFolderError, match="the disk is full"):
            publish(tmp_path, leads="2")
    assert files_of(tmp_path) == {"leads.csv": "1", "model/leads.bin": "1"}
    publish(tmp_path, leads="2")
    assert files_of(tmp_path) == {"leads.csv": "2", "model/leads.bin": "2"}


def test_where_links_are_impossible_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "no")

    monkeypatch.setattr("graphlead.common.files.os.link", refuse)
    publish(tmp_path, leads="1")
    assert files_of(tmp_path) == {"leads.csv": "1", "model/leads.bin": "1"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for out in (tmp_path / "file" / "x", tmp_path / "file"):
        with pytest.raises(RunFolderError, match=r"cannot be written.*Name a folder"), open_run(out):
            pass


def test_other_failures_stay_what_they_are(tmp_path: Path) -> None:
    def make(folder: RunFolder) -> None:
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    with open_run(tmp_path) as run, pytest.raises(ConnectionResetError):
        run.stage("first", make)


# --- two processes ---


def test_a_second_process_is_refused_and_a_dead_ones_lock_is_free(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from graphlead.runs.run import open_run\n"
        "with open_run(Path(sys.argv[1]), {}, {}):\n"
        "    print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(RunFolderError, match=rf"another process \({holder.pid}\)"), open_run(tmp_path):
            pass
        holder.kill()
    with open_run(tmp_path) as run:
        run.stage("first", writes("x"))


def test_the_journal_is_plain_json(tmp_path: Path) -> None:
    """What a person finds after a crash can be read and followed by hand."""
    publish(tmp_path, leads="1", old="1")
    source = tmp_path / "a.txt"
    source.write_text("2", "utf-8")
    publication.prepare(RunFolder(tmp_path), {"leads.csv": source}, MANIFEST)
    journal = json.loads(RunFolder(tmp_path).journal.read_text())
    assert journal == {
        "names": ["leads.csv", "manifest.json"],
        "gone": ["model", "old.csv", "metrics.prom"],
        "kept": {},
    }


# --- stages ---


def test_a_stage_that_another_builds_on_comes_before_it(tmp_path: Path) -> None:
    with open_run(tmp_path) as run:
        run.stage("second", writes("x"))
        with pytest.raises(CarrierError, match="expected first before second"):
            run.stage("first", writes("y"))


def test_a_result_comes_from_one_stage_alone(tmp_path: Path) -> None:
    with open_run(tmp_path) as run:
        run.stage("first", writes("x"))
        run.stage("second", writes("y"))
        with pytest.raises(CarrierError, match="each result from one stage"):
            run.publish(MANIFEST)
    assert files_of(tmp_path) == {}

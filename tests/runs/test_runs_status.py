"""What a run's folder is said to be: finished, running, failed, cut off; and what stands there for monitoring."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from published import STAGES, open_run

from graphlead.core.errors import InputError, Place, RunFolderError
from graphlead.runs.layout import RunFolder
from graphlead.runs.progress import note_of
from graphlead.runs.run import Run
from graphlead.runs.run import open_run as open_any
from graphlead.runs.status import EXIT_CODES, status_of
from graphlead.runs.textfile import text_of

ROOT = Path(__file__).parents[2]
METRICS = {
    "verb": "convert", "known": 70, "seed": 3, "heldout": {"auc": 0.75, "c_index": None}, "chosen": "stack",
}  # fmt: skip


def wrong(folder: RunFolder) -> None:
    raise InputError("no.", where=Place.of("x.csv", row=3, column="y"), remedy="Fill it.")


def metrics(folder: RunFolder) -> None:
    folder.metrics.write_text(json.dumps(METRICS), "utf-8")


def finish(run: Run) -> None:
    run.stage("first", metrics)
    run.publish(run.manifest(device="cpu", verb="convert"))


def test_a_failed_run_says_at_which_stage_and_why_and_keeps_its_last_results(tmp_path: Path) -> None:
    with open_run(tmp_path) as run:
        finish(run)
    finished = status_of(tmp_path)
    assert (finished["state"], finished["verb"], finished["scored_with"]) == ("finished", "convert", None)
    assert finished["peak_mb"] > 1 and finished["seconds"] >= 0
    assert not note_of(RunFolder(tmp_path)).exists()
    with pytest.raises(InputError), open_run(tmp_path, texts={"x": "1"}) as run:
        run.stage("first", metrics)
        run.stage("second", wrong)
    found = status_of(tmp_path)
    assert (found["state"], found["stage"], found["done"]) == ("failed", "second", ["first"])
    assert found["error"] == {
        "problem": "no.", "where": "x.csv, row 3, column y", "file": "x.csv", "row": 3, "column": "y",
        "remedy": "Fill it.",
    }  # fmt: skip
    assert found["results"] == finished["finished"]
    assert EXIT_CODES[found["state"]] == 4
    with open_run(tmp_path) as run:
        finish(run)
    assert status_of(tmp_path)["state"] == "finished"


def test_stages_in_threads_of_their_own_are_both_named_and_kept_in_the_order_of_the_table(
    tmp_path: Path,
) -> None:
    met, seen = threading.Barrier(2, timeout=10), []

    def make(folder: RunFolder) -> None:
        met.wait()
        seen.append(status_of(tmp_path)["stage"])
        met.wait()
        (folder.path / f"{folder.path.name}.txt").touch()

    with open_run(tmp_path) as run, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: run.stage(name, make), ("read", "first")))
        assert seen[0] == seen[1] and sorted(seen[0].split(", ")) == ["first", "read"]
        order = [name for name in STAGES if name in ("read", "first")]
        assert [each["stage"] for each in run.stages] == order
        assert status_of(tmp_path)["stage"] is None


def test_an_interrupted_run_is_cut_off_and_no_failure(tmp_path: Path) -> None:
    def stop(folder: RunFolder) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_run(tmp_path) as run:
        run.stage("first", stop)
    found = status_of(tmp_path)
    assert (found["state"], found["stage"], found["results"]) == ("cut off", "first", None)


def test_a_running_one_names_its_stage_and_process_and_a_killed_one_is_cut_off_there(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from published import open_run\n"
        "def make(folder):\n    print('in it', flush=True); time.sleep(60)\n"
        "with open_run(Path(sys.argv[1])) as run: run.stage('first', make)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests/runs'}", "PATH": "/usr/bin"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        found = status_of(tmp_path)
        assert (found["state"], found["stage"], found["process"]) == ("running", "first", other.pid)
        assert EXIT_CODES[found["state"]] == 3
        other.kill()
    found = status_of(tmp_path)
    assert (found["state"], found["stage"], found["error"]) == ("cut off", "first", None)
    assert "process" not in found


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(RunFolderError, match="not the folder of a run"):
            status_of(path)
    work = RunFolder(tmp_path).work
    work.mkdir()
    note_of(RunFolder(tmp_path)).write_text('{"started": "yesterday"}', "utf-8")
    with pytest.raises(RunFolderError, match="damaged"):
        status_of(tmp_path)


def test_a_look_does_not_stop_a_run_that_begins_at_that_moment(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from graphlead.common.locks import holder\n"
        "print('looking', flush=True)\nwhile True: holder(Path(sys.argv[1]))"
    )
    with open_any(tmp_path, {}, {}, STAGES):
        pass
    command = [sys.executable, "-c", program, str(RunFolder(tmp_path).lock)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as looking:
        assert looking.stdout is not None
        looking.stdout.readline()
        time.sleep(0.1)
        looking.terminate()
        with open_any(tmp_path, {}, {}, STAGES):
            pass


def samples(text: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    }


LINE = re.compile(
    r'graphlead_[a-z_]+\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\} [-+0-9.e]+'
)


def test_the_figures_of_a_run_stand_beside_its_manifest(tmp_path: Path) -> None:
    with open_run(tmp_path) as run:
        finish(run)
    text = RunFolder(tmp_path).textfile.read_text("utf-8")
    lines = text.splitlines()
    assert all(line.startswith(("# HELP ", "# TYPE ")) or LINE.fullmatch(line) for line in lines)
    own = f'run="{tmp_path}",verb="convert"'
    found = samples(text)
    assert found[f'graphlead_heldout{{{own},metric="auc"}}'] == 0.75
    assert found[f'graphlead_count{{{own},of="known"}}'] == 70
    assert {"seed", "c_index"} & set(re.findall(r'(?:of|metric)="([^"]+)"', text)) == set()
    manifest = json.loads(RunFolder(tmp_path).manifest.read_text("utf-8"))
    assert found[f"graphlead_run_peak_bytes{{{own}}}"] == manifest["peak_mb"] * 2**20
    assert found[f'graphlead_stage_seconds{{{own},stage="first"}}'] == manifest["stages"][0]["seconds"]
    assert RunFolder(tmp_path).textfile.name in manifest["files"]


def test_drift_and_discovery_have_samples_and_odd_names_are_escaped() -> None:
    drift: dict[str, Any] = {
        "drift": [{"column": 'a "b"\\\n', "psi": 0.5, "alarm": True}, {"column": "gone", "psi": None, "alarm": True}],
        "scores": [{"column": "score", "psi": 0.0, "alarm": False}],
    }  # fmt: skip
    rows = [
        {"ranker": name, "metric": "ap", "split": "random", "value": value}
        for name, value in (("gnn", 0.25), ("pagerank", 0.5), ("gnn", float("nan")))
    ]
    figures = {"ranker": {"name": "gnn"}, "metrics": rows, "counts": {"leads": 5}, "dead": 7}
    manifest = {"graphlead": "0", "finished": "2026-01-01T00:00:00+00:00", "stages": []}
    text = text_of(Path("/r"), manifest, figures, drift)
    found = {name.partition("{")[0]: 0 for name in samples(text)}
    assert list(found) == [
        "graphlead_info", "graphlead_finished_timestamp_seconds", "graphlead_count", "graphlead_heldout",
        "graphlead_drift_alarm", "graphlead_drift_psi",
    ]  # fmt: skip
    assert 'column="a \\"b\\"\\\\\\n"} 1.0' in text
    assert 'metric="ap",split="random"} 0.25' in text
    assert 'of="leads"} 5.0' in text
    assert "0.5" not in [line.rsplit(" ", 1)[1] for line in text.splitlines() if "heldout" in line]
    assert all(line.startswith("# ") or LINE.fullmatch(line) for line in text.splitlines())

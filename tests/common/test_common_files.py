"""Files for other programs: spreadsheets run nothing, text comes back as it was, nothing is half written."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphlead.common.files import scratch, write_json, write_parquet
from graphlead.common.leftovers import make_locked, sweep
from graphlead.common.spreadsheets import harmless, restored, write_csv


def written(frame: pd.DataFrame, path: Path) -> list[list[str]]:
    write_csv(path, frame)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1 555 0100", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "＝1", "'=1", "''=1"]
)
def test_no_cell_is_a_formula(cell: str, tmp_path: Path) -> None:
    for dtype in ("object", "string", "str", "category"):
        frame = pd.DataFrame({"name": pd.Series([cell, "Acme"], dtype=dtype)})
        assert written(frame, tmp_path / "a.csv")[1:] == [[f"'{cell}"], ["Acme"]]


def test_no_column_name_is_a_formula(tmp_path: Path) -> None:
    assert written(pd.DataFrame({"=cmd()": [1]}), tmp_path / "a.csv") == [["'=cmd()"], ["1"]]


def test_numbers_dates_and_missing_values_are_left_alone(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "float": [-1.5, np.nan],
        "whole": pd.Series([-3, None], dtype="Int64"),
        "day": [datetime.date(2024, 2, 29), None],
        "yes": pd.Series([True, None], dtype="boolean"),
        "mixed": [-7, "-7"],
    })  # fmt: skip
    assert written(frame, tmp_path / "a.csv")[1:] == [
        ["-1.5", "-3", "2024-02-29", "True", "-7"],
        ["", "", "", "", "'-7"],
    ]


def test_excel_knows_the_encoding_and_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["Müller\r\nSöhne", 'Says "no", twice']})
    rows = written(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows[1:] == [["Müller\r\nSöhne"], ['Says "no", twice']]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), min_size=1))
def test_an_edited_table_reads_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.csv"
    rows = written(pd.DataFrame({"text": cells, "n": 1}), path)
    read = pd.DataFrame({"text": [row[0] for row in rows[1:]]}, dtype="string")
    assert restored(read)["text"].tolist() == cells


def killed_scratch(parent: Path) -> Path:
    """The scratch folder of a process that was killed, with a file."""
    program = (
        "import os, signal, sys; from pathlib import Path; from graphlead.common.files import scratch\n"
        "with scratch(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half').write_text('half'); print(folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(parent)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGKILL
    return Path(ran.stdout.strip())


def test_promise_7_what_a_killed_process_left_goes_and_what_living_ones_use_stays(tmp_path: Path) -> None:
    dead = killed_scratch(tmp_path)
    assert (dead / "half").exists()
    foreign, old, like, outside = (
        tmp_path / ".graphlead-held-abcdefgh",
        tmp_path / ".tables-abcdefgh",
        tmp_path / ".graphlead-scratch-notes",
        tmp_path / "outside",
    )
    for folder in (foreign, old, like, outside):
        folder.mkdir()
    (outside / "precious").write_text("precious", "utf-8")
    planted = tmp_path / ".graphlead-scratch-12345678"
    planted.symlink_to(outside)
    with scratch(tmp_path) as mine:
        with scratch(tmp_path) as other:
            sweep(tmp_path)
            assert mine.is_dir()
            assert other.is_dir()
        assert not dead.exists()
        assert not old.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        each.name for each in (foreign, like, outside, planted)
    )
    assert (outside / "precious").read_text("utf-8") == "precious"


def test_promise_7_a_folder_that_another_process_sweeps_before_it_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter([tmp_path / "swept", tmp_path / "held"])
    (tmp_path / "held").mkdir()
    monkeypatch.setattr("graphlead.common.leftovers.tempfile.mkdtemp", lambda **_: str(next(made)))
    folder, handle = make_locked(tmp_path)
    os.close(handle)
    assert folder == tmp_path / "held"


def test_promise_7_what_somebody_else_left_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / ".graphlead-scratch-abcdefgh"
    theirs.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("graphlead.common.leftovers.os.geteuid", lambda: theirs.stat().st_uid + 1)
        sweep(tmp_path)
    assert theirs.exists()
    sweep(tmp_path)
    assert not theirs.exists()


def test_promise_7_a_temporary_file_that_a_killed_process_left_goes_with_the_next_output(
    tmp_path: Path,
) -> None:
    (tmp_path / ".a.json.part").write_text("half", "utf-8")
    write_json(tmp_path / "a.json", {})
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old", "utf-8")
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": object()})
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_parquet(tmp_path / "folder.parquet", pd.DataFrame({"a": [1]}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "folder.parquet"]
    assert (tmp_path / "a.json").read_text() == "old"


def test_json_has_no_nan_and_knows_numpy_and_paths(tmp_path: Path) -> None:
    content = {
        "a": np.float32(0.5),
        "b": [float("nan"), np.int64(3), np.bool_(True)],
        "c": {"d": Path("x/y")},
    }
    write_json(tmp_path / "a.json", content)
    assert json.loads((tmp_path / "a.json").read_text()) == {
        "a": 0.5,
        "b": [None, 3, True],
        "c": {"d": "x/y"},
    }


def test_parquet_keeps_types(tmp_path: Path) -> None:
    frame = pd.DataFrame({"company_id": ["007", "NA"], "score": np.array([0.5, 1], np.float32)}, index=[5, 6])
    write_parquet(tmp_path / "a.parquet", frame)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["company_id", "score"]
    assert table["company_id"].to_pylist() == ["007", "NA"]
    assert table["score"].type == pa.float32()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("x;=1+1", "x;'=1+1"),
        ("x\t=1+1", "x\t'=1+1"),
        ("x; =1;y;@z", "x;' =1;y;'@z"),
        ("Weg 1\r\n=1+1", "Weg 1\r\n'=1+1"),
        ("Weg 1\r\n\r\nUlm; B-Stadt", "Weg 1\r\n\r\nUlm; B-Stadt"),
        ("a\r=1", "a\r'=1"),
        ("x;'=1", "x;''=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
    ],
)
def test_promise_4_a_formula_behind_a_sign_at_which_a_spreadsheet_splits_is_text(
    text: str, safe: str
) -> None:
    assert harmless(text) == safe


@given(st.text("a;=+-@'\t\r\n ＝,", max_size=8))
def test_promise_4_no_part_of_a_cell_is_a_formula_and_the_text_comes_back(text: str) -> None:
    safe = harmless(text)
    assert not [part for part in re.split(r"[;\t\r\n]", safe) if re.match(r"\s*[=+\-@＝]", part)]
    frame = pd.DataFrame({"text": [safe]}, dtype="string")
    assert restored(frame)["text"].tolist() == [text]

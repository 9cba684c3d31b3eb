"""Outputs: none replaces an input under any name, and one that cannot be written is refused with its reason."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphlead.common.disk import disk_errors
from graphlead.common.files import write_json
from graphlead.common.outputs import check_files, check_folder, writing
from graphlead.core.errors import RunFolderError, SettingsError

NOWHERE = Path("/proc/nowhere")
"""A folder that nobody can make, root included."""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with an input, list.csv, that has several names."""
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("name\nAcme\n", "utf-8")
    Path("folder").mkdir()
    Path("hard.csv").hardlink_to("list.csv")
    Path("soft.csv").symlink_to("list.csv")
    Path("folder/far.csv").symlink_to("../soft.csv")
    Path("door").symlink_to(".")


def everything() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*")}


@pytest.mark.parametrize("taken", ["list.csv", "hard.csv", "soft.csv"])
@pytest.mark.parametrize(
    "output",
    [
        "list.csv",
        "./list.csv",
        "folder/../list.csv",
        "door/list.csv",
        "hard.csv",
        "soft.csv",
        "folder/far.csv",
    ],
)
def test_promise_6_an_output_is_no_input_under_any_of_its_names(taken: str, output: str) -> None:
    before = everything()
    for path in (Path(output), Path(output).absolute()):
        with pytest.raises(
            SettingsError, match=r"the output would replace an input \(.*\)\. Name another place"
        ) as no:
            check_files([Path("new.csv"), path], [None, Path(taken)])
        assert no.value.where == str(path)
        assert taken in no.value.problem
    assert everything() == before


def test_promise_6_a_file_of_the_same_content_or_another_case_is_another_file() -> None:
    Path("copy.csv").write_bytes(Path("list.csv").read_bytes())
    Path("LIST.csv").write_text("", "utf-8")
    for output in ("copy.csv", "LIST.csv", "folder/list.csv", "made/on/the/way.csv"):
        if not (Path(output).exists() and Path(output).samefile("list.csv")):
            check_files([Path(output)], [Path("list.csv")])
    assert not Path("made").exists()


def test_promise_6_the_file_that_an_output_is_written_to_first_is_no_input_either() -> None:
    Path(".new.csv.part").touch()
    with pytest.raises(SettingsError, match=r"replace an input \(\.new\.csv\.part\)"):
        check_files([Path("new.csv")], [Path(".new.csv.part")])


def test_promise_6_no_output_lies_in_a_folder_that_is_read_or_has_a_link_to_a_file_there() -> None:
    Path("read/deep").mkdir(parents=True)
    Path("read/deep/a.bin").write_bytes(b"a")
    Path("outside.bin").hardlink_to("read/deep/a.bin")
    for output in ("read", "read/new.csv", "read/deep/a.bin", "door/read/deep/new.csv", "outside.bin"):
        with pytest.raises(SettingsError, match=r"replace an input \(read\)"):
            check_files([Path(output)], [Path("read")])
    check_files([Path("reader.csv")], [Path("read")])


def test_promise_6_a_folder_that_is_replaced_holds_no_input() -> None:
    Path("out/model").mkdir(parents=True)
    Path("out/model/list.csv").touch()
    Path("link").symlink_to("out/model")
    for taken in (Path("out/model/list.csv"), Path("link/list.csv"), Path("out/model")):
        with pytest.raises(SettingsError, match="replace an input"):
            check_folder(Path("door/out"), ["leads.csv", "model"], [taken])
    check_folder(Path("out"), ["leads.csv", "store"], [Path("out/model/list.csv")])


@pytest.mark.parametrize("second", ["a.csv", "./a.csv", "door/a.csv", "A.csv", "a.csv/b.csv"])
def test_promise_6_two_outputs_are_two_files(second: str) -> None:
    with pytest.raises(
        SettingsError, match=r"one output would replace another \(a\.csv\)\. Give each a name"
    ):
        check_files([Path("a.csv"), None, Path(second)], [])
    Path("b.csv").touch()
    Path("c.csv").hardlink_to("b.csv")
    with pytest.raises(SettingsError, match="replace another"):
        check_files([Path("b.csv"), Path("c.csv")], [])


@pytest.mark.parametrize(("path", "what"), [("folder", "a folder"), ("/dev/null", "a device or a pipe")])
def test_promise_10_an_output_is_a_plain_file(path: str, what: str) -> None:
    with pytest.raises(SettingsError, match=f"cannot be written: it is {what}"):
        check_files([Path(path)], [])


@pytest.mark.parametrize(
    "folder", [NOWHERE, Path("list.csv"), Path("list.csv/deep/er"), Path("loop/x"), Path("n" * 300)]
)
def test_promise_10_a_folder_that_cannot_be_made_is_refused_before_any_work(folder: Path) -> None:
    Path("loop").symlink_to("loop")
    before = everything()
    for check in (lambda: check_folder(folder, ["a"], []), lambda: check_files([folder / "a.csv"], [])):
        with pytest.raises(RunFolderError, match=r"cannot be (written|made) \(.*\)\. Name a folder") as no:
            check()
        assert str(folder) in str(no.value)
    assert everything() == before


def test_promise_10_a_missing_folder_is_made_when_the_file_is_written() -> None:
    path = Path("new/er/a.json")
    check_files([path], [])
    assert not path.parent.exists()
    with writing(path):
        write_json(path, {})
    assert path.is_file()


GROW = """
import resource, sys
from pathlib import Path
import duckdb, numpy as np, pyarrow as pa, pyarrow.parquet as pq
from safetensors.numpy import save_file
from graphlead.common.disk import disk_errors
from graphlead.core.errors import RunFolderError
from graphlead.learn.classifiers import BoostedTrees

matrix = np.random.default_rng(0).normal(size=(3000, 8)).astype(np.float32)
trees = BoostedTrees("cpu").fit(matrix, (matrix[:, 0] > 0).astype(np.float32), 0, 0)
out, table = Path("grown"), pa.table({"a": matrix[:, 0]})
out.mkdir()
writers = {
    "python": lambda: (out / "a.txt").write_text("x" * 10_000),
    "arrow": lambda: pq.write_table(table, out / "a.parquet"),
    "safetensors": lambda: save_file({"a": matrix}, out / "a.safetensors"),
    "duckdb": lambda: duckdb.sql(f"COPY (SELECT random() FROM range(99999)) TO '{out / 'b.parquet'}'"),
    "xgboost": lambda: trees.save(out, "trees"),
}
sys.dont_write_bytecode = True  # half of it would be found by the next process
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
for name, write in writers.items():
    try:
        with disk_errors(out):
            write()
    except RunFolderError as error:
        print(name, error)
"""


def test_promise_10_a_file_that_may_not_grow_is_no_full_disk_whoever_writes_it() -> None:
    root = str(Path(__file__).parents[2])
    ran = subprocess.run([sys.executable, "-c", GROW], capture_output=True, text=True, check=True,
                         env={**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"})  # fmt: skip
    message = (
        "grown: a file that is needed cannot be written (this process may write files of at most 4,096 bytes). "
        "Raise the limit (ulimit -f unlimited) and run the same command again."
    )
    writers = ("python", "arrow", "safetensors", "duckdb", "xgboost")
    assert ran.stdout.splitlines() == [f"{name} {message}" for name in writers]


def test_promise_10_a_full_disk_names_the_place_that_is_full() -> None:
    with (
        pytest.raises(
            RunFolderError, match=r"^folder: the disk is full \([\d,]+ MiB free in \S+\)\. Free some"
        ),
        disk_errors(Path("folder")),
        Path("/dev/full").open("w") as device,
    ):
        device.write("x" * 100_000)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.EROFS, "read-only file system"),
        (errno.EBUSY, "busy"),
        (errno.ENOENT, "no such file or directory"),
    ],
)
def test_promise_10_a_disk_that_refuses_is_named_with_its_reason(code: int, reason: str) -> None:
    with (
        pytest.raises(RunFolderError, match=rf"^folder/x: .*{reason}.*Name a folder"),
        disk_errors(Path("folder")),
    ):
        raise OSError(code, os.strerror(code), "folder/x")


def test_promise_10_a_name_that_is_too_long_is_refused_before_any_work() -> None:
    with pytest.raises(RunFolderError, match="file name too long"):
        check_files([Path("n" * 252 + ".csv")], [])

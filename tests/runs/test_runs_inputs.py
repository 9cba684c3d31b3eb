"""Inputs that change while a run reads them: what the manifest's hash names is what was read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from published import MANIFEST, open_run, publish
from tiny import QUICK, command, write_inputs

import graphlead
from graphlead.core.arrays import Json
from graphlead.core.errors import InputError, RunFolderError
from graphlead.pipeline import discover
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.progress import note_of
from graphlead.runs.publication import prepare


def replace_text(path: Path, text: str) -> None:
    """Write as many bytes as there were, and set the times back: nothing but the content shows it."""
    times = path.stat()
    assert len(text) == times.st_size
    path.write_text(text, "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "companies.csv"
    path.write_text("old", "utf-8")
    return path


def refused(out: Path, source: Path, during: str, fails: bool = False) -> None:
    def make(folder: RunFolder) -> None:
        if during == "reading":
            replace_text(source, "new")
        (folder.path / "copy.txt").write_bytes(source.read_bytes())
        if fails:
            raise ValueError("this makes no sense")

    inputs = hash_inputs({"companies": source})
    if during == "waiting":
        replace_text(source, "new")
    with open_run(out, inputs) as run, pytest.raises(InputError, match="changed while it was read") as caught:
        run.stage("read", make)
    assert (caught.value.exit_code, caught.value.where) == (2, str(source))
    assert caught.value.remedy


@pytest.mark.parametrize("during", ["waiting", "reading"])
@pytest.mark.parametrize("fails", [False, True])
def test_promise_5_a_changed_input_is_refused_and_nothing_of_it_is_kept(
    tmp_path: Path, source: Path, during: str, fails: bool
) -> None:
    out = tmp_path / "out"
    refused(out, source, during, fails)
    assert {path.name for path in RunFolder(out).work.iterdir()} == {
        RunFolder(out).lock.name,
        note_of(RunFolder(out)).name,
    }
    replace_text(source, "old")
    with open_run(out, hash_inputs({"companies": source})) as run:
        made = run.stage("read", lambda folder: copy(source, folder))
    assert (made.path / "copy.txt").read_text("utf-8") == "old"


def copy(source: Path, folder: RunFolder) -> None:
    (folder.path / "copy.txt").write_bytes(source.read_bytes())


def test_promise_5_an_input_that_vanishes_is_refused(tmp_path: Path, source: Path) -> None:
    inputs = hash_inputs({"companies": source})
    with open_run(tmp_path / "out", inputs) as run, pytest.raises(InputError, match="cannot be read"):
        run.stage("read", lambda _: source.unlink())


@pytest.mark.parametrize("published", [False, True])
def test_promise_5_a_run_that_is_made_anew_while_another_scores_by_it_is_refused(
    tmp_path: Path, published: bool
) -> None:
    earlier = tmp_path / "earlier"
    publish(earlier, leads="1")

    def make(_: RunFolder) -> None:
        if published:
            publish(earlier, leads="2")
        else:
            prepare(RunFolder(earlier), {}, MANIFEST)

    wanted = pytest.raises((InputError, RunFolderError), match=r"changed while|being replaced")
    with open_run(tmp_path / "out", {"run": hash_run(earlier)}) as run, wanted as caught:
        run.stage("read", make)
    assert caught.value.exit_code == 2
    assert str(earlier) in caught.value.where


def changing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change an input as soon as the inputs are hashed."""

    def hash_then_change(paths: dict[str, Path | None]) -> dict[str, Json]:
        found = hash_inputs(paths)
        path = paths[name]
        assert path is not None
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
        return found

    monkeypatch.setattr(discover, "hash_inputs", hash_then_change)


@pytest.mark.parametrize("name", ["companies", "links", "clients", "suppress", "reviewed"])
def test_promise_5_every_input_of_a_run_is_held_against_its_hash(
    tmp_path_factory: pytest.TempPathFactory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path_factory.getbasetemp() / "changing"
    base.mkdir(exist_ok=True)
    inputs = write_inputs(base)
    if name == "reviewed":
        inputs[name] = base / "reviewed.csv"
        inputs[name].write_text("line,company_id,accept\n", "utf-8")
    changing(name, monkeypatch)
    with pytest.raises(InputError, match="changed while it was read") as caught:
        graphlead.discover(**inputs, out=base / "out", **QUICK)
    assert caught.value.where == str(inputs[name])


@pytest.mark.parametrize("name", ["companies", "clients"])
def test_promise_5_a_list_is_not_matched_against_a_file_that_changes(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = write_inputs(tmp_path)
    read = discover.read_list

    def read_and_change(path: Path) -> object:
        found = read(path)
        replace_text(inputs[name], inputs[name].read_text("utf-8").replace("Works", "Shops"))
        return found

    monkeypatch.setattr(discover, "read_list", read_and_change)
    output = tmp_path / "found.csv"
    assert command("match", inputs["clients"], "--companies", inputs["companies"], "-o", output) == 2
    assert f"error: {inputs[name]}: the file was changed" in capsys.readouterr().err.replace("\n", " ")
    assert not output.exists()

"""A run's folder from somebody else deletes, writes and follows nothing outside itself."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from published import MANIFEST, content_of, open_run, publish

from graphlead.common.files import write_json, write_whole
from graphlead.core.errors import GraphleadError, RunFolderError
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import read_manifest
from graphlead.stores.embedded.files import exclusive
from graphlead.stores.embedded.files import remove as remove_store

OUTSIDE = ("..", ".", "", "../victim", "a/b", "/graphlead-nowhere", "x/", ".work", "nul\0", "\ud800")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder beside the run's, with a file."""
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "precious.txt").write_text("precious", "utf-8")
    return folder


@pytest.fixture
def out(tmp_path: Path, victim: Path) -> Path:
    """The folder of a finished run; somebody changes it before it is used again."""
    publish(tmp_path / "out", leads="1")
    return tmp_path / "out"


def refused(call: Callable[[], object], where: Path) -> None:
    with pytest.raises(GraphleadError) as caught:
        call()
    assert (caught.value.exit_code, caught.value.where) == (2, str(where))
    assert caught.value.remedy


def opened(out: Path) -> Callable[[], object]:
    def call() -> None:
        with open_run(out):
            pass

    return call


@pytest.mark.parametrize("name", OUTSIDE)
def test_promise_2_a_manifest_with_anything_but_plain_names_is_refused(
    tmp_path: Path, out: Path, victim: Path, name: str
) -> None:
    manifest = {**MANIFEST, "files": {"leads.csv": "0", name: "folder"}}
    RunFolder(out).manifest.write_text(json.dumps(manifest), "utf-8")
    before = content_of(tmp_path)
    refused(lambda: read_manifest(out), RunFolder(out).manifest)
    refused(opened(out), RunFolder(out).manifest)
    refused(lambda: publish(out, leads="2"), RunFolder(out).manifest)
    after = content_of(tmp_path)
    assert after.keys() == before.keys()
    assert after[str(victim / "precious.txt")] == b"precious"


@pytest.mark.parametrize("name", [*OUTSIDE, 7, None])
@pytest.mark.parametrize("place", ["names", "gone", "kept as"])
def test_promise_2_a_journal_with_anything_but_plain_names_is_refused_by_writers(
    tmp_path: Path, out: Path, victim: Path, place: str, name: object
) -> None:
    folder = RunFolder(out)
    publication.staged_in(folder).mkdir(parents=True)
    (publication.staged_in(folder) / "leads.csv").write_text("new", "utf-8")
    there = {"kept": {"leads.csv": name}} if place == "kept as" else {place: [name]}
    plan = {"names": ["leads.csv"], "gone": [], "kept": {}, **there}
    folder.journal.write_text(json.dumps(plan), "utf-8")
    before = content_of(tmp_path)
    refused(opened(out), folder.journal)
    assert content_of(tmp_path).keys() == before.keys()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"names": 1}', "{" * 20_000, '{"names": ["x"], "gone": []}']
)
def test_promise_2_a_journal_that_is_none_is_refused(out: Path, text: str) -> None:
    folder = RunFolder(out)
    folder.publication.mkdir()
    folder.journal.write_text(text, "utf-8")
    refused(opened(out), folder.journal)


def test_promise_2_a_reader_obeys_no_journal_and_removes_nothing(tmp_path: Path, out: Path) -> None:
    folder = RunFolder(out)
    folder.publication.mkdir()
    plan = {"names": [], "gone": ["../victim", "leads.csv"], "kept": {}}
    folder.journal.write_text(json.dumps(plan), "utf-8")
    before = content_of(tmp_path)
    refused(lambda: read_manifest(out), out)
    assert content_of(tmp_path) == before


def links_of(out: Path) -> list[Path]:
    folder = RunFolder(out)
    stage = next(path for path in folder.work.iterdir() if path.is_dir())
    return [folder.work, folder.lock, folder.publication, stage, stage / "model", stage / "leads.csv"]


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("dangling", [False, True])
def test_promise_2_links_among_the_runs_own_files_are_refused_and_not_followed(
    tmp_path: Path, out: Path, victim: Path, at: int, dangling: bool
) -> None:
    planted = links_of(out)[at]
    target = victim / "precious.txt" if planted.suffix or planted.name == "lock" else victim
    publication.remove(planted)
    planted.symlink_to(tmp_path / "nowhere" if dangling else target)
    refused(opened(out), planted)
    assert (victim / "precious.txt").read_text("utf-8") == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_promise_2_a_lock_that_is_another_files_hard_link_is_not_emptied(out: Path, victim: Path) -> None:
    lock = RunFolder(out).lock
    lock.unlink()
    lock.hardlink_to(victim / "precious.txt")
    refused(opened(out), lock)
    assert (victim / "precious.txt").read_text("utf-8") == "precious"


def test_promise_2_a_lock_that_is_a_pipe_keeps_nobody_waiting(out: Path) -> None:
    lock = RunFolder(out).lock
    lock.unlink()
    os.mkfifo(lock)
    refused(opened(out), lock)


def test_promise_2_results_that_are_links_are_kept_aside_and_their_targets_left_alone(
    tmp_path: Path, out: Path, victim: Path
) -> None:
    (out / "leads.csv").unlink()
    (out / "leads.csv").symlink_to(victim / "precious.txt")
    publication.remove(out / "model")
    (out / "model").symlink_to(victim)
    (out / ".leads.csv.part").symlink_to(victim / "precious.txt")
    (out / "new.csv").symlink_to(tmp_path / "nowhere")
    publish(out, leads="2", new="2")
    assert (victim / "precious.txt").read_text("utf-8") == "precious"
    assert (out / "leads.csv").read_text("utf-8") == "2"
    assert not (out / "leads.csv").is_symlink()
    kept = sorted(path.name for path in out.iterdir() if path.is_symlink())
    assert kept == ["leads.csv.before", "model.before", "new.csv.before"]
    publish(out, new="3")
    assert (victim / "precious.txt").read_text("utf-8") == "precious"


def test_promise_2_an_output_is_never_written_through_a_link_under_its_temporary_name(
    tmp_path: Path, victim: Path
) -> None:
    (tmp_path / ".a.json.part").symlink_to(victim / "precious.txt")
    write_json(tmp_path / "a.json", {"a": 1})
    (tmp_path / ".b.txt.part").symlink_to(victim / "made.txt")
    write_whole(tmp_path / "b.txt", lambda part: part.write_text("b", "utf-8"))
    assert sorted(path.name for path in victim.iterdir()) == ["precious.txt"]
    assert (victim / "precious.txt").read_text("utf-8") == "precious"
    assert (tmp_path / "b.txt").read_text("utf-8") == "b"


def test_promise_2_an_embedded_store_follows_no_links(tmp_path: Path, victim: Path) -> None:
    store = tmp_path / "graph.lbug"
    lock = tmp_path / ".graph.lbug.lock"
    lock.symlink_to(victim / "precious.txt")

    def change() -> None:
        with exclusive(store):
            pass

    refused(change, lock)
    (tmp_path / "graph.lbug.wal").symlink_to(victim)
    store.symlink_to(victim / "precious.txt")
    remove_store(store)
    assert not any(path.is_symlink() for path in (store, tmp_path / "graph.lbug.wal"))
    assert (victim / "precious.txt").read_text("utf-8") == "precious"


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_promise_4_a_new_folder_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        publish(tmp_path / "out", leads="1")
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_promise_4_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o750)
    publish(tmp_path / "out", leads="1")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"graphlead": "0"',
        '{"graphlead": "0"}',
        '{"graphlead": "0", "files": {}}',
        '{"graphlead": "0", "files": {}, "finished": "2026-01-01"}',
        '{"graphlead": "0", "files": {}, "settings": {}}',
        '{"graphlead": "0", "files": {}, "settings": {}, "finished": "yesterday"}',
        '{"graphlead": "0", "files": [], "settings": {}, "finished": "2026-01-01"}',
        '{"graphlead": "0", "files": {}, "settings": [], "finished": "2026-01-01"}',
        "null",
        "7",
        '"graphlead"',
        "[" * 20_000,
    ],
)
def test_promise_8_a_manifest_that_lacks_something_is_named(out: Path, text: str) -> None:
    RunFolder(out).manifest.write_text(text, "utf-8")
    refused(lambda: read_manifest(out), RunFolder(out).manifest)


def test_a_refusal_names_what_is_wrong(out: Path) -> None:
    RunFolder(out).manifest.write_text(json.dumps({**MANIFEST, "files": {"..": "folder"}}), "utf-8")
    with pytest.raises(RunFolderError, match=r"'\.\.' is not the name of a result\. Remove it"):
        read_manifest(out)

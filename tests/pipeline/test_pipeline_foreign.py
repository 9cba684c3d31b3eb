"""Point 2, by the commands: verbs that read a run from somebody else touch nothing outside it, and remove nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tiny import command

from graphlead.runs import publication
from graphlead.runs.layout import RunFolder


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "precious.txt").write_text("precious", "utf-8")
    return tmp_path / "victim"


def content_of(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


READERS = (
    ("evaluate",), ("explain", "C007"), ("query", "group", "-p", "company_id=C007"), ("graph", "C007"), ("report",),
    ("profile",), ("export", "bods", "out.jsonl"), ("export", "neo4j-admin", "admin"),
)  # fmt: skip


@pytest.mark.parametrize("verb", READERS)
@pytest.mark.parametrize("gone", ["../victim", "leads.csv"])
def test_promise_2_reading_verbs_obey_no_journal(
    run: Path,
    victim: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    verb: tuple[str, ...],
    gone: str,
) -> None:
    folder = RunFolder(run)
    publication.staged_in(folder).mkdir(parents=True)
    folder.journal.write_text(json.dumps({"names": [], "gone": [gone], "kept": {}}), "utf-8")
    before = content_of(tmp_path)
    assert command(*verb, "--run", run) == 2
    assert content_of(tmp_path) == before
    assert capfd.readouterr().err.count("error:") == 1


def test_promise_2_a_store_that_is_a_link_is_not_built_through_it(
    run: Path, victim: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(RunFolder(run).store)
    RunFolder(run).store.symlink_to(victim)
    assert command("query", "group", "-p", "company_id=C007", "--run", run) == 2
    assert f"error: {RunFolder(run).store}: this is a link" in capfd.readouterr().err.replace("\n", " ")
    assert [path.name for path in victim.iterdir()] == ["precious.txt"]


def test_promise_2_links_beside_the_store_and_the_report_are_not_followed(run: Path, victim: Path) -> None:
    precious, store = victim / "precious.txt", RunFolder(run).store_file
    (run / ".report.html.part").symlink_to(precious)
    assert command("report", "--run", run) == 0
    assert command("query", "group", "-p", "company_id=C007", "--run", run) == 0
    store.unlink()
    store.with_name(f".{store.name}.part").symlink_to(precious)
    store.with_name(f".{store.name}.part.wal").symlink_to(victim)
    assert command("query", "group", "-p", "company_id=C007", "--run", run) == 0
    store.unlink()
    store.with_name(f".{store.name}.lock").unlink()
    store.with_name(f".{store.name}.lock").symlink_to(precious)
    assert command("query", "group", "-p", "company_id=C007", "--run", run) == 2
    store.with_name(f".{store.name}.lock").unlink()
    RunFolder(run).store_lock.unlink()
    RunFolder(run).store_lock.symlink_to(precious)
    assert command("query", "group", "-p", "company_id=C007", "--run", run) == 2
    assert precious.read_text("utf-8") == "precious"
    assert [path.name for path in victim.iterdir()] == ["precious.txt"]

"""Outputs of every verb: none replaces a file that the verb reads, and a refusal is one line and exit code 2."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

import graphlead
from graphlead.cli import app as cli
from graphlead.common.console import Console
from graphlead.core.errors import SettingsError
from graphlead.pipeline.discover import score_again

ROOT = Path(__file__).parents[2]
NOWHERE = "/proc/nowhere"
"""A folder that nobody can make, root included."""

Call = Callable[..., int]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with the inputs of a run under names of its results, and the files of a finished run, a."""
    monkeypatch.chdir(tmp_path)
    for name in ("register.csv", "leads.csv", "links.parquet", "companies.parquet", "profile.json"):
        Path(name).write_text("company_id,name\nC1,Acme\n", "utf-8")
    Path("review.csv").write_text("line,candidate_id,accept\n", "utf-8")
    Path("noise.txt").write_text('companies = "register.csv"\nclients = "leads.csv"\nout = "."\n', "utf-8")
    Path("mapping.toml").write_text("", "utf-8")
    Path("a/register").mkdir(parents=True)
    Path("a/register/companies.parquet").touch()
    Path("a/leads.csv").write_text("company_id,name\nC1,Acme\n", "utf-8")
    Path("a/manifest.json").write_text(
        json.dumps(
            {
                "graphlead": "0",
                "finished": "2026-01-01",
                "files": {"old.csv": "0"},
                "settings": {"task": "leads"},
            }
        ),
        "utf-8",
    )
    Path("a/old.csv").touch()
    Path("hard.html").hardlink_to("a/leads.csv")
    Path("soft.html").symlink_to("a/leads.csv")
    Path("b").mkdir()
    Path("b/scores.parquet").symlink_to("../register.csv")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["graphlead", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert isinstance(end.value.code, int)
        return end.value.code

    return run


def everything() -> dict[str, str]:
    """Every entry below this folder, with the hash of a file."""
    entries = sorted(Path().rglob("*"))
    return {str(each): sha256(each.read_bytes()).hexdigest() if each.is_file() else "" for each in entries}


REGISTER = ("--companies", "register.csv")
MATCH = ("match", "leads.csv", *REGISTER)
RUN = ("run", *REGISTER, "--clients", "leads.csv")
SCORE = ("score", "--run", "a", *REGISTER)
GRAPH = ("graph", "C1", "--run", "a")


@pytest.mark.parametrize(
    ("arguments", "output", "taken"),
    [
        ((*MATCH, "-o", "register.csv"), "register.csv", "register.csv"),
        ((*MATCH, "-o", "b/scores.parquet"), "b/scores.parquet", "register.csv"),
        ((*MATCH, "-o", "b/../leads.csv"), "b/../leads.csv", "leads.csv"),
        ((*MATCH, "-o", "o.csv", "--review", "leads.csv"), "leads.csv", "leads.csv"),
        ((*MATCH, "-o", "review.csv", "--reviewed", "review.csv"), "review.csv", "review.csv"),
        ((*MATCH, "-o", "o.csv", "--review", "b/../o.csv"), "b/../o.csv", "o.csv"),
        (("match", "leads.csv", "--config", "noise.txt", "-o", "noise.txt"), "noise.txt", "noise.txt"),
        (("init", *REGISTER, "-o", "register.csv", "--force"), "register.csv", "register.csv"),
        (("init", *REGISTER, "--clients", "leads.csv", "-o", "leads.csv", "--force"), "leads.csv", "leads.csv"),
        ((*RUN, "--out", "."), "leads.csv", "leads.csv"),
        ((*RUN, "--out", "b"), "b/scores.parquet", "register.csv"),
        (("run", *REGISTER, "--clients", "soft.html", "--out", "a"), "a/leads.csv", "soft.html"),
        (("run", *REGISTER, "--clients", "a/old.csv", "--out", "a"), "a/old.csv", "a/old.csv"),
        (("run", "--companies", "a/register/companies.parquet", "--clients", "leads.csv", "--out", "a"),
         "a/register", "a/register/companies.parquet"),
        ((*RUN, "--reviewed", "review.csv", "--out", "."), "leads.csv", "leads.csv"),
        (("run", *REGISTER, "--clients", "register.csv", "--reviewed", "review.csv", "--out", "."),
         "review.csv", "review.csv"),
        (("run", "--config", "noise.txt", "--clients", "register.csv"), "noise.txt", "noise.txt"),
        ((*SCORE, "--out", "a"), "a/manifest.json", "a/manifest.json"),
        ((*SCORE, "--out", "a/register"), "a/register/manifest.json", "a/register"),
        (("score", "--run", "a", "--companies", "leads.csv", "--out", "."), "leads.csv", "leads.csv"),
        ((*SCORE, "--out", "b"), "b/scores.parquet", "register.csv"),
        ((*GRAPH, "-o", "a/manifest.json"), "a/manifest.json", "a/manifest.json"),
        ((*GRAPH, "-o", "a/register/new.html"), "a/register/new.html", "a/register"),
        ((*GRAPH, "-o", "hard.html"), "hard.html", "a/leads.csv"),
        ((*GRAPH, "-o", "soft.html"), "soft.html", "a/leads.csv"),
        (("export", "bods", "a/leads.csv", "--run", "a"), "a/leads.csv", "a/leads.csv"),
        (("export", "neo4j-admin", "a", "--run", "a"), "a/leads.csv", "a/leads.csv"),
        (("export", "neo4j-admin", "a/register", "--run", "a"), "a/register/import.args", "a/register"),
        (("import", "bods", "companies.parquet", "--out", "."), "companies.parquet", "companies.parquet"),
        (("import", "gleif", "register.csv", "links.parquet", "--out", "b/.."), "b/../links.parquet", "links.parquet"),
        (("profile", *REGISTER, "--clients", "profile.json", "--out", "."), "profile.json", "profile.json"),
        (("pull", "neo4j", "--mapping", "links.parquet", "--out", "."), "links.parquet", "links.parquet"),
    ],
)  # fmt: skip
def test_promise_6_no_verb_replaces_a_file_that_it_reads(
    call: Call, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], output: str, taken: str
) -> None:
    before = everything()
    assert call(*arguments, "-q") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {output}: ")
    assert f"would replace an input ({taken})." in line or f"would replace another ({taken})." in line
    assert everything() == before


def test_promise_6_nor_does_python() -> None:
    before = everything()
    files = {"companies": "register.csv", "clients": "leads.csv"}
    for call in (
        lambda: graphlead.discover(**files, out=".", quiet=True),
        lambda: graphlead.discover(**files, out="b", quiet=True),
        lambda: graphlead.discover("noise.txt", clients="register.csv", quiet=True),
        lambda: score_again(
            Path("a"), Path("register.csv"), None, Path("a"), Console(quiet=True), clients=None, top=9
        ),
    ):
        with pytest.raises(SettingsError, match="the output would replace an input"):
            call()
    assert everything() == before


@pytest.mark.parametrize(
    "arguments",
    [
        (*MATCH, "-o", f"{NOWHERE}/o.csv"),
        (*MATCH, "-o", "o.csv", "--review", f"{NOWHERE}/r.csv"),
        ("init", *REGISTER, "-o", f"{NOWHERE}/g.toml"),
        (*RUN, "--out", NOWHERE),
        (*SCORE, "--out", NOWHERE),
        (*GRAPH, "-o", f"{NOWHERE}/e.html"),
        ("export", "bods", f"{NOWHERE}/b.jsonl", "--run", "a"),
        ("export", "neo4j-admin", NOWHERE, "--run", "a"),
        ("import", "bods", "register.csv", "--out", NOWHERE),
        ("profile", *REGISTER, "--clients", "leads.csv", "--out", NOWHERE),
        ("pull", "neo4j", "--out", NOWHERE),
        ("demo", "--out", NOWHERE),
    ],
)
def test_promise_10_a_folder_that_cannot_be_made_is_refused_before_any_work(
    call: Call, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    before = everything()
    assert call(*arguments, "-q") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {NOWHERE}")
    assert line.endswith("Name a folder on a disk where you may write, or change its permissions.")
    assert everything() == before


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """A command of bash, in which ``graphlead`` is the program; its status is that of the program."""
    program = f"{sys.executable} -c 'from graphlead.cli.app import main; main()'"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    script = command.replace("graphlead", program) + "; exit ${PIPESTATUS[0]}"
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize("verb", ["query", "run --help", "--version"])
def test_promise_10_nobody_reads_the_output(verb: str) -> None:
    """The reader is gone before a word is written; the program ends as a shell tool does, and without a word."""
    ended = shell(f"graphlead {verb} | true")
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGPIPE, "", "")


@pytest.mark.parametrize("verb", ["query", "--version"])
def test_promise_10_the_output_leads_to_a_full_disk(verb: str) -> None:
    ended = shell(f"graphlead {verb} > /dev/full")
    assert ended.returncode == 2
    assert ended.stderr == (
        "error: standard output: this cannot be written (no space left on device). Write to another place.\n"
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "2>/dev/full", "<&-"])
def test_promise_10_a_stream_that_is_not_there_stops_nothing(closed: str) -> None:
    ended = shell(f"graphlead --version {closed}")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("graphlead ") == (closed != ">&-")

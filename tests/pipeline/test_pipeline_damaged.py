"""Damaged folders of runs: every verb that reads one ends in a result, or names the file and says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny import command

import graphlead
from graphlead.core.errors import GraphleadError
from graphlead.runs.layout import RunFolder

Damage = Callable[[Path], None]
EDITED = {".csv", ".html", ".txt"}
"""Files for people, which no verb on a finished run reads, but for the lists in Python."""


@pytest.fixture
def run(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run to be damaged; a database for ``push`` that is not there."""
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")
    monkeypatch.setenv("NEO4J_PASSWORD", "none")
    shutil.copytree(whole, tmp_path / "run", ignore=shutil.ignore_patterns(".work"))
    return tmp_path / "run"


def verbs(run: Path, whole: Path) -> dict[str, list[object]]:
    """The commands that read a finished run, each writing beside it."""
    beside, inputs = run.parent, whole.parent
    return {
        "evaluate": ["evaluate", "--run", run],
        "explain": ["explain", "C007", "--run", run],
        "query": ["query", "group", "--run", run, "-p", "company_id=C007"],
        "graph": ["graph", "C007", "--run", run, "-o", beside / "ego.html"],
        "report": ["report", "--run", run],
        "profile": ["profile", "--run", run],
        "push": ["push", "neo4j", run],
        "neo4j-admin": ["export", "neo4j-admin", beside / "admin", "--run", run],
        "bods": ["export", "bods", beside / "bods.jsonl", "--run", run],
        "score": [
            "score", "--run", run, "--companies", inputs / "companies.csv", "--links", inputs / "links.csv",
            "--out", beside / "scored",
        ],
    }  # fmt: skip


def cut(name: str) -> Damage:
    def damage(run: Path) -> None:
        path = run / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def lost(name: str) -> Damage:
    def damage(run: Path) -> None:
        path = run / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def written(name: str, text: str) -> Damage:
    return lambda run: (run / name).write_text(text, "utf-8") and None


def with_manifest(**values: object) -> Damage:
    def damage(run: Path) -> None:
        path = RunFolder(run).manifest
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")

    return damage


def one_error(text: str) -> str:
    """The only line of an error, without the wrapping of the console."""
    assert text.count("error:") == 1, text
    assert "unexpected" not in text, text
    return text.replace("\n", "")


@pytest.mark.parametrize(
    ("damage", "named", "readers"),
    [
        (with_manifest(settings={}), "manifest.json", "evaluate explain graph report score"),
        (with_manifest(settings={"nonsense": 1}), "manifest.json", "evaluate explain report score"),
        (with_manifest(files={}), "manifest.json", "query push neo4j-admin"),
        (
            cut("manifest.json"),
            "manifest.json",
            "evaluate explain query graph report profile push bods score",
        ),
        (
            cut("register/companies.parquet"),
            "companies.parquet",
            "explain graph report push neo4j-admin bods",
        ),
        (cut("register/links.parquet"), "links.parquet", "explain graph report push bods"),
        (lost("register"), "register/columns.json", "explain query graph report push neo4j-admin bods score"),
        (lost("graph"), "graph/graph.json", "explain query graph report push"),
        (lost("heldout/random.parquet"), "heldout/random.parquet", "evaluate report"),
        (lost("suppressed"), "suppressed/match.json", "evaluate query push"),
        (lost("leaks"), "leaks/leaks.json", "explain push"),
        (cut("scores.parquet"), "scores.parquet", "explain query graph push"),
        (cut("judgement.json"), "judgement.json", "evaluate explain query report push score"),
        (written("judgement.json", "[]"), "judgement.json", "evaluate explain"),
        (written("metrics.json", "{}"), "metrics.json", "report"),
        (cut("evidence.json"), "evidence.json", "report"),
        (cut("profile/profile.json"), "profile/profile.json", "query report profile push"),
        (cut("model/features.json"), "model/features.json", "explain"),
        (cut("model/fitted.parquet"), "model/fitted.parquet", "explain"),
        (written("model/rankers.json", "{}"), "model/rankers.json", "explain"),
        (cut("model/fold-0/tabular.ubj"), "model/fold-0", "explain"),
    ],
)
def test_promise_8_a_damaged_run_is_refused_by_the_verbs_that_read_what_is_damaged(
    run: Path, whole: Path, capfd: pytest.CaptureFixture[str], damage: Damage, named: str, readers: str
) -> None:
    damage(run)
    for verb in readers.split():
        shutil.rmtree(RunFolder(run).store, ignore_errors=True)
        assert command(*verbs(run, whole)[verb]) == 2, verb
        error = one_error(capfd.readouterr().err)
        assert named in error, verb
        assert "Run the command that wrote the run's folder again" in error, verb


def test_promise_8_a_run_that_was_scored_by_itself_or_in_a_circle_ends(
    run: Path, whole: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What a manifest says of another run is a record: no verb goes there."""
    other = run.with_name("other")
    shutil.copytree(run, other)
    for mine, its in ((run, run), (run, other), (other, run)):
        inputs = {"run": {"path": str(its), "finished": "2026-01-01", "sha256": "0"}}
        with_manifest(inputs=inputs, trained=str(its), run=str(its))(mine)
    for verb in ("evaluate", "explain", "report"):
        assert command(*verbs(run, whole)[verb]) == 0
        assert capfd.readouterr().err.count("error:") == 0


def test_promise_8_python_names_what_is_damaged(run: Path) -> None:
    for name in ("leads.csv", "scores.parquet", "register/companies.parquet"):
        written(name, "")(run)
    opened = graphlead.open_run(run)
    for table, name in (
        ("leads", "leads.csv"),
        ("scores", "scores.parquet"),
        ("register", "companies.parquet"),
    ):
        with pytest.raises(GraphleadError, match="is damaged") as caught:
            getattr(opened, table)
        assert (caught.value.exit_code, Path(caught.value.where).name) == (2, name)
    cut("manifest.json")(run)
    with pytest.raises(GraphleadError, match=r"manifest\.json: this part of the run is damaged"):
        graphlead.open_run(run)


def files_of(run: Path) -> list[str]:
    return sorted(
        path.relative_to(run).as_posix()
        for path in run.rglob("*")
        if path.is_file() and ".work" not in path.parts and path.suffix not in EDITED
    )


def asked(run: Path, whole: Path) -> dict[str, list[object]]:
    """The verbs without ``push``, which would wait for a database and reads what the export for neo4j-admin reads."""
    return {verb: arguments for verb, arguments in verbs(run, whole).items() if verb != "push"}


@pytest.mark.nightly
def test_promise_8_whatever_file_of_a_run_is_cut_off_or_lost_no_verb_fails_unexpectedly(
    run: Path, whole: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refusals = 0
    for name in files_of(whole):
        for damage in (cut(name), lost(name)):
            shutil.rmtree(run)
            shutil.copytree(whole, run, ignore=shutil.ignore_patterns(".work"))
            damage(run)
            for verb, arguments in asked(run, whole).items():
                code, said = command(*arguments), capfd.readouterr().err
                shutil.rmtree(run.parent / "scored", ignore_errors=True)
                if code == 2:
                    refusals += name in one_error(said) or Path(name).name in said
                else:
                    assert code == 0, f"{verb}, {name}: {said}"
    assert refusals > 100

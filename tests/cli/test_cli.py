"""The command line: what it asks of the pipeline, what it writes where, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.cli import app as cli
from graphlead.common.console import Console, laid_out
from graphlead.core.clients import Match
from graphlead.core.errors import BusyError, GraphleadError, InputError, Place
from graphlead.core.evaluation import Evaluation
from graphlead.core.settings import Settings
from graphlead.pipeline import discover as pipeline
from graphlead.world import World

ROOT = Path(__file__).parents[2]
SUMMARY = {"companies": 9, "leads": 2, "verdict": "The graph helps."}
Call = Callable[..., int]


@dataclass
class Result:
    scores: pd.DataFrame
    summary: dict[str, Any]


MATCH = Match(
    pd.DataFrame({
        "name": ["=Acme", "Nobody"],
        "company_id": pd.Series(["007", None], dtype="string"),
        "matched_name": ["Acme Ltd", None],
        "probability": [0.98, 0.0],
        "outcome": ["matched", "unmatched"],
        "evidence": ["the same name", ""],
    }),
    pd.DataFrame({"line": [1], "candidate_id": ["007"], "accept": [""]}),
)  # fmt: skip
METRICS = [("random folds", ranker, metric, value, 0.1, 0.9) for ranker, metric, value in (
    ("gnn", "recall@5%", 0.5), ("gnn", "ap", 0.25), ("random", "recall@5%", 0.05), ("random", "ap", float("nan")),
)]  # fmt: skip
EVALUATION = Evaluation(
    metrics=pd.DataFrame(METRICS, columns=["split", "ranker", "metric", "value", "low", "high"]),
    segments=pd.DataFrame({"split": ["random folds"], "ranker": ["gnn"], "recall": [0.5]}),
    verdict="The graph helps.",
    prior=(0.01, 0.02, 0.03),
    notes=("Few clients.",),
)


FILES = ("c.csv", "l.csv", "k.csv", "p.csv", "r.csv", "w.csv")
HEAVY = (
    "torch", "torch_geometric", "sklearn", "xgboost", "networkx", "duckdb", "pandas", "pyarrow", "numpy", "scipy",
)  # fmt: skip


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with inputs that can be read and a finished run, a."""
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        Path(name).touch()
    Path("a").mkdir()
    settings = {"task": "leads", "companies": "c.csv", "clients": "k.csv", "out": "a"}
    manifest = {
        "graphlead": "0",
        "finished": "2026-01-01",
        "files": {},
        "settings": settings,
        "inputs": {"companies": {"path": "c.parquet", "bytes": 1}},
    }
    Path("a/manifest.json").write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A pipeline that does nothing but note what it was asked for; ``raises`` makes it fail."""
    seen: dict[str, Any] = {}

    def answer(what: object) -> Any:
        if "raises" in seen:
            raise seen["raises"]
        return what

    def discover(settings: Settings, console: Console, *, config: Path | None = None) -> Any:
        seen["settings"] = settings
        with console.stage("training") as progress:
            progress(1, 2, "half")
        console.warn("few clients")
        scores = pd.DataFrame({"company_id": ["C1"], "rank_all": [1]})
        if settings.companies.stat().st_size:
            ids = pd.read_csv(settings.companies, dtype="string")["company_id"].drop_duplicates()
            scores = pd.DataFrame({"company_id": ids, "rank_all": np.arange(len(ids))})
        return answer(Result(scores, dict(SUMMARY)))

    def match_list(settings: Settings, console: Console) -> Any:
        seen["settings"] = settings
        return answer(MATCH)

    def score_again(
        run: Path, companies: Path, links: Path | None, out: Path, console: Console, **named: object
    ) -> Any:
        seen["score"] = (run, companies, links, out, named)
        return answer(Result(pd.DataFrame(), dict(SUMMARY)))

    def evaluate_run(run: Path, console: Console) -> Any:
        seen["evaluate"] = run
        return answer(EVALUATION)

    for function in (discover, match_list, score_again, evaluate_run):
        monkeypatch.setattr(pipeline, function.__name__, function)
    return seen


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["graphlead", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert isinstance(end.value.code, int)
        return end.value.code

    return run


RUN = ("run", "--companies", "c.csv", "--clients", "l.csv", "--out", "o")


def test_run_passes_every_flag_on(asked: dict[str, Any], call: Call) -> None:
    flags = {
        "links": "k.csv", "suppress": "p.csv", "exclude": "region,,city", "reviewed": "r.csv",
        "outcomes": "w.csv", "seed": 3,
        "device": "cpu", "top": 9, "expect": 7, "prior": 0.02, "classifier": "sklearn.x.Y",
        "rankers": "gnn,sage", "store": "neo4j",
    }  # fmt: skip
    given = [part for name, value in flags.items() for part in (f"--{name}", value)]
    assert call(*RUN, *given, "--exclude", "x") == 0
    assert asked["settings"] == Settings(
        companies=Path("c.csv"), clients=Path("l.csv"), out=Path("o"), links=Path("k.csv"), suppress=Path("p.csv"),
        exclude=("region", "city", "x"), reviewed=Path("r.csv"), outcomes=Path("w.csv"), seed=3, device="cpu", top=9,
        expect=7, prior=0.02, classifier="sklearn.x.Y", rankers=("gnn", "sage"), store="neo4j",
    )  # fmt: skip


def test_flags_not_given_leave_the_file_alone(asked: dict[str, Any], call: Call, tmp_path: Path) -> None:
    toml = tmp_path / "g.toml"
    toml.write_text(
        'companies = "c.csv"\nclients = "l.csv"\nout = "o"\nseed = 8\nexclude = ["a,b"]\n', "utf-8"
    )
    assert call("run", "--config", toml, "--top", 3) == 0
    settings = asked["settings"]
    assert (settings.seed, settings.exclude, settings.top, settings.companies) == (
        8,
        ("a,b",),
        3,
        tmp_path / "c.csv",
    )


def test_progress_goes_to_stderr_and_the_outcome_to_stdout(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*RUN) == 0
    out, err = capsys.readouterr()
    assert out == "Read 9 companies and 0 links.\nThe graph helps.\n2 leads.\n"
    assert err == "training (0.0 s)\nwarning: few clients\n"


def test_quiet_says_nothing_and_json_one_object(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(*RUN, "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert call(*RUN, "--quiet", "--json") == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (SUMMARY, "")
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (InputError("there is no id column.", where="c.csv", remedy="Name one."),
         (2, "c.csv: there is no id column. Name one.")),
        (ZeroDivisionError("by\nzero"),
         (1, "unexpected: ZeroDivisionError: by zero. (GRAPHLEAD_DEBUG=1 shows where.)")),
        (KeyboardInterrupt(),
         (130, "interrupted; finished stages are kept: the same command resumes from there.")),
    ],
)  # fmt: skip
def test_failures_end_in_one_line_and_their_exit_code(
    asked: dict[str, Any],
    call: Call,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    ends: tuple[int, str],
) -> None:
    asked["raises"] = error
    assert call(*RUN, "--quiet") == ends[0]
    assert capsys.readouterr() == ("", f"error: {ends[1]}\n")


def test_the_traceback_is_shown_when_asked_for(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHLEAD_DEBUG", "1")
    asked["raises"] = ZeroDivisionError("by zero")
    assert call(*RUN) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--seed", "x"), "Invalid value for '--seed'"),
        (("run", "--nonsense"), "No such option: --nonsense"),
        (("rum",), "No such command 'rum'"),
        (("match", "l.csv"), "Missing option '--output'"),
        (("match", "l.csv", "-o", "o.csv"), "companies is missing. Give --companies"),
        (("run", "--companies", "c.csv"), "clients is missing"),
        ((*RUN, "--top", "0"), "--top: top is 0"),
        ((*RUN, "--device", "gpu"), "--device: device is gpu"),
        ((*RUN, "--config", "none.toml"), "none.toml: the configuration file cannot be read"),
        ((*RUN, "--links", "none.csv"), "none.csv: the file cannot be read (no such file or directory)"),
        (("match", "l.csv", "--companies", "none.csv", "-o", "o.csv"), "none.csv: the file cannot be read"),
        (("match", "l.csv", "--companies", "c.csv", "-o", "./l.csv"), "the output would replace an input (l.csv)"),
        (("init", "--companies", "none.csv"), "none.csv: the file cannot be read"),
        (("profile", "--run", "a", "--seed", "3"), "--run does not go with --seed"),
        (("profile", "--companies", "none.csv", "--clients", "l.csv", "--out", "o"), "none.csv: the file cannot"),
        (("score", "--run", "a", "--companies", "none.csv", "--out", "b"), "none.csv: the file cannot be read"),
        (("score", "--run", "no", "--companies", "c.csv", "--out", "b"), "no: this is not the folder of a run"),
        (("evaluate", "--run", "no"), "no: this is not the folder of a run"),
        (("explain", "C1", "--run", "no"), "no: this is not the folder of a run"),
        (("report", "--run", "no"), "no: this is not the folder of a run"),
        (("profile", "--run", "no"), "no: this is not the folder of a run"),
        (("graph", "C1", "--run", "no"), "no: this is not the folder of a run"),
        (("query", "hubs", "--run", "no"), "no: this is not the folder of a run"),
        (("query", "hubs"), "Give either --run DIR or --neo4j"),
        (("shell", "--run", "a", "--neo4j"), "Give either --run DIR or --neo4j"),
        (("push", "neo4j", "no"), "no: this is not the folder of a run"),
        (("push", "embedded", "no", "--into", "a"), "no: this is not the folder of a run"),
        (("query", "hubs", "--run", "a", "--store", "neo4j"), "Give either --run DIR or --neo4j"),
        (("push", "neo4k", "a"), "there is no target 'neo4k'. Did you mean 'neo4j'?"),
        (("pull", "embedded", "--out", "o"), "no source 'embedded'. The sources are: neo4j, salesforce, hubspot."),
        (("import", "glief", "a/f", "--out", "o"), "there is no connector 'glief'. Did you mean 'gleif'?"),
        (("export", "bods", "o.jsonl", "--run", "no"), "no: this is not the folder of a run"),
        (("export", "neo4j-admin", "o", "--run", "no"), "no: this is not the folder of a run"),
        (("init", "--companies", "c\udcff.csv"), "the file's name is not valid UTF-8. Rename it"),
        (("import", "bods", "c\udcff.csv", "--out", "o"), "there is no such file"),
        (("query", "hubs", "--run", "a", "--seconds", "inf"), "seconds is inf. Allow more than 0 s and at most"),
        (("query", "hubs", "--run", "a", "--seconds", "nan"), "seconds is nan. Allow more than 0 s"),
        (("query", "hubs", "--run", "a", "--seconds", "1e300"), "seconds is 1e+300. Allow more than 0 s"),
        (("query", "hubs", "--run", "a", "-p", f"limit={10**23}"), "$limit has to be a whole number such as 50"),
        (("query", "hubs", "--run", "a", "-p", f"limit={2**63}"), "$limit has to be a whole number such as 50"),
        ((*RUN, "--device", "cuda:99999999999999999999"), "It has to be auto, cpu, cuda or cuda:N"),
        (("demo", "--companies", str(10**30)), "between 200 and 100,000,000"),
        (("demo", "--companies", "10"), "companies has to be between 200 and 100,000,000"),
    ],
)  # fmt: skip
def test_bad_usage_ends_with_2_and_its_reason(
    asked: dict[str, Any],
    call: Call,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    assert call(*arguments) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len([line for line in err.splitlines() if line.startswith("error: ")]) == 1
    assert asked == {}


@pytest.mark.parametrize(
    "arguments",
    [
        (*RUN, "--suppress", "none.csv"),
        (*RUN, "--outcomes", "none.csv"),
        ("match", "l.csv", "--companies", "none.csv", "-o", "o.csv"),
        ("init", "--companies", "none.csv"),
        ("profile", "--companies", "none.csv", "--clients", "l.csv", "--out", "o"),
        ("score", "--run", "a", "--companies", "none.csv", "--out", "b"),
        ("evaluate", "--run", "no"),
        ("explain", "C1", "--run", "no"),
        ("query", "hubs", "--run", "no"),
        ("push", "neo4j", "no"),
    ],
)
def test_a_missing_input_is_refused_before_anything_heavy_is_loaded(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) == (2, [])


def loaded(*arguments: str) -> tuple[int, list[str]]:
    """The exit code of the command line, and which heavy packages it imported."""
    program = (
        "import sys\nfrom graphlead.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n"
        f"    print('\\n', end.code, *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True,
                         check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    code, *found = ran.stdout.splitlines()[-1].split()
    return int(code), found


def test_match_writes_the_list_and_the_candidates(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, review = tmp_path / "out.csv", tmp_path / "review.csv"
    assert (
        call("match", "l.csv", "--companies", "c.csv", "-o", out, "--review", review, "--reviewed", "r.csv")
        == 0
    )
    assert asked["settings"] == Settings(
        companies=Path("c.csv"), clients=Path("l.csv"), out=tmp_path, reviewed=Path("r.csv")
    )
    table = pd.read_csv(out, dtype="string", encoding="utf-8-sig")
    assert table.columns.tolist() == MATCH.table.columns.tolist()
    assert table["company_id"][0] == "007"
    assert table["name"][0] == "'=Acme"
    assert pd.read_csv(review, dtype="string")["candidate_id"].tolist() == ["007"]
    assert capsys.readouterr().out == f"2 lines: 1 matched, 0 review, 1 unmatched. Written to {out}.\n"


def test_match_takes_the_register_and_the_columns_of_a_configuration_file(
    asked: dict[str, Any], call: Call, tmp_path: Path
) -> None:
    toml = tmp_path / "g.toml"
    toml.write_text(
        'companies = "c.csv"\nclients = "others.csv"\nseed = 3\n[columns]\nFirma = "name"\n', "utf-8"
    )
    assert call("match", "l.csv", "--config", toml, "-o", tmp_path / "out.csv") == 0
    settings = asked["settings"]
    assert (settings.companies, settings.clients) == (tmp_path / "c.csv", Path("l.csv"))
    assert settings.columns == {"Firma": "name"}


def test_match_reads_a_column_as_the_configuration_file_understands_it(call: Call, tmp_path: Path) -> None:
    """Without the override the column of names, which looks like notes, is no name and nothing is found."""
    names = ["Alder Soft", "Birch Works", "Cedar Trade", "Dogwood Mills", "Elm Alone", "Fir Foods"]
    register = pd.DataFrame({"company_id": [f"C{i}" for i in range(6)], "remarks": names})
    register.to_csv(tmp_path / "register.csv", index=False)
    pd.DataFrame({"name": ["Cedar Trade", "Elm Alone"]}).to_csv(tmp_path / "list.csv", index=False)
    toml, out = tmp_path / "g.toml", tmp_path / "out.csv"
    found = {}
    for role in ("ignored", "name"):
        toml.write_text(f'companies = "register.csv"\n[columns]\nremarks = "{role}"\n', "utf-8")
        assert call("match", tmp_path / "list.csv", "--config", toml, "-o", out, "-q") == 0
        found[role] = pd.read_csv(out, dtype="string", encoding="utf-8-sig")["company_id"].dropna().tolist()
    assert found == {"ignored": [], "name": ["C2", "C4"]}


def test_match_into_a_folder_that_cannot_be_written(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert call("match", "l.csv", "--companies", "c.csv", "-o", tmp_path / "file" / "out.csv") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_evaluate_shows_the_rankers_side_by_side(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("evaluate", "--run", "a") == 0
    assert asked["evaluate"] == Path("a")
    assert capsys.readouterr().out.splitlines() == [
        "Held out: random folds",
        "  ranker  recall@5%     ap",
        "  gnn         0.500  0.250",
        "  random      0.050",
        "The graph helps.",
        "Note: Few clients.",
    ]
    assert call("evaluate", "--run", "a", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["metrics"][0] | {"low": 0, "high": 0} == {
        "split": "random folds", "ranker": "gnn", "metric": "recall@5%", "value": 0.5, "low": 0, "high": 0,
    }  # fmt: skip
    assert printed["metrics"][3]["value"] is None
    assert printed["segments"] == [{"split": "random folds", "ranker": "gnn", "recall": 0.5}]


def test_score_passes_everything_on(asked: dict[str, Any], call: Call) -> None:
    flags = ("--companies", "c.csv", "--links", "k.csv", "--out", "b", "--clients", "l.csv",
             "--memory", "2GiB")  # fmt: skip
    assert call("score", "--run", "a", *flags) == 0
    named = {"clients": Path("l.csv"), "top": 500, "memory": "2GiB", "force": False}
    assert asked["score"] == (Path("a"), Path("c.csv"), Path("k.csv"), Path("b"), named)


def test_demo_runs_on_a_world_and_reports_how_well_it_did(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("demo", "--out", tmp_path, "--companies", 1200, "--seed", 4, "--json", "--quiet") == 0
    settings = asked["settings"]
    assert settings.companies.is_file()
    assert (settings.out, settings.seed) == (tmp_path / "run", 4)
    assert settings.suppress is not None
    printed = json.loads(capsys.readouterr().out)
    world = settings.companies.parent
    truth = pd.read_csv(world / "truth" / "truth.csv", dtype="string")
    truth = truth[truth["role"].isin(["won_later", "other"]) & truth["duplicate_of"].isna()]
    bought = (truth["role"] == "won_later").to_numpy()
    assert printed["truth"]["buyers"] == bought.sum() > 20
    found = printed["truth"]["list"]["found@10%"]
    assert found == pytest.approx(bought[: round(len(truth) / 10)].sum() / bought.sum())
    assert printed["truth"]["reachable"]["average_precision"] > 0.2


def test_demo_makes_a_crm_too_and_prints_what_learns_from_it(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("demo", "--out", tmp_path / "a demo", "--companies", 400, "--sales", "--json", "--quiet") == 0
    commands = json.loads(capsys.readouterr().out)["commands"]
    assert [shlex.split(each)[:2] for each in commands] == [
        ["graphlead", "convert"], ["graphlead", "churn"], ["graphlead", "churn"],
    ]  # fmt: skip
    given = [word for each in commands for word in shlex.split(each) if word.endswith(".csv")]
    assert {Path(path).name for path in given} == {
        "leads.csv", "companies.csv", "links.csv", "customers.csv", "orders.csv", "tickets.csv", "logins.csv",
    }  # fmt: skip
    assert all(Path(path).is_file() and "truth" not in path for path in given)


def test_init_writes_a_file_that_run_understands(
    asked: dict[str, Any], call: Call, tmp_path: Path, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    companies = Path(os.path.relpath(small_world.companies))
    (tmp_path / "conf").mkdir()
    toml = tmp_path / "conf" / "g.toml"
    flags = ("init", "--companies", companies, "--clients", small_world.clients, "-o", toml)
    assert call(*flags, "--quiet") == 0
    text = toml.read_text("utf-8")
    assert '# "employees"' in text
    assert call("run", "--config", toml) == 0
    assert asked["settings"].companies.resolve() == small_world.companies.resolve()
    assert asked["settings"].clients == small_world.clients
    toml.write_text("mine", "utf-8")
    assert call(*flags) == 2
    assert toml.read_text() == "mine"
    assert call(*flags, "--force") == 0
    assert toml.read_text("utf-8") == text


def test_the_version_and_the_help_load_nothing_heavy(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out.startswith("graphlead ")
    assert call("run", "--help") == 0
    assert "--suppress" in capsys.readouterr().out
    assert loaded("--version") == loaded("--help") == loaded("run", "--help") == (0, [])


def test_every_verb_is_there(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--help") == 0
    verbs = {line.split()[1] for line in capsys.readouterr().out.splitlines() if re.match("│ [a-z]", line)}
    assert verbs == {
        "run", "score", "evaluate", "explain", "report", "convert", "churn", "recommend", "segment", "compare",
        "experiment", "init", "match", "profile", "demo",
        "query", "shell", "graph", "push", "pull", "export", "import", "status",
    }  # fmt: skip


# --- the console ---


class Terminal:
    """A stderr that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return True


def test_a_log_has_one_json_object_a_line(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("--log-json", *RUN, "--json") == 0
    written = capsys.readouterr()
    stage, warning = map(json.loads, written.err.splitlines())
    assert (stage["event"], stage["stage"], warning["message"]) == ("stage", "training", "few clients")
    assert stage["processor_s"] >= 0 and stage["peak_mb"] > 1
    asked["raises"] = InputError("there is no id.", where="c.csv", remedy="Add one.")
    assert call("--log-json", *RUN, "--quiet") == 2
    assert json.loads(capsys.readouterr().err) == {
        "event": "error", "problem": "there is no id.", "where": "c.csv", "file": "c.csv", "row": None, "column": None,
        "remedy": "Add one.", "exit_code": 2,
    }  # fmt: skip
    assert call(*RUN, "--quiet") == 2
    assert capsys.readouterr().err == "error: c.csv: there is no id. Add one.\n"


@pytest.mark.parametrize("where", ["before", "after"])
def test_with_json_an_error_is_one_object_on_stderr(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    asked["raises"] = InputError(
        "it is no number.", where=Place.of("c.csv", row=3, column="size"), remedy="Write one."
    )
    arguments = ("--json", *RUN, "--quiet") if where == "before" else (*RUN, "--quiet", "--json")
    assert call(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert json.loads(err) == {
        "event": "error", "problem": "it is no number.", "where": "c.csv, row 3, column size", "file": "c.csv",
        "row": 3, "column": "size", "remedy": "Write one.", "exit_code": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [("run", "--nonsense", "--json"), ("--json", "rum"), ("--log-json", "rum")]
)
def test_an_error_is_an_object_also_where_the_command_line_cannot_be_parsed(
    call: Call, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert call(*arguments) == 2
    found = json.loads(capsys.readouterr().err)
    assert (found["event"], found["exit_code"]) == ("error", 2)
    assert found["problem"].startswith("No such")


def test_a_busy_folder_has_an_exit_code_of_its_own(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    asked["raises"] = BusyError("another process (7) is working here.", where="o", remedy="Wait.")
    assert call(*RUN, "--quiet", "--json") == 3
    assert json.loads(capsys.readouterr().err)["exit_code"] == 3


def test_status_of_a_run_ends_with_its_exit_code(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads(Path("a/manifest.json").read_text("utf-8"))
    manifest |= {"inputs": {}, "seconds": 61.4, "peak_mb": 512.0, "started": "2026-01-01", "verb": "churn"}
    Path("a/manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert call("status", "a") == 0
    text = capsys.readouterr().out
    assert "a: finished (graphlead churn, version 0)." in text
    assert "after 61 s, at most 512 MiB of memory" in text
    assert call("status", "a", "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "finished"
    assert call("status", "no", "--json") == 2
    assert json.loads(capsys.readouterr().err)["problem"] == "this is not the folder of a run."
    Path("a/.work").mkdir()
    note = {
        "graphlead": "0",
        "verb": "churn",
        "started": "2026-01-02",
        "since": "2026-01-02",
        "stage": "model",
    }
    Path("a/.work/progress.json").write_text(json.dumps(note), "utf-8")
    assert call("status", "a") == 4
    text = capsys.readouterr().out
    assert (
        "a: cut off" in text
        and "Stage: model since" in text
        and "Its results are those of 2026-01-01" in text
    )


def test_a_terminal_gets_a_bar_and_a_line_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    with console.stage("reading [bold]") as progress:
        progress(1, 4, "a quarter")
        console.info("a line [red] meanwhile")
        progress(4, 4)
    assert "━" in terminal.text
    assert "a line [red] meanwhile" in terminal.text
    assert re.search(r"reading \[bold\] \(\d+\.\d s\)$", terminal.text.rstrip())


def test_stages_that_run_beside_each_other_each_have_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    with console.stage("one"):
        with console.stage("other") as progress:
            progress(1, 2)
        console.info("between")
    with console.stage("after"):
        pass
    done = re.findall(r"(one|other|after) \(\d+\.\d s\)", terminal.text)
    assert done == ["other", "one", "after"]
    assert "between" in terminal.text


def test_elsewhere_long_stages_report_their_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("graphlead.common.console.PATIENCE", 0.0)
    with Console().stage("reading") as progress:
        progress(1, 4, "companies")
        progress(0, 0)
    assert capsys.readouterr().err == "  reading: 25% companies\n  reading:\nreading (0.0 s)\n"


def test_a_stage_that_fails_is_not_reported_as_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), Console().stage("reading"):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


def test_values_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Console().info("a\x1b[2Jb\r\nc")
    Console(quiet=True).error(GraphleadError("\x07"), 1)
    assert capsys.readouterr().err == "a\ufffd[2Jb\ufffd\nc\nerror: \ufffd\n"


def test_a_table_puts_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        laid_out("T", ["a", "n"], [["x", 1000], ["long", 2]])
        == "T\n  a         n\n  x     1,000\n  long      2"
    )
    Console().table("T", ["a"], [])
    assert capsys.readouterr().err == "T\n  a\n"


@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_promise_9_names_in_any_script_are_written_where_the_locale_has_ascii_only(style: str) -> None:
    """A table on stdout and a warning on stderr, in a process whose streams know ASCII only."""
    program = (
        "from graphlead.cli import app\nfrom graphlead.cli.answers import text_of\n"
        "from graphlead.cli.options import console_of\nfrom graphlead.core.answers import Answer\n"
        f"def answer():\n    console, name = console_of(False), {'Łódź 東京'!a}\n    console.warn(name)\n"
        f"    console.answer(text_of(Answer(('name',), ((name,),)), {style!r}))\n"
        "app.app = lambda **_: answer()\napp.main()"
    )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False,
                         env={**os.environ, **ascii_only})  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, rb"warning: \u0141\xf3d\u017a \u6771\u4eac" + b"\n")
    escaped = rb"\u0141\u00f3d\u017a \u6771\u4eac" if style == "json" else rb"\u0141\xf3d\u017a \u6771\u4eac"
    assert escaped in ran.stdout


def test_the_package_is_the_program_too() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "graphlead", "--version"], capture_output=True, text=True, check=True
    )
    assert asked.stdout == f"graphlead {graphlead.__version__}\n"

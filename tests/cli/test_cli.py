"""The command line: what is asked of the pipeline, what is said where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.cli import app as cli
from graphlead.common.console import Console, laid_out
from graphlead.core.clients import Match
from graphlead.core.errors import InputError
from graphlead.core.evaluation import Evaluation
from graphlead.core.settings import Settings
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
    pd.DataFrame(METRICS, columns=["split", "ranker", "metric", "value", "low", "high"]),
    pd.DataFrame({"split": ["random folds"], "ranker": ["gnn"], "recall": [0.5]}),
    "The graph helps.",
    (0.01, 0.02, 0.03),
    ("Few clients.",),
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A pipeline that does nothing but note what it was asked for; ``raises`` makes it fail."""
    seen: dict[str, Any] = {}

    def answer(what: object) -> Any:
        if "raises" in seen:
            raise seen["raises"]
        return what

    def discover(settings: Settings, console: Console) -> Any:
        seen["settings"] = settings
        with console.stage("training") as progress:
            progress(1, 2, "half")
        console.warn("few clients")
        scores = pd.DataFrame({"company_id": ["C1"], "rank": [1]})
        if settings.companies.is_file():
            ids = pd.read_csv(settings.companies, dtype="string")["company_id"].drop_duplicates()
            scores = pd.DataFrame({"company_id": ids, "rank": np.arange(len(ids))})
        return answer(Result(scores, dict(SUMMARY)))

    def match_list(clients: Path, companies: Path, console: Console, **named: object) -> Any:
        seen["match"] = (clients, companies, named)
        return answer(MATCH)

    def score_again(
        run: Path, companies: Path, links: Path | None, out: Path, console: Console, **named: object
    ) -> Any:
        seen["score"] = (run, companies, links, out, named)
        return answer(Result(pd.DataFrame(), dict(SUMMARY)))

    def evaluate_run(run: Path, console: Console) -> Any:
        seen["evaluate"] = run
        return answer(EVALUATION)

    stub = ModuleType("graphlead.pipeline.discover")
    for function in (discover, match_list, score_again, evaluate_run):
        monkeypatch.setattr(stub, function.__name__, function, raising=False)
    monkeypatch.setitem(sys.modules, "graphlead.pipeline.discover", stub)
    monkeypatch.setattr(graphlead, "pipeline", stub, raising=False)
    monkeypatch.delitem(sys.modules, "graphlead.cli.leads", raising=False)
    yield seen
    sys.modules.pop("graphlead.cli.leads", None)


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
        "links": "k.csv", "suppress": "p.csv", "exclude": "region,,city", "reviewed": "r.csv", "seed": 3,
        "device": "cpu", "top": 9, "prior": 0.02, "classifier": "sklearn.x.Y",
    }  # fmt: skip
    given = [part for name, value in flags.items() for part in (f"--{name}", value)]
    assert call(*RUN, *given, "--exclude", "x") == 0
    assert asked["settings"] == Settings(
        companies=Path("c.csv"), clients=Path("l.csv"), out=Path("o"), links=Path("k.csv"), suppress=Path("p.csv"),
        exclude=("region", "city", "x"), reviewed=Path("r.csv"), seed=3, device="cpu", top=9, prior=0.02,
        classifier="sklearn.x.Y",
    )  # fmt: skip


def test_flags_not_given_leave_the_file_alone(asked: dict[str, Any], call: Call, tmp_path: Path) -> None:
    toml = tmp_path / "g.toml"
    toml.write_text('companies = "c"\nclients = "l"\nout = "o"\nseed = 8\nexclude = ["a,b"]\n', "utf-8")
    assert call("run", "--config", toml, "--top", 3) == 0
    settings = asked["settings"]
    assert (settings.seed, settings.exclude, settings.top, settings.companies) == (
        8,
        ("a,b",),
        3,
        tmp_path / "c",
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
         (130, "interrupted; what was finished is kept: the same command goes on from there.")),
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
    "arguments",
    [
        ("run", "--seed", "x"),
        ("run", "--nonsense"),
        ("rum",),
        ("match", "l.csv"),
        ("run", "--companies", "c"),
        (*RUN, "--top", "0"),
        (*RUN, "--device", "gpu"),
        (*RUN, "--config", "none.toml"),
        ("score", "--run", "a", "--companies", "c", "--out", "a"),
        ("match", "l.csv", "--companies", "c", "-o", "./l.csv"),
        ("demo", "--companies", "10"),
    ],
)
def test_bad_usage_ends_with_2(asked: dict[str, Any], call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments) == 2
    assert asked == {}


def test_match_writes_the_list_and_the_candidates(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, review = tmp_path / "out.csv", tmp_path / "review.csv"
    assert (
        call("match", "l.csv", "--companies", "c", "-o", out, "--review", review, "--reviewed", "r.csv") == 0
    )
    assert asked["match"] == (Path("l.csv"), Path("c"), {"columns": {}, "reviewed": Path("r.csv")})
    table = pd.read_csv(out, dtype="string", encoding="utf-8-sig")
    assert table.columns.tolist() == MATCH.table.columns.tolist()
    assert table["company_id"][0] == "007"
    assert table["name"][0] == "'=Acme"
    assert pd.read_csv(review, dtype="string")["candidate_id"].tolist() == ["007"]
    assert capsys.readouterr().out == f"2 lines: 1 matched, 0 review, 1 unmatched. Written to {out}.\n"


def test_match_into_a_folder_that_cannot_be_written(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert call("match", "l.csv", "--companies", "c", "-o", tmp_path / "file" / "out.csv") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_evaluate_shows_the_rankers_side_by_side(
    asked: dict[str, Any], call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("evaluate", "--run", "o") == 0
    assert asked["evaluate"] == Path("o")
    assert capsys.readouterr().out.splitlines() == [
        "Held out: random folds",
        "  ranker  recall@5%     ap",
        "  gnn         0.500  0.250",
        "  random      0.050",
        "Clients-to-be among the others: 2.00% (1.00% to 3.00%).",
        "The graph helps.",
        "Note: Few clients.",
    ]
    assert call("evaluate", "--run", "o", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["metrics"][0] | {"low": 0, "high": 0} == {
        "split": "random folds", "ranker": "gnn", "metric": "recall@5%", "value": 0.5, "low": 0, "high": 0,
    }  # fmt: skip
    assert told["metrics"][3]["value"] is None
    assert told["segments"] == [{"split": "random folds", "ranker": "gnn", "recall": 0.5}]


def test_score_passes_everything_on(asked: dict[str, Any], call: Call) -> None:
    assert (
        call("score", "--run", "a", "--companies", "c", "--links", "k", "--out", "b", "--clients", "l") == 0
    )
    named = {"clients": Path("l"), "top": 500}
    assert asked["score"] == (Path("a"), Path("c"), Path("k"), Path("b"), named)


def test_demo_runs_on_a_world_and_tells_how_well_it_did(
    asked: dict[str, Any], call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("demo", "--out", tmp_path, "--companies", 1200, "--seed", 4, "--json", "--quiet") == 0
    settings = asked["settings"]
    assert settings.companies.is_file()
    assert (settings.out, settings.seed) == (tmp_path / "run", 4)
    assert settings.suppress is not None
    told = json.loads(capsys.readouterr().out)
    world = settings.companies.parent
    truth = pd.read_csv(world / "truth" / "truth.csv", dtype="string").set_index("company_id")["role"]
    ids = pd.read_csv(settings.companies, dtype="string")["company_id"].drop_duplicates()
    bought = (truth[ids] == "won_later").to_numpy()
    assert told["truth"]["buyers"] == bought.sum() > 20
    assert told["truth"]["found@10%"] == pytest.approx(bought[: round(len(ids) / 10)].sum() / bought.sum())


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


def test_the_version_and_the_help_are_quick(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out.startswith("graphlead ")
    program = (
        "import sys; from graphlead.cli.app import main; sys.argv = ['graphlead', 'run', '--help']\n"
        "try:\n    main()\nfinally:\n"
        "    print([m for m in ('pandas', 'numpy', 'pyarrow', 'duckdb', 'torch', 'xgboost') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "--suppress" in ran.stdout


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


def test_a_terminal_gets_a_bar_and_a_line_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    with console.stage("reading [bold]") as progress:
        progress(1, 4, "a quarter")
        console.say("said [red] meanwhile")
        progress(4, 4)
    assert "━" in terminal.text
    assert "said [red] meanwhile" in terminal.text
    assert terminal.text.rstrip().endswith("reading [bold] (0.0 s)")


def test_elsewhere_long_stages_say_how_far_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("graphlead.common.console.PATIENCE", 0.0)
    with Console().stage("reading") as progress:
        progress(1, 4, "companies")
        progress(0, 0)
    assert capsys.readouterr().err == "  reading: 25% companies\n  reading:\nreading (0.0 s)\n"


def test_a_stage_that_fails_is_not_said_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), Console().stage("reading"):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


def test_values_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Console().say("a\x1b[2Jb\r\nc")
    Console(quiet=True).error("\x07")
    assert capsys.readouterr().err == "a\ufffd[2Jb\ufffd\nc\nerror: \ufffd\n"


def test_a_table_puts_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        laid_out("T", ["a", "n"], [["x", 1000], ["long", 2]])
        == "T\n  a         n\n  x     1,000\n  long      2"
    )
    Console().table("T", ["a"], [])
    assert capsys.readouterr().err == "T\n  a\n"

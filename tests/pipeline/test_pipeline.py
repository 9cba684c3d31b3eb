"""The whole story on the sample register: files to a lead list, twice, on newer files, and against the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import graphlead
from graphlead.cli import app as cli
from graphlead.core.errors import SettingsError
from graphlead.core.profile import OUTSIDE
from graphlead.match.same.files import load_same
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result
from graphlead.pipeline.store import open_own
from graphlead.profile.files import load_profile
from graphlead.runs import code
from graphlead.runs.layout import RunFolder
from graphlead.world.truth import against_truth

DATA = Path(__file__).parents[2] / "data"
FILES = {name: DATA / f"{name}.csv" for name in ("companies", "links", "clients")}
RANKERS = ("pagerank", "tabular", "tabular_graph", "linear", "gnn")
ENTRIES = (
    "leads.csv", "whitespace.csv", "scores.parquet", "review.csv", "metrics.json", "noise.txt", "manifest.json",
    "model", "register", "graph", "heldout", "judgement.json", "profile", "evidence.json", "report.html", "store",
)  # fmt: skip
Command = Callable[..., int]


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def ids(path: Path) -> set[str]:
    return set(pd.read_csv(path, dtype=str)["company_id"].dropna())


def settings(out: Path) -> dict[str, Any]:
    return {**FILES, "suppress": DATA / "past.csv", "out": out, "folds": 3, "quiet": True}


def quick(out: Path, **more: Any) -> Result:
    return graphlead.discover(
        **FILES, out=out, folds=3, quiet=True, **{"rankers": ("pagerank", "tabular"), **more}
    )


@pytest.fixture(scope="module")
def short_training() -> Iterator[None]:
    """The graph network trained for fewer steps: what is tested is the way through, not how well it learns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphlead.learn.network.STEPS", 8)
        yield


@pytest.fixture(scope="module")
def result(short_training: None, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return graphlead.discover(**settings(tmp_path_factory.mktemp("whole") / "out"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run of the quick rankers."""
    return quick(tmp_path_factory.mktemp("quick") / "out")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line in this process; returns the exit code."""

    def call(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["graphlead", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0)

    return call


def matched(folder: Path) -> set[str]:
    table = pq.read_table(folder / "clients.parquet").to_pandas()
    return set(table.loc[table["outcome"] == "matched", "company_id"])


def test_every_result_is_there(result: Result) -> None:
    assert not [name for name in ENTRIES if not (result.folder / name).exists()]


def test_every_company_that_is_neither_client_nor_suppressed_is_scored(result: Result) -> None:
    away = matched(result.folder / "match") | matched(result.folder / "suppressed")
    everybody = ids(FILES["companies"])
    assert len(away) > 60
    assert set(result.scores["company_id"]) == everybody - away
    assert result.scores["company_id"].is_unique


def test_scores_are_probabilities_in_the_order_of_the_ranks(result: Result) -> None:
    scores = pq.read_table(result.folder / "scores.parquet").to_pandas()
    facts = {"company_id", "score", "rank", "rank_all", "nearest_client_id", "record_of"}
    assert facts | {*RANKERS} == set(scores)
    assert scores["score"].between(0, 1).all()
    assert scores["rank_all"].tolist() == list(range(1, len(scores) + 1))
    assert (np.diff(scores["score"]) <= 0).all()
    ranked = scores.dropna(subset="rank")
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    apart = set(scores.loc[scores["rank"].isna(), "company_id"]) - set(result.whitespace["company_id"])
    order = pq.read_table(result.folder / "model" / "fitted.parquet", columns=["company_id"])["company_id"]
    cluster = pd.Series(load_same(result.folder / "same").cluster, index=order.to_pylist())
    assert apart
    assert set(cluster[list(apart)]) <= set(cluster[ranked["company_id"]])
    assert cluster[ranked["company_id"]].is_unique
    assert ranked["company_id"].head(len(result.leads)).tolist() == result.leads["company_id"].tolist()
    assert np.isfinite(scores[list(RANKERS)].to_numpy()).all()


def test_clients_and_their_groups_and_suppressed_ones_are_no_leads(result: Result) -> None:
    clients = matched(result.folder / "match")
    away = clients | matched(result.folder / "suppressed")
    leads, whitespace = (ids(result.folder / f"{name}.csv") for name in ("leads", "whitespace"))
    assert leads
    assert whitespace
    assert not (leads | whitespace) & away
    assert not leads & whitespace
    companies = pq.read_table(result.folder / "graph" / "ownership.parquet").to_pandas()
    assert len(companies) == result.summary["companies"]
    order = pq.read_table(result.folder / "model" / "fitted.parquet", columns=["company_id"])["company_id"]
    group = pd.Series(companies["group"].to_numpy(), index=order.to_pylist())
    of_clients = set(group[list(clients)])
    assert not set(group[list(leads)]) & of_clients
    beside = pd.read_csv(result.folder / "whitespace.csv", dtype=str).set_index("company_id")[
        "ownership_path"
    ]
    related = set(beside.index[beside.str.startswith("no ownership link known; shares ").fillna(False)])
    assert related
    assert set(group[list(whitespace - related)]) <= of_clients


def test_the_rule_of_a_leads_segment_is_true_of_the_lead(result: Result) -> None:
    """Every condition is looked up in the list itself: the code begins with the rule's, the place is the rule's."""
    profile = load_profile(result.folder / "profile")
    leads = pd.read_csv(result.folder / "leads.csv", dtype=str)
    traits = {segment.name: segment.traits for segment in profile.segments}
    assert set(leads["segment"]) <= {*traits, OUTSIDE}
    inside = leads[leads["segment"] != OUTSIDE]
    assert len(inside)
    told = 0
    for lead in inside.to_dict("records"):
        for trait in traits[lead["segment"]]:
            column, _, level = trait.column.partition(" (")
            if level.endswith("digits)"):
                digits = lead[column].replace(".", "")
                assert digits.startswith(trait.value.split(" ")[0])
                assert lead[f"{column}_title"]
                told += 1
            elif column in ("region", "city", "country"):
                assert lead[column] == trait.value.split(", ")[0]
                told += 1
    assert told


def test_every_lead_has_its_reasons_and_the_whitespace_its_path(result: Result) -> None:
    leads = pd.read_csv(result.folder / "leads.csv", dtype=str)
    kinds = (
        r"^(?:all|\d+ of the) [\d,]+ other companies .* are clients \([\d.]+ x the register\)$",
        r": ask [^:]+$",
        "^no (?:single strong reason|reason is known): ",
    )
    counted, asked, mixed = (leads["reason_1"].str.contains(kind) for kind in kinds)
    assert (counted | asked | mixed).all()
    assert counted[:100].mean() > 0.7
    assert mixed[:100].mean() < 0.2
    written = leads.filter(like="reason_").fillna("").agg(" ".join, axis=1)
    assert not written.str.contains(r"walk|log-odds|\([+-]\d", regex=True).any()
    assert leads["segment"].notna().any()
    clients = matched(result.folder / "match")
    assert set(leads["nearest_client_id"].dropna()) <= clients
    whitespace = pd.read_csv(result.folder / "whitespace.csv", dtype=str)
    linked = whitespace["steps"].notna()
    assert linked.any()
    assert whitespace.loc[linked, "ownership_path"].notna().all()
    known = pd.read_parquet(result.folder / "scores.parquet").set_index("company_id")["nearest_client_id"]
    named = [
        leads.set_index("company_id")["nearest_client_id"],
        whitespace.set_index("company_id")["client_id"],
    ]
    pd.testing.assert_series_equal(
        known.dropna().sort_index(),
        pd.concat(named).dropna().sort_index(),
        check_names=False,
        check_dtype=False,
    )
    order = pq.read_table(result.folder / "model" / "fitted.parquet", columns=["company_id"])["company_id"]
    explained = [order[each.company].as_py() for each in result.evidence]
    assert explained == leads["company_id"].tolist()


def test_the_parts_of_a_run_run_alone(
    result: Result, command: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    best = result.leads["company_id"].iloc[0]
    assert command("explain", best, "--run", result.folder, "--json", "--cypher") == 0
    explained = json.loads(capsys.readouterr().out)
    ranks = result.scores.set_index("company_id")["rank"]
    assert (explained["company_id"], explained["rank"]) == (best, ranks[best])
    log_odds = np.log(explained["score"] / (1 - explained["score"]))
    printed = sum(moved["log_odds"] for moved in explained["contributions"])
    assert printed == pytest.approx(
        log_odds - np.log(explained["typical"] / (1 - explained["typical"])), abs=1e-3
    )
    assert command("profile", "--run", result.folder) == 0
    assert f"{result.profile.n_clients} clients against" in capsys.readouterr().out
    before = (result.folder / "report.html").read_bytes()
    assert command("report", "--run", result.folder) == 0
    assert (result.folder / "report.html").read_bytes() == before
    alone = ("--companies", FILES["companies"], "--clients", FILES["clients"], "--out", tmp_path / "p")
    assert command("profile", "--links", FILES["links"], *alone, "--quiet") == 0
    assert read(tmp_path / "p" / "profile.json")["n_clients"] == result.profile.n_clients


def test_the_graph_of_a_run_agrees_with_its_lists(
    result: Result, command: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ("query", "top-leads", "--run", result.folder, "-p", "limit=20", "--format", "json")
    assert command(*asked) == 0
    answer = json.loads(capsys.readouterr().out)
    best = [row["company_id"] for row in answer["rows"]]
    assert best == result.leads["company_id"].head(20).tolist()
    clients = (
        result.leads["nearest_client_id"]
        .astype(object)
        .where(result.leads["nearest_client_id"].notna(), None)
    )
    nearest = dict(zip(result.leads["company_id"], clients, strict=True))
    assert sum(row["nearest_client_id"] is not None for row in answer["rows"]) > 10
    assert all(row["nearest_client_id"] == nearest[row["company_id"]] for row in answer["rows"])
    assert command("query", "top-leads") == 2
    assert "Give either --run DIR or --neo4j" in capsys.readouterr().err


def test_a_notebook_opens_the_graph_of_a_run(result: Result) -> None:
    with graphlead.open_graph(result.folder) as graph:
        assert RunFolder(result.folder).store_file.exists()
        leads = graph.to_pandas("top-leads", {"limit": 20})
        assert leads["company_id"].tolist() == result.leads["company_id"].head(20).tolist()
        around = graph.to_networkx(
            "MATCH p = (c:Company {company_id: $id})-[:LOCATED_IN]->() RETURN p",
            {"id": leads["company_id"][0]},
        )
    assert ("Company", leads["company_id"][0]) in around


def test_the_paths_of_the_evidence_hold_in_the_graph(result: Result) -> None:
    ties = [tie for each in result.evidence[:100] for tie in each.ties]
    assert len(ties) > 100
    with open_own(FinishedRun(result.folder)) as store:
        missing = [tie for tie in ties if not store.query(tie.cypher, tie.parameters).rows]
    assert missing == []


def test_neo4j_is_asked_for_its_address_before_anything_is_learned(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    given = [word for name, path in FILES.items() for word in (f"--{name}", path)]
    assert command("run", *given, "--out", tmp_path / "o", "--store", "neo4j") != 0
    assert "NEO4J_URI" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("who", ["client", "suppressed", "unknown"])
def test_only_a_candidate_can_be_explained(
    result: Result, command: Command, capsys: pytest.CaptureFixture[str], who: str
) -> None:
    asked = {
        "client": min(matched(result.folder / "match")),
        "suppressed": min(matched(result.folder / "suppressed") - matched(result.folder / "match")),
        "unknown": "nobody at all",
    }
    reasons = {"client": "is already a client", "suppressed": "never to propose", "unknown": "has no company"}
    assert command("explain", asked[who], "--run", result.folder) == 2
    assert reasons[who] in capsys.readouterr().err


def test_the_manifest_records_what_was_run_on_what_and_how_long(result: Result) -> None:
    manifest = read(result.folder / "manifest.json")
    for name in ("companies", "links", "clients", "suppress"):
        path = Path(manifest["inputs"][name]["path"])
        assert manifest["inputs"][name]["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert {"python", "torch", "xgboost", "duckdb"} <= set(manifest["versions"])
    assert manifest["seed"] == manifest["settings"]["seed"] == 0
    stages = {stage["stage"]: stage for stage in manifest["stages"]}
    assert {"register", "match", "suppressed", "graph", "model", "heldout", "judgement"} <= set(stages)
    assert all(stage["seconds"] >= 0 and stage["peak_mb"] > 0 for stage in stages.values())


def test_models_are_no_pickles(result: Result) -> None:
    files = [path for path in (result.folder / "model").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".parquet", ".safetensors", ".ubj"}
    assert not [path for path in files if path.read_bytes()[:1] == b"\x80" and b"c__" in path.read_bytes()]


def test_the_metrics_have_every_split_and_ranker_and_the_verdict(result: Result) -> None:
    metrics = read(result.folder / "metrics.json")
    table = pd.DataFrame(metrics["metrics"])
    for split in ("groups", "random", "time"):
        assert set(RANKERS) <= set(table.loc[table["split"] == split, "ranker"])
    assert metrics["verdict"] == result.summary["verdict"]
    assert "graph" in metrics["verdict"].lower()


def test_the_hits_expected_are_the_sums_of_the_leads_scores(result: Result) -> None:
    hits = read(result.folder / "metrics.json")["expected_hits"]
    assert [each["first"] for each in hits] == [25, 50, 100, 200, 500]
    scores = result.scores.loc[result.scores["rank"].notna(), "score"].cumsum().to_numpy()
    assert [each["point"] for each in hits] == pytest.approx([scores[each["first"] - 1] for each in hits])
    assert all(each["low"] < each["point"] < each["high"] <= each["first"] for each in hits)
    assert {each["months"] for each in hits} == {24}
    assert result.scores["score"].max() <= 0.95
    assert "to buy within 24 months; you won" in result.summary["expected"]
    strong = result.leads.loc[result.leads["fit"] == "Strong", "score"]
    assert (strong >= 0.2).all()


def test_a_number_that_is_expected_replaces_the_dates(first: Result, tmp_path: Path) -> None:
    out = Path(copytree(first.folder, tmp_path / "out"))
    expecting = quick(out, expect=60)
    assert made_anew(out) == ["evidence", "results", "report"]
    assert expecting.summary["expected"].endswith(" to buy within 24 months if you win the 60 you expect.")
    ratio = expecting.scores["score"] / first.scores["score"]
    assert ratio.to_numpy() == pytest.approx(ratio.iloc[0], rel=0.05)
    with pytest.raises(SettingsError, match="expect is 100,000, but only"):
        quick(tmp_path / "too many", expect=100_000)


def test_the_ranking_beats_chance_on_the_truth(result: Result) -> None:
    found = against_truth(result.scores, DATA / "truth" / "truth.csv")
    assert found.rankings["list"]["found@5%"] > 2 * 0.05
    assert found.rankings["list"]["found@10%"] > 1.5 * 0.1


def test_the_same_command_again_does_nothing_anew(result: Result) -> None:
    again = graphlead.discover(**settings(result.folder))
    stages = read(result.folder / "manifest.json")["stages"]
    assert all(stage["reused"] for stage in stages)
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_frame_equal(again.leads, result.leads)


def test_the_same_seed_gives_the_same_scores(first: Result, tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(quick(tmp_path / "out").scores, first.scores)


def test_without_a_place_nothing_that_is_derived_from_it_remains(first: Result, tmp_path: Path) -> None:
    left = quick(tmp_path / "out", exclude=("region",), rankers=("tabular",))
    plans = [
        (folder / "model" / "features.json").read_text("utf-8") for folder in (first.folder, left.folder)
    ]
    for place in ("region", "city", "postcode", "address"):
        assert f'"{place}' not in plans[1]
    assert '"region' in plans[0]
    assert '"country' in plans[1]
    assert len(left.scores) == len(first.scores)
    metrics = read(left.folder / "metrics.json")
    [leaning] = metrics["excluded"]
    assert leaning["column"] == "region"
    assert 0 <= leaning["explained"] < 1
    assert any("region was left out" in note for note in metrics["notes"])
    assert read(first.folder / "metrics.json")["excluded"] == []


def newer(folder: Path) -> tuple[Path, set[str], set[str]]:
    """The register later: unknown companies of unknown kinds, some ids changed, some values gone."""
    table = pd.read_csv(FILES["companies"], dtype=str, keep_default_na=False).drop_duplicates("company_id")
    added = table.tail(30).assign(
        company_id=[f"NEW{i:03}" for i in range(30)], region="Atlantis", city="Poseidonis", legal_form="Polis",
        name=[f"Unheard Of {i} Polis" for i in range(30)], nace="99.00",
    )  # fmt: skip
    changed = table["company_id"].isin(table["company_id"].tail(20))
    table.loc[changed, "company_id"] = "R" + table["company_id"][changed]
    both = pd.concat([table, added]).assign(certificate="")
    both.loc[both.index[::3], ["employees", "software"]] = ""
    both.to_csv(folder / "newer.csv", index=False)
    return folder / "newer.csv", set(both["company_id"]), set(added["company_id"])


def test_a_newer_register_is_scored_without_training(
    result: Result, tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    companies, everybody, added = newer(tmp_path)
    out = tmp_path / "scored"
    code = command("score", "--run", result.folder, "--companies", companies, "--links", FILES["links"],
                   "--out", out, "--json")  # fmt: skip
    assert code == 0
    summary = json.loads(capsys.readouterr().out)
    scores = pq.read_table(out / "scores.parquet").to_pandas()
    away = matched(result.folder / "match") | matched(result.folder / "suppressed")
    assert set(scores["company_id"]) == everybody - away
    assert added <= set(scores["company_id"])
    assert scores["score"].between(0, 1).all()
    assert np.isfinite(scores[list(RANKERS)].to_numpy()).all()
    assert summary["scored"] == len(scores)
    hits, before = (
        {each["first"]: each["point"] for each in read(folder / "metrics.json")["expected_hits"]}
        for folder in (out, result.folder)
    )
    # As many will be won, of a few more companies: as many among the first hundred, but for those added.
    assert hits[100] == pytest.approx(before[100], rel=0.25)
    assert "model" not in {stage["stage"] for stage in read(out / "manifest.json")["stages"]}


def test_the_same_register_gets_the_same_scores_again(
    first: Result, tmp_path: Path, command: Command
) -> None:
    out = tmp_path / "scored"
    run = ("--run", first.folder, "--companies", FILES["companies"], "--links", FILES["links"])
    assert command("score", *run, "--out", out, "-q") == 0
    again = pq.read_table(out / "scores.parquet").to_pandas().set_index("company_id")
    before = first.scores.set_index("company_id")
    assert np.allclose(again.loc[before.index, "score"], before["score"], atol=1e-4)


def test_a_run_that_only_scored_does_what_its_trained_run_does(
    first: Result, tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    register = ("--companies", FILES["companies"], "--links", FILES["links"])
    scored, again = tmp_path / "scored", tmp_path / "again"
    assert command("score", "--run", first.folder, *register, "--out", scored, "-q") == 0
    assert command("score", "--run", scored, *register, "--out", again, "-q") == 0
    pd.testing.assert_frame_equal(*(pd.read_parquet(run / "scores.parquet") for run in (scored, again)))
    best = pd.read_parquet(again / "scores.parquet").set_index("rank")["company_id"][1]
    capsys.readouterr()
    assert command("explain", str(best), "--run", again, "--json") == 0
    assert json.loads(capsys.readouterr().out)["rank"] == 1
    assert command("evaluate", "--run", again, "--json") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == first.summary["verdict"]
    (again / "report.html").unlink()
    assert command("report", "--run", again, "-q") == 0
    assert (again / "report.html").exists()


@pytest.fixture
def answers(command: Command, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], list[Any]]:
    """What a run evaluates, explains and reports to."""

    def ask(run: Path) -> list[Any]:
        best = pd.read_parquet(run / "scores.parquet")["company_id"][0]
        capsys.readouterr()
        found = []
        for asked in (("evaluate",), ("explain", best, "--cypher")):
            assert command(*asked, "--run", run, "--json") == 0
            found.append(json.loads(capsys.readouterr().out))
        (run / "report.html").unlink()
        assert command("report", "--run", run, "-q") == 0
        return [*found, (run / "report.html").read_bytes()]

    return ask


def test_a_run_that_only_scored_is_whole(
    tmp_path: Path, command: Command, answers: Callable[[Path], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved, with the run that trained its models gone, and from another directory, it answers as before."""
    trained, scored, moved = (tmp_path / name for name in ("trained", "scored", "elsewhere/moved"))
    quick(trained, prior=0.03, suppress=DATA / "past.csv")
    register = ("--companies", FILES["companies"], "--links", FILES["links"])
    assert command("score", "--run", trained, *register, "--out", scored, "--top", 20, "-q") == 0
    before = answers(scored)
    assert before[0] == answers(trained)[0]
    made_with = read(scored / "manifest.json")["settings"]
    assert made_with == read(trained / "manifest.json")["settings"] | {"out": scored.as_posix(), "top": 20}
    assert (made_with["folds"], made_with["prior"]) == (3, 0.03)
    moved.parent.mkdir()
    scored.rename(moved)
    rmtree(trained)
    monkeypatch.chdir(moved.parent)
    assert answers(Path("moved")) == before
    assert command("score", "--run", "moved", *register, "--out", "again", "--top", 20, "-q") == 0
    pd.testing.assert_frame_equal(*(pd.read_parquet(f"{name}/scores.parquet") for name in ("moved", "again")))
    assert answers(Path("again"))[0] == before[0]


def made_anew(run: Path) -> list[str]:
    return [stage["stage"] for stage in read(run / "manifest.json")["stages"] if not stage["reused"]]


def test_a_longer_list_trains_nothing(first: Result, tmp_path: Path) -> None:
    out = Path(copytree(first.folder, tmp_path / "out"))
    quick(out, top=30)
    assert made_anew(out) == ["evidence", "results", "report"]


def test_an_edited_style_sheet_makes_the_report_anew_and_nothing_else(
    first: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(copytree(first.folder, tmp_path / "out"))
    package = Path(copytree(code.PACKAGE, tmp_path / "graphlead", ignore=ignore_patterns("__pycache__")))
    with (package / "report/html/assets/report.css").open("a", encoding="utf-8") as file:
        file.write("/* wider */\n")
    monkeypatch.setattr(code, "PACKAGE", package)
    quick(out)
    assert made_anew(out) == ["report"]


def test_a_run_is_evaluated_again_from_its_files(
    first: Result, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("evaluate", "--run", first.folder, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["verdict"] == first.summary["verdict"]
    written = pd.DataFrame(read(first.folder / "metrics.json")["metrics"])
    pd.testing.assert_frame_equal(pd.DataFrame(printed["metrics"]), written, check_dtype=False)


def test_message_passing_is_compared_and_neither_chosen_nor_asked_for_reasons(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphlead.learn.network.STEPS", 3)
    result = quick(tmp_path / "out", rankers=("pagerank", "sage"))
    assert set(result.metrics["ranker"]) == {"pagerank", "sage", "random"}
    assert read(result.folder / "metrics.json")["ranker"]["members"] == {"pagerank": 1.0}
    assert {row["ranker"] for row in read(result.folder / "metrics.json")["metrics"]} >= {"sage"}
    assert np.isfinite(result.scores["sage"]).all()
    assert not any(path.suffix in {".pkl", ".pt", ".pickle"} for path in result.folder.rglob("*"))
    newer = tmp_path / "newer"
    asked = ("--companies", FILES["companies"], "--links", FILES["links"], "--out", newer, "--quiet")
    assert command("score", "--run", result.folder, *asked) == 0
    again = pq.read_table(newer / "scores.parquet").to_pandas().set_index("company_id")["sage"]
    first = result.scores.set_index("company_id")["sage"]
    np.testing.assert_allclose(again[first.index], first, atol=1e-5)
    monkeypatch.setattr("graphlead.learn.rankers.sage.Sage.load", lambda *_: pytest.fail("sage was loaded"))
    assert command("explain", result.leads["company_id"][0], "--run", result.folder, "--quiet") == 0


def test_a_list_is_matched_by_itself(tmp_path: Path, command: Command) -> None:
    found = tmp_path / "found.csv"
    assert command("match", FILES["clients"], "--companies", FILES["companies"], "-o", found, "-q") == 0
    printed = pd.read_csv(found, dtype=str, encoding="utf-8-sig")
    truth = pd.read_csv(DATA / "truth" / "clients.csv", dtype=str)
    assert list(printed["name"]) == list(truth["name"])
    sure = printed["outcome"] == "matched"
    assert sure.sum() > 60
    assert (printed["company_id"][sure] == truth["company_id"][sure]).mean() > 0.95


LIMIT = 4096
UNDER_A_LIMIT = f"""
import contextlib, io, json, resource, sys
from graphlead.cli.app import main
from graphlead.runs.layout import RunFolder

sys.dont_write_bytecode = True  # half of it would be found by the next process
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, resource.RLIM_INFINITY))
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["graphlead", *arguments, "--quiet"]
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        try:
            main()
        except SystemExit as end:
            print(json.dumps([end.code, shown.getvalue()]))
"""


def under_a_limit(*commands: tuple[object, ...]) -> list[tuple[int, str]]:
    """The exit code of each command line, and what it wrote to stderr, in a process whose files may not grow."""
    listed = json.dumps([[str(word) for word in command] for command in commands])
    environment = {**os.environ, "PYTHONPATH": str(DATA.parent)}
    ran = subprocess.run([sys.executable, "-c", UNDER_A_LIMIT, listed], capture_output=True, text=True, check=True,
                         env=environment)  # fmt: skip
    return [(code, text) for code, text in map(json.loads, ran.stdout.splitlines())]


def test_promise_10_where_no_file_may_grow_every_verb_ends_in_a_line_that_names_the_limit(
    first: Result, command: Command, tmp_path: Path
) -> None:
    run, out, statements = first.folder, tmp_path / "out", tmp_path / "statements.jsonl"
    assert command("export", "bods", statements, "--run", run, "--quiet") == 0
    before = (run / "report.html").read_bytes()
    register = ("--companies", FILES["companies"])
    commands: list[tuple[object, ...]] = [
        ("match", FILES["clients"], *register, "-o", out / "found.csv"),
        ("profile", *register, "--clients", FILES["clients"], "--out", out / "profile"),
        ("init", *register, "-o", out / "graphlead.toml"),
        ("run", *register, "--clients", FILES["clients"], "--out", out / "run"),
        ("score", "--run", run, *register, "--out", out / "scored"),
        ("graph", first.leads["company_id"].iloc[0], "--run", run, "-o", out / "ego.html"),
        ("export", "bods", out / "statements.jsonl", "--run", run),
        ("export", "neo4j-admin", out / "csv", "--run", run),
        ("import", "bods", statements, "--out", out / "data"),
        ("demo", "--companies", 300, "--out", out / "demo"),
        ("report", "--run", run),
    ]
    ended = under_a_limit(*commands)
    assert [code for code, _ in ended] == [2] * len(commands)
    for _, text in ended:
        [line] = text.splitlines()
        assert line.startswith("error: /")
        assert f"this process may write files of at most {LIMIT:,} bytes" in line
    assert (run / "report.html").read_bytes() == before
    assert not list(out.rglob("*.part"))

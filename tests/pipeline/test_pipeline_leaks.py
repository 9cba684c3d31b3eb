"""A run on a register with columns and links that give the clients away, its models on a newer one, and --keep."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import graphlead
from graphlead.common.console import Console
from graphlead.core.errors import SettingsError
from graphlead.core.leaks import LEFT_OUT, USED
from graphlead.core.register import Role
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import profile_list, score_again
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result

DATA = Path(__file__).parents[2] / "data"
CLIENTS = DATA / "clients.csv"
LEAKS = {"account_manager", "is_customer", "customer_no", "account_manager_of"}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample register with a manager, a flag and a number for clients, and links from their managers."""
    folder = tmp_path_factory.mktemp("leaks")
    companies, links = read(DATA / "companies.csv"), read(DATA / "links.csv")
    truth = read(DATA / "truth/truth.csv").set_index("company_id")["role"]
    client = companies["company_id"].map(truth) == "client"
    manager = pd.Series(["Ada", "Jon", "Mia"] * len(client))[: len(client)]
    companies["account_manager"] = manager.where(client, "")
    companies["is_customer"] = client.map({True: "yes", False: "no"})
    companies["customer_no"] = pd.Series(range(50_000, 50_000 + len(client)), dtype=str).where(client, "")
    ties = pd.DataFrame({
        "source_id": "P-" + manager[client], "source_name": manager[client], "source_type": "person",
        "target_id": companies["company_id"][client], "kind": "account_manager_of",
    })  # fmt: skip
    companies.to_csv(folder / "companies.csv", index=False)
    pd.concat([links, ties]).fillna("").to_csv(folder / "links.csv", index=False)
    return {"companies": folder / "companies.csv", "links": folder / "links.csv", "clients": CLIENTS}


def quick(files: dict[str, Path], out: Path, **more: Any) -> Result:
    return graphlead.discover(**files, out=out, folds=3, quiet=True, rankers=("pagerank", "tabular"), **more)


@pytest.fixture(scope="module")
def result(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Result:
    return quick(files, tmp_path_factory.mktemp("leaks_run") / "out")


def decisions(folder: Path, decision: str) -> set[str]:
    leaks = json.loads((folder / "metrics.json").read_text("utf-8"))["leaks"]
    return {leak["column"] for leak in leaks if leak["decision"] == decision}


def test_what_gives_the_clients_away_is_left_out_and_honest_columns_stay(result: Result) -> None:
    assert decisions(result.folder, LEFT_OUT) == LEAKS
    assert decisions(result.folder, USED) == set()
    run = FinishedRun(result.folder)
    ignored = {column.name for column in run.register.columns if column.role is Role.IGNORED}
    assert ignored >= LEAKS - {"account_manager_of"}
    assert {column.name for column in run.whole_register.columns if column.role is Role.IGNORED} < ignored


def test_neither_features_nor_graph_nor_lists_know_it(result: Result) -> None:
    run = FinishedRun(result.folder)
    plan = run.folder.feature_plan.read_text("utf-8")
    assert "nace" in plan
    assert not [name for name in LEAKS if name in plan]
    kinds = {str(relation) for _, relation, _ in run.graph.edges}
    assert "linked:director" in kinds
    assert "linked:account_manager_of" not in kinds
    assert not LEAKS & set(read(run.folder.leads))
    assert set(run.register.read_links()["kind"].to_pylist()) == {"owns", "director", "supplies"}


def test_notes_and_report_say_what_was_left_out(result: Result) -> None:
    sentences = [note for note in result.summary["notes"] if "left out" in note]
    assert len(sentences) == len(LEAKS)
    assert any(note.startswith("is_customer alone finds") for note in sentences)
    report = (result.folder / "report.html").read_text("utf-8")
    assert "What gives away who is a client" in report
    assert all(f"<strong>{name}</strong> (left out)" in report for name in LEAKS)


def test_a_newer_register_is_scored_without_what_the_run_left_out(
    result: Result, files: dict[str, Path], tmp_path: Path
) -> None:
    newer = read(files["companies"]).drop(columns="customer_no")
    newer.to_csv(tmp_path / "newer.csv", index=False)
    scored = score_again(
        result.folder, tmp_path / "newer.csv", files["links"], tmp_path / "out", Console(quiet=True),
        clients=None, top=50,
    )  # fmt: skip
    assert decisions(scored.folder, LEFT_OUT) == LEAKS
    kinds = {str(relation) for _, relation, _ in FinishedRun(scored.folder).graph.edges}
    assert "linked:account_manager_of" not in kinds
    merged = scored.scores.merge(result.scores, on="company_id")
    assert len(merged) == len(result.scores)
    assert (merged["tabular_x"] == merged["tabular_y"]).all()


def test_what_is_kept_is_used_and_the_figures_are_called_too_good(
    files: dict[str, Path], tmp_path: Path
) -> None:
    kept = quick(files, tmp_path / "kept", keep=("is_customer", "account_manager_of"))
    assert decisions(kept.folder, LEFT_OUT) == {"account_manager", "customer_no"}
    assert decisions(kept.folder, USED) == {"is_customer", "account_manager_of"}
    assert any("too good to be true" in note for note in kept.summary["notes"])
    assert "is_customer" in FinishedRun(kept.folder).folder.feature_plan.read_text("utf-8")


def test_honest_figures_are_not_called_too_good(result: Result) -> None:
    assert not [note for note in result.summary["notes"] if "too good" in note]


def test_the_profile_leaves_out_the_same(files: dict[str, Path], tmp_path: Path) -> None:
    profile = profile_list(Settings(**files, out=tmp_path / "profile"), Console(quiet=True))
    assert not LEAKS & {lift.column for lift in profile.columns}
    assert [note for note in profile.notes if note.startswith("is_customer alone finds")]


@pytest.mark.parametrize(
    ("keep", "message"),
    [(("acount_manager",), "Did you mean 'account_manager'"), (("region",), "to be kept and to be excluded")],
)
def test_what_cannot_be_kept_is_refused(
    files: dict[str, Path], tmp_path: Path, keep: tuple[str, ...], message: str
) -> None:
    settings = replace(Settings(**files, out=tmp_path / "x"), keep=keep, exclude=("region",))
    with pytest.raises(SettingsError, match=message):
        profile_list(settings, Console(quiet=True))


def test_the_sample_register_gives_nobody_away(tmp_path: Path) -> None:
    honest = {name: DATA / f"{name}.csv" for name in ("companies", "links", "clients")}
    profile = profile_list(Settings(**honest, out=tmp_path / "profile"), Console(quiet=True))
    assert not [note for note in profile.notes if "leave it out" in note or "left out" in note]

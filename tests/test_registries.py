"""A ranker, a store, a connector and a task are a file and a line each: all four are added here from a test module."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import added_parts
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import graphlead
from graphlead.cli import app as cli
from graphlead.connectors import registry as connectors
from graphlead.core.errors import SettingsError
from graphlead.learn import registry as learners
from graphlead.pipeline.result import Result
from graphlead.stores import registry as stores
from graphlead.tasks import TASKS, task_of

DATA = Path(__file__).parents[1] / "data"
FILES = {name: DATA / f"{name}.csv" for name in ("companies", "links", "clients")}


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One line a part."""
    with pytest.MonkeyPatch.context() as patch:
        nearest = learners.Entry(make="added_parts:Nearest", kinds=learners.PU)
        patch.setitem(learners.RANKERS, "nearest", nearest)
        patch.setitem(
            stores.STORES, "shelf", stores.Entry("added_parts:Shelf", "the shelf", "beside the runs")
        )
        patch.setitem(
            connectors.CONNECTORS, "names", connectors.Entry("added_parts:read_names", "a name a line")
        )
        patch.setitem(TASKS, "warnings", "added_parts:WARNINGS")
        patch.setattr(added_parts.Shelf, "PLACE", tmp_path_factory.mktemp("shelf"))
        yield


@pytest.fixture(scope="module")
def result(added: None, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A run of the new task, with its own rankers, into the new store."""
    out = tmp_path_factory.mktemp("added") / "out"
    return graphlead.discover(**FILES, out=out, folds=3, quiet=True, task="warnings", store="shelf")


def call(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["graphlead", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_the_new_ranker_is_trained_judged_and_scores_everybody(result: Result) -> None:
    assert set(result.metrics["ranker"]) >= {"pagerank", "nearest"}
    scores = pd.read_parquet(result.folder / "scores.parquet")
    assert np.isfinite(scores["nearest"]).all()
    assert scores["nearest"].nunique() > 100
    assert len(list((result.folder / "model").glob("fold-*/nearest.npy"))) == 3
    manifest = json.loads((result.folder / "manifest.json").read_text("utf-8"))
    assert manifest["settings"]["rankers"] == ["pagerank", "nearest"]


def test_the_new_task_has_its_own_splits_lists_and_metrics(
    result: Result, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(result.metrics["split"]) == {"random"}
    listed, everybody = result.leads["score"], result.scores["score"]
    assert len(result.leads) == 500
    assert listed.is_monotonic_increasing
    assert listed.iloc[0] == pytest.approx(everybody.min(), rel=1e-5)
    assert call(monkeypatch, "evaluate", "--run", result.folder) == 0
    assert ["ranker", "auc"] in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_the_new_store_holds_the_run_and_takes_another_push(
    result: Result, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    best = "MATCH (c:Company) WHERE c.rank = 1 RETURN c.company_id AS id"
    first = result.scores.loc[result.scores["rank"] == 1, "company_id"].tolist()
    with graphlead.open_graph(store="shelf") as graph:
        assert graph.to_pandas(best)["id"].tolist() == first
    (added_parts.Shelf.PLACE / "shelf.lbug").unlink()
    assert call(monkeypatch, "push", "shelf", result.folder) == 0
    assert "the shelf holds the run" in capsys.readouterr().out
    asked = ("query", "top-leads", "--store", "shelf", "--format", "json", "-p", "limit=1")
    assert call(monkeypatch, *asked) == 0
    (lead,) = json.loads(capsys.readouterr().out)["rows"]
    assert first[0] in lead.values()
    assert call(monkeypatch, "pull", "shelf", "--out", tmp_path / "pulled", "--quiet") == 0
    assert pq.read_metadata(tmp_path / "pulled/companies.parquet").num_rows == result.summary["companies"]


def test_the_new_connector_imports(added: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Alpha\nBeta\n", "utf-8")
    assert call(monkeypatch, "import", "names", tmp_path / "names.txt", "--out", tmp_path / "made", "-q") == 0
    assert pq.read_table(tmp_path / "made/companies.parquet")["name"].to_pylist() == ["Alpha", "Beta"]


@pytest.mark.parametrize(
    ("setting", "where", "problem"),
    [
        ({"rankers": ["gnm"]}, "rankers", "there is no ranker 'gnm'. Did you mean 'gnn'?"),
        ({"rankers": ["sage"]}, "rankers", "sage can only be compared"),
        ({"task": "leeds"}, "task", "there is no task 'leeds'. Did you mean 'leads'?"),
        ({"store": "neo5j"}, "store", "there is no store 'neo5j'. Did you mean 'neo4j'?"),
    ],
)
def test_a_part_that_there_is_not_is_refused_before_any_work(
    setting: dict[str, object], where: str, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        graphlead.discover(**FILES, out=tmp_path / "out", quiet=True, **setting)
    assert refused.value.where == where
    assert problem in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_registries_load_nothing_before_it_is_used() -> None:
    heavy = ("numpy", "pandas", "torch", "torch_geometric", "xgboost", "duckdb", "neo4j", "ladybug")
    rooms = ", ".join(
        f"graphlead.{room}" for room in ("learn.registry", "stores.registry", "connectors.registry", "tasks")
    )
    program = f"import sys, {rooms}; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    assert task_of("leads").models == ("pagerank", "tabular", "tabular_graph", "gnn")

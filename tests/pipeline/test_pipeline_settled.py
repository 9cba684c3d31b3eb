"""A run where the graph network is worth less than its linear part, and one where it is worth more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.common.console import Console
from graphlead.core.arrays import Floats
from graphlead.learn.classifiers import Ridge
from graphlead.learn.trained import TrainedNetwork
from graphlead.pipeline.discover import score_again
from graphlead.pipeline.explain import explain_company
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result

DATA = Path(__file__).parents[2] / "data"
FILES = {name: DATA / f"{name}.csv" for name in ("companies", "links", "clients")}
ALONE = "The graph network is its linear part alone: what it learned beyond that adds nothing"


def misled(network: TrainedNetwork, inputs: Floats, linear: Floats) -> Floats:
    """The scores of a network that learned to turn its linear part round."""
    return -linear


def blind(ridge: Ridge, matrix: Floats) -> Floats:
    """The scores of a linear part that tells nothing."""
    return np.zeros(len(matrix), np.float32)


def run(out: Path) -> Result:
    return graphlead.discover(**FILES, out=out, folds=3, quiet=True, rankers=("tabular", "gnn"))


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TrainedNetwork, "scores", misled)
        return run(tmp_path_factory.mktemp("settled") / "out")


def test_the_verdict_says_that_the_network_adds_nothing(settled: Result) -> None:
    assert ALONE in settled.summary["verdict"]
    assert ALONE in (settled.folder / "report.html").read_text("utf-8")


def test_the_list_is_that_of_the_linear_part(settled: Result) -> None:
    assert read(settled.folder / "metrics.json")["ranker"]["members"] == {"linear": 1.0}
    scores = settled.scores
    np.testing.assert_array_equal(scores["gnn"], scores["linear"])
    assert scores["linear"].is_monotonic_decreasing
    assert scores["linear"].nunique() > len(scores) / 2
    by_ranker = settled.metrics[settled.metrics["metric"] == "ap"].set_index(["split", "ranker"])["value"]
    for split in by_ranker.index.unique("split"):
        assert by_ranker[split, "gnn"] == by_ranker[split, "linear"]


def test_the_linear_part_gives_the_reasons_and_scores_a_newer_register(
    settled: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainedNetwork, "scores", misled)
    first = settled.leads["company_id"][0]
    explained = explain_company(FinishedRun(settled.folder), first)
    assert explained.rank == 1
    assert explained.evidence.contributions
    console = Console(quiet=True)
    again = score_again(
        settled.folder, FILES["companies"], FILES["links"], tmp_path / "newer", console, clients=None, top=500
    )
    pd.testing.assert_frame_equal(again.scores[["company_id", "gnn"]], settled.scores[["company_id", "gnn"]])


def test_a_network_that_finds_what_its_linear_part_does_not_makes_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ridge, "log_odds", blind)
    result = run(tmp_path / "out")
    assert "linear part alone" not in result.summary["verdict"]
    assert "the linear part of the graph network" in result.summary["verdict"]
    assert read(result.folder / "metrics.json")["ranker"]["members"] == {"gnn": 1.0}
    assert not result.scores["linear"].any()
    assert result.scores["gnn"].is_monotonic_decreasing

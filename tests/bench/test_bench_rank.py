"""The comparison from end to end on a tiny generated world, in this process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rank
from rank_bench import jobs
from rank_bench.cost import Cost, in_own_process, one_core
from rank_bench.fit import fit

from graphlead.common.parallel import side_by_side
from graphlead.core.errors import InputError
from graphlead.tasks import leads
from graphlead.world import World, WorldSettings, make_world

PEERS = ["random", "logistic", "elkan_noto", "trees_neighbours"]


class Processes:
    """Runs what the comparison would start in a process of its own, and notes what that was."""

    def __init__(self) -> None:
        self.started: list[tuple[str, object]] = []

    def __call__(self, function: Callable[..., object], *arguments: object) -> tuple[object, Cost]:
        self.started.append((function.__name__, arguments[-1]))
        return function(*arguments), Cost(3.0, 70.0)

    def names(self) -> list[str]:
        names = [name for name, _ in self.started]
        self.started.clear()
        return names


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> World:
    settings = WorldSettings(companies=300, clients=20, seed=1)
    return make_world(tmp_path_factory.mktemp("worlds") / "tiny", settings)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """Everything in this process, and a product with two quick rankers."""
    here = Processes()
    monkeypatch.setattr(jobs, "in_own_process", here)
    monkeypatch.setattr(leads, "LEADS", replace(leads.LEADS, models=("pagerank", "tabular")))
    return here


def test_what_is_there_is_not_run_again(
    tiny: World, processes: Processes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(tiny.folder), "--out", str(tmp_path), "--seeds", "0", "--rankers"]
    assert rank.main([*command, "list", "pagerank", "tabular", "--keep"]) == 0
    assert processes.names() == ["run_and_score", "fit"]
    first = capsys.readouterr().out
    assert (tmp_path / "table.md").read_text() == first

    run = tmp_path / "runs/tiny/all-typed-0/seller/run"
    of_run = pd.read_parquet(run / "scores.parquet").set_index("company_id")
    again = fit(run, run, ["pagerank", "tabular"]).scores.loc[of_run.index]
    np.testing.assert_allclose(again["pagerank"], of_run["pagerank"], rtol=1e-6)
    np.testing.assert_allclose(again["tabular"], of_run["tabular"], rtol=1e-6)

    assert rank.main([*command, "list", "pagerank", "tabular"]) == 0
    assert processes.names() == []
    assert capsys.readouterr().out == first

    assert rank.main([*command, "list", "pagerank", *PEERS]) == 0
    assert processes.started[-1][1] == PEERS
    assert not run.exists()
    results = json.loads((tmp_path / "results/tiny/all-typed-0/seller.json").read_text())
    assert list(results) == ["list", "pagerank", "tabular", *PEERS]
    assert results["list"]["cpu_s"] == 3.0
    assert results["logistic"]["cpu_s"] > 0
    precision = {name: result["pools"]["all"]["ap"] for name, result in results.items()}
    assert max(precision, key=precision.__getitem__) != "random"
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert {line.split()[1] for line in lines[2:]} == {"list", "pagerank", *PEERS}


def test_a_failure_is_reported_and_leaves_nothing_behind(
    tiny: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise InputError("the list is empty.", where="clients.csv")

    monkeypatch.setattr(jobs, "in_own_process", refuse)
    assert rank.main([str(tiny.folder), "--out", str(tmp_path), "--seeds", "0", "1"]) == 1
    said = capsys.readouterr()
    assert "tiny/all-typed-1/seller: clients.csv: the list is empty." in said.err
    assert "2 of 2 failed" in said.err
    assert list((tmp_path / "results").rglob("*.json")) == []


def test_a_process_of_its_own_returns_what_the_work_gives_and_costs() -> None:
    result, cost = in_own_process(sum, [1, 2, 3])
    assert result == 6
    assert cost.cpu_s > 0
    assert cost.peak_mb > 1
    assert Cost(1.0, 50.0).and_then(Cost(2.0, 40.0)) == Cost(3.0, 50.0)


@pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="this system does not say which cores there are"
)
def test_on_one_core_work_is_done_one_after_the_other() -> None:
    before, busy, together = os.sched_getaffinity(0), 0, []

    def work(_: int) -> None:
        nonlocal busy
        busy += 1
        together.append(busy)
        time.sleep(0.01)
        busy -= 1

    with one_core():
        list(side_by_side(work, range(4)))
    assert together == [1, 1, 1, 1]
    assert os.sched_getaffinity(0) == before

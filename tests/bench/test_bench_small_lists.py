"""Lists drawn from a client list, on a tiny world with new companies, and the table of what was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import small_lists
from rank_bench.worlds import World, read_worlds

from graphlead.core.errors import InputError
from graphlead.tasks import leads
from graphlead.world import WorldSettings, make_world

ROLES = {"client": "client", "past_client": "past_client", "won_later": "won_new"}
SIZES = (8, 16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of one seller with 20 clients; all its 300 companies are new."""
    made = make_world(tmp_path_factory.mktemp("made"), WorldSettings(companies=300, clients=20, seed=1))
    world = tmp_path_factory.mktemp("worlds") / "tiny"
    (world / "client_lists").mkdir(parents=True)
    truth = pd.read_csv(made.truth, dtype=str)
    roles = truth[truth["role"].isin(ROLES)]
    pd.DataFrame({
        "seller_id": "A", "company_id": roles["company_id"], "role": roles["role"].map(ROLES),
    }).to_parquet(world / "sellers.parquet")  # fmt: skip
    pd.read_csv(made.companies, dtype=str).assign(pool="new").to_parquet(world / "companies.parquet")
    pd.read_csv(made.links, dtype=str).to_parquet(world / "links.parquet")
    pd.DataFrame({"seller_id": ["A"], "company_id": ["nobody"]}).to_parquet(world / "same_as_client.parquet")
    lines = pd.read_csv(made.clients, dtype=str).drop(columns="won_on")
    lines.to_csv(world / "client_lists" / "A.csv", index=False)
    return world


@pytest.fixture
def world(folder: Path, tmp_path: Path) -> World:
    return read_worlds(folder, tmp_path / "prepared", None)[0]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product with two quick rankers."""
    monkeypatch.setattr(leads, "LEADS", replace(leads.LEADS, models=("pagerank", "tabular")))


def measurements(
    *values: tuple[str, str, float], size: int = 25, blended: Sequence[str] = ()
) -> pd.DataFrame:
    """Rows of seller, ranker and net average precision."""
    rows = pd.DataFrame(values, columns=["seller", "ranker", "net_ap"])
    return rows.assign(size=size, seed=0, clients=size - 1, blended=[list(blended)] * len(rows))


def test_only_lists_that_have_the_lines_are_drawn(world: World) -> None:
    lines = len(small_lists.typed(world.sellers[0]))
    jobs = small_lists.jobs_of(world, [8, lines, lines + 1], None, 2)
    assert [job.name for job in jobs] == ["A-8-0", "A-8-1", f"A-{lines}-0", f"A-{lines}-1"]
    assert small_lists.jobs_of(world, [lines + 1], None, 1) == []


def test_smaller_lists_are_parts_of_larger_ones_and_all_clients_are_suppressed(
    world: World, folder: Path, tmp_path: Path
) -> None:
    seller, lists = world.sellers[0], {}
    for size in SIZES:
        for draw in (0, 1):
            settings = small_lists.settings_of(world, small_lists.Job(seller, size, draw), tmp_path)
            lists[size, draw] = set(pd.read_csv(settings.clients)["name"])
            assert len(pd.read_csv(settings.clients)) == size
    assert lists[8, 0] < lists[16, 0]
    assert lists[8, 0] != lists[8, 1]
    assert settings.suppress is not None
    roles = pd.read_parquet(folder / "sellers.parquet")
    expected = roles.loc[roles["role"].isin(["client", "past_client"]), "company_id"]
    assert set(pd.read_csv(settings.suppress)["company_id"]) == set(expected)


@pytest.mark.usefixtures("quick")
def test_what_was_measured_is_kept_and_nothing_else_of_the_run_but_the_register(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(folder), "--out", str(tmp_path), "--sizes", "16"]
    assert small_lists.main(command) == 0
    first = capsys.readouterr().out
    stages = {path.name.partition("-")[0] for path in (tmp_path / "run").rglob("*-*") if path.is_dir()}
    assert stages == {"register", "same"}
    found = json.loads((tmp_path / "results/A-16-0.json").read_text())
    assert 4 <= found["clients"] <= 16
    assert set(found["net_ap"]) == {"list", "pagerank", "tabular"}
    assert set(found["blended"]) <= {"pagerank", "tabular"}
    assert all(0 < figure < 1 for figure in found["net_ap"].values())
    assert first.splitlines()[2].startswith(
        f"| 16 | 1 | {found['clients']} | {found['net_ap']['list']:.3f} |"
    )

    monkeypatch.setattr(small_lists, "measured", None)
    assert small_lists.main(command) == 0
    assert capsys.readouterr().out == first


def test_a_failure_is_reported_and_the_others_go_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(world: World, job: small_lists.Job, out: Path) -> object:
        if job.size == 8:
            raise InputError("only 3 clients were found.", where="clients.csv")
        return {"clients": 15, "blended": ["pagerank"], "net_ap": {"list": 0.2, "pagerank": 0.2}}

    monkeypatch.setattr(small_lists, "measured", refuse)
    assert small_lists.main([str(folder), "--out", str(tmp_path), "--sizes", "8", "16"]) == 1
    said = capsys.readouterr()
    assert "A-8-0: clients.csv: only 3 clients were found." in said.err
    assert said.out.splitlines()[2].startswith("| 16 | 1 | 15 | 0.200 | 0.200 | pagerank | +0.000 | 0 of 1 |")


def test_the_list_is_compared_with_the_ranker_that_is_best_on_average() -> None:
    """For A the walk is best, for B the trees; on average the trees are."""
    small = measurements(
        ("A", "list", 0.30), ("A", "pagerank", 0.31), ("A", "tabular", 0.28),
        ("B", "list", 0.40), ("B", "pagerank", 0.20), ("B", "tabular", 0.40),
        blended=["pagerank", "tabular"],
    )  # fmt: skip
    large = measurements(("A", "list", 0.5), ("A", "pagerank", 0.6), ("A", "tabular", 0.1), size=100)
    lines = small_lists.table(pd.concat([large, small])).splitlines()
    # Differences 0.02 and 0: 12.7062 times the standard error 0.01 on either side of 0.01.
    assert lines[2] == (
        "| 25 | 2 | 24 | 0.350 | 0.255 | 0.340 | tabular | +0.010 [-0.117, +0.137] | 1 of 2 | pagerank 2, tabular 2 |"
    )
    assert lines[3] == "| 100 | 1 | 99 | 0.500 | 0.600 | 0.100 | pagerank | -0.100 | 0 of 1 |  |"
    assert small_lists.table(pd.DataFrame()) == "There are no results yet."

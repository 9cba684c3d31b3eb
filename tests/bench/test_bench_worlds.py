"""Worlds as the comparison reads them, and rankings judged in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from rank_bench.figures import judged
from rank_bench.jobs import jobs_of
from rank_bench.worlds import read_worlds

from graphlead.core.errors import InputError
from graphlead.world import World

ROLES = {
    "AG1": {"client": ["k0"], "past_client": ["k1"], "won_new": [f"n{i}" for i in range(10)],
            "won_known": [f"k{i}" for i in range(2, 11)]},
    "AG2": {"client": ["k1"], "won_new": ["n0"], "won_known": ["k0"]},
}  # fmt: skip


@pytest.fixture
def with_pools(tmp_path: Path) -> Path:
    """A folder with a world of 20 known and 20 new companies; AG2 has won too few to be judged."""
    world = tmp_path / "worlds" / "small"
    (world / "client_lists").mkdir(parents=True)
    ids = [f"{pool}{i}" for pool in "kn" for i in range(20)]
    companies = pd.DataFrame({"company_id": ids, "name": ids, "pool": ["known"] * 20 + ["new"] * 20})
    companies.to_parquet(world / "companies.parquet")
    links = pd.DataFrame({"source_id": ["k0", "k0"], "target_id": ["k1", "n1"], "kind": ["address"] * 2})
    links.to_parquet(world / "links.parquet")
    roles = [(s, c, role) for s, of in ROLES.items() for role, some in of.items() for c in some]
    pd.DataFrame(roles, columns=["seller_id", "company_id", "role"]).to_parquet(world / "sellers.parquet")
    same = pd.DataFrame({"seller_id": ["AG1", "AG2"], "company_id": ["n19", "n18"]})
    same.to_parquet(world / "same_as_client.parquet")
    return world.parent


def test_a_world_with_pools_gives_a_register_for_each_protocol(with_pools: Path, tmp_path: Path) -> None:
    (world,) = read_worlds(with_pools, tmp_path / "prepared", None)
    assert world.name == "small"
    tables = {
        name: [pd.read_parquet(path) for path in register] for name, register in world.registers.items()
    }
    assert {name: (len(companies), len(links)) for name, (companies, links) in tables.items()} == {
        "all": (40, 2),
        "known": (20, 1),
    }
    assert "pool" not in tables["all"][0]


def test_truth_is_for_candidates_alone(with_pools: Path, tmp_path: Path) -> None:
    (world,) = read_worlds(with_pools / "small", tmp_path / "prepared", None)
    (seller,) = world.sellers
    candidates = seller.candidates.set_index("company_id")
    assert seller.name == "AG1"
    assert pd.read_csv(seller.suppress)["company_id"].tolist() == ["k1"]
    assert {"k0", "k1"} & set(candidates.index) == set()
    assert candidates.index[candidates["won"]].tolist() == [
        *ROLES["AG1"]["won_known"],
        *ROLES["AG1"]["won_new"],
    ]
    assert candidates.index[candidates["same"]].tolist() == ["n19"]


def test_there_is_a_job_for_each_protocol_seed_and_kind_of_list_that_is_there(
    with_pools: Path, tmp_path: Path
) -> None:
    worlds = read_worlds(with_pools, tmp_path / "prepared", None)
    jobs = jobs_of(worlds, ["all", "known"], ["typed", "dated"], [0, 3])
    assert [str(job.place) for job in jobs] == [
        f"small/{protocol}-typed-{seed}/AG1" for protocol in ("all", "known") for seed in (0, 3)
    ]


def test_a_generated_world_is_one_pool_without_planted_duplicates(small_world: World, tmp_path: Path) -> None:
    (world,) = read_worlds(small_world.folder, tmp_path, None)
    (seller,) = world.sellers
    truth = pd.read_csv(small_world.truth)
    assert list(world.registers) == ["all"]
    assert set(seller.candidates["company_id"]) == set(
        truth.loc[truth["role"].isin(["won_later", "other"]) & truth["duplicate_of"].isna(), "company_id"]
    )
    assert seller.candidates["won"].sum() == (truth["role"] == "won_later").sum()
    assert "won_on" in pd.read_csv(seller.clients["dated"])
    undated = pd.read_csv(seller.clients["typed"])
    assert list(undated) == ["name", "city", "region"]
    assert len(undated) == len(pd.read_csv(small_world.clients))


def test_a_folder_without_a_world_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="there is no world here"):
        read_worlds(tmp_path, tmp_path / "prepared", None)


def test_a_ranking_is_judged_in_each_pool_that_won_enough(with_pools: Path, tmp_path: Path) -> None:
    """The best is a client under another record; the ten that were won follow, but one that has no score."""
    (world,) = read_worlds(with_pools, tmp_path / "prepared", None)
    scores = pd.Series({"n19": 100.0} | {f"n{i}": 50.0 - i for i in range(9)} | {"n10": -5.0})
    figures = judged(scores, world.sellers[0].candidates)
    assert list(figures) == ["new"]
    # Nine hits at the places 2 to 10; the tenth shares the last place with the nine others without a score.
    gross = (sum(i / (i + 1) for i in range(1, 10)) + 10 / 20) / 10
    net = (9 + 10 / 19) / 10
    assert figures["new"] == pytest.approx({"ap": gross, "net_ap": net, "recall_1": 0.0, "recall_5": 0.0})
    ahead = judged(scores.drop("n19"), world.sellers[0].candidates)
    assert ahead["new"]["recall_5"] == pytest.approx(0.1)

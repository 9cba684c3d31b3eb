"""Generated worlds: reproducible, shaped as promised, and with truths that can be found again in the data."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from graphlead.core.errors import SettingsError
from graphlead.world import World, WorldSettings, make_world
from graphlead.world.dirt import BROKEN_DATES, IMPOSSIBLE_SHARES, PLACEHOLDERS


def read(path: Path) -> pd.DataFrame:
    """Every cell as text, empty where it is empty."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def truth_of(world: World) -> pd.DataFrame:
    numbers = dict.fromkeys(
        ("probability", "reachable", "affinity", "owner_signal", "neighbour_signal"), float
    )
    truth = pd.read_csv(world.truth, dtype=numbers, keep_default_na=False, na_values={})
    return truth[truth["duplicate_of"] == ""].set_index("company_id")


def planted_in(world: World, kind: str, column: str | None = None) -> list[str]:
    entries = json.loads(world.dirt.read_text())
    return [i for e in entries if e["kind"] == kind and column in (None, e["column"]) for i in e["ids"]]


@pytest.fixture(scope="session")
def large_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Large enough for shares to be measured."""
    settings = WorldSettings(companies=20_000, clients=800, seed=2)
    return make_world(tmp_path_factory.mktemp("large_world"), settings)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_settings_give_the_same_bytes(tmp_path: Path, file_format: str) -> None:
    settings = WorldSettings(companies=400, clients=20, seed=3, format=file_format)
    for name in ("one", "two"):
        make_world(tmp_path / name, settings)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    one, two = (
        make_world(tmp_path / str(s), WorldSettings(companies=400, clients=20, seed=s)) for s in (1, 2)
    )
    assert one.companies.read_bytes() != two.companies.read_bytes()


def test_the_sample_under_data_is_what_its_command_writes(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "data"
    make_world(tmp_path, WorldSettings(companies=1150, clients=70, seed=7, dirt=0.004))
    for file in (
        "companies.csv",
        "links.csv",
        "clients.csv",
        "past.csv",
        "truth/truth.csv",
        "truth/dirt.json",
    ):
        assert (tmp_path / file).read_bytes() == (sample / file).read_bytes(), file
    tables = [path for path in sample.rglob("*") if path.suffix in (".csv", ".json")]
    assert 50_000 < sum(path.stat().st_size for path in tables) < 500_000


def test_large_tables_are_parquet_and_clients_stay_readable() -> None:
    assert WorldSettings(companies=100_000).suffix == "parquet"
    assert WorldSettings(companies=99_999).suffix == "csv"
    assert WorldSettings(companies=100_000, format="csv").suffix == "csv"


@pytest.mark.parametrize(
    "wrong",
    [{"companies": 10}, {"clients": 2}, {"clients": 2000}, {"seed": -1}, {"dirt": 0.5}, {"format": "xls"}],
)
def test_impossible_settings_are_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        WorldSettings(**wrong)


def test_sizes_are_as_asked(small_world: World) -> None:
    truth, clients = truth_of(small_world), read(small_world.clients)
    copies = len(planted_in(small_world, "duplicate_id")) + len(planted_in(small_world, "duplicate_company"))
    assert len(truth) == 1500
    assert len(read(small_world.companies)) == 1500 + copies
    assert (truth["role"] == "client").sum() == 100
    assert len(clients) == 103
    assert len(read(small_world.past)) == (truth["role"] == "past_client").sum() == 12
    assert (truth["role"] == "won_later").sum() > 50


def test_namibia_and_leading_zeros_are_there(small_world: World) -> None:
    companies = read(small_world.companies)
    assert set(companies["country"]) == {"DE", "FR", "NL", "PL", "AT", "NA"}
    assert companies["postcode"].str.startswith("0").sum() > 20
    assert companies["nace"].str.fullmatch(r"\d\d(\.\d{1,2})?|").all()
    assert companies["nace"].str.startswith("0").sum() > 20


def test_values_are_missing_where_companies_are_small(large_world: World) -> None:
    companies = read(large_world.companies)
    employees = pd.to_numeric(companies["employees"])
    missing = companies["revenue_keur"] == ""
    assert missing[employees < 10].mean() > 2 * missing[employees >= 10].mean()


def test_ownership_groups_follow_a_power_law_and_some_owners_hold_each_other(large_world: World) -> None:
    links = read(large_world.links)
    owns = links[(links["kind"] == "owns") & (links["source_type"] == "company")]
    graph = nx.DiGraph(zip(owns["source_id"], owns["target_id"], strict=True))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    cycles = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
    assert len(cycles) >= 5
    sizes = np.array([len(part) for part in nx.weakly_connected_components(graph)])
    assert (sizes == 2).sum() > (sizes == 3).sum() > (sizes == 6).sum()
    assert sizes.max() > 40


def test_shares_are_exact_banded_or_unknown_and_add_up(large_world: World) -> None:
    links = read(large_world.links)
    dirty = {
        i
        for kind in ("impossible_share", "shares_above_100", "self_ownership")
        for i in planted_in(large_world, kind)
    }
    repeated = planted_in(large_world, "duplicate_link")
    owns = links[(links["kind"] == "owns") & ~links["target_id"].isin(dirty | set(repeated))]
    banded, unknown = owns["share"].str.contains("-").mean(), (owns["share"] == "").mean()
    assert 0.1 < banded < 0.25
    assert 0.1 < unknown < 0.25
    exact = pd.to_numeric(owns["share"], errors="coerce")
    assert exact.dropna().between(0, 100).all()
    assert exact.groupby(owns["target_id"]).sum().max() <= 100


def test_outside_owners_and_directors_are_not_companies(small_world: World) -> None:
    links, companies = read(small_world.links), set(read(small_world.companies)["company_id"])
    inside = links["source_type"] == "company"
    assert set(links.loc[inside, "source_id"]) <= companies
    assert not set(links.loc[~inside, "source_id"]) & companies
    assert set(links.loc[~inside, "source_type"]) == {"holder", "person"}
    assert set(links["target_id"]) - companies == set(planted_in(small_world, "unknown_id"))


def test_dirt_in_cells_is_where_the_truth_lists_it(small_world: World) -> None:
    first = read(small_world.companies).drop_duplicates("company_id").set_index("company_id")
    assert first["founded"].isin(BROKEN_DATES).sum() == len(planted_in(small_world, "broken_date"))
    assert set(first.index[first["founded"].isin(BROKEN_DATES)]) == set(
        planted_in(small_world, "broken_date")
    )
    for column, value in PLACEHOLDERS.items():
        assert set(first.index[first[column] == value]) == set(planted_in(small_world, "placeholder", column))
    employees, revenue = pd.to_numeric(first["employees"]), pd.to_numeric(first["revenue_keur"])
    assert set(first.index[employees > 1_000_000]) == set(planted_in(small_world, "outlier"))
    assert set(first.index[revenue < 0]) == set(planted_in(small_world, "negative"))


def test_planted_duplicates_are_duplicates(small_world: World) -> None:
    companies = read(small_world.companies)
    repeated = companies.loc[companies["company_id"].duplicated(), "company_id"]
    assert sorted(repeated) == sorted(planted_in(small_world, "duplicate_id"))
    truth = read(small_world.truth).set_index("company_id")
    first = companies.drop_duplicates("company_id").set_index("company_id")
    for copy in planted_in(small_world, "duplicate_company"):
        original = first.loc[truth.loc[copy, "duplicate_of"]]
        assert first.loc[copy, "name"].casefold() == original["name"].upper().casefold()
        assert first.loc[copy, "postcode"] == original["postcode"]


def test_dirt_in_links_is_where_the_truth_lists_it(small_world: World) -> None:
    links = read(small_world.links)
    found = links["share"].isin(IMPOSSIBLE_SHARES)
    assert sorted(links.loc[found, "target_id"]) == sorted(planted_in(small_world, "impossible_share"))
    loops = links[links["source_id"] == links["target_id"]]
    assert sorted(loops["target_id"]) == sorted(planted_in(small_world, "self_ownership"))
    shares = pd.to_numeric(links["share"], errors="coerce").groupby(links["target_id"]).sum()
    assert (shares[planted_in(small_world, "shares_above_100")] > 100).all()
    again = links[links.duplicated(keep="first")]
    assert set(planted_in(small_world, "duplicate_link")) <= set(again["target_id"])


def test_a_clean_world_has_no_dirt(tmp_path: Path) -> None:
    world = make_world(tmp_path, WorldSettings(companies=400, clients=20, dirt=0))
    companies = read(world.companies)
    assert len(companies) == 400
    assert companies["company_id"].is_unique
    assert json.loads(world.dirt.read_text()) == []


def test_clients_have_the_attributes_that_buyers_have(large_world: World) -> None:
    truth = truth_of(large_world)
    client = truth["role"] == "client"
    in_target = truth["target_industry"].astype(bool)
    assert in_target[client].mean() > 3 * in_target.mean()


def test_companies_with_a_client_sibling_or_neighbour_buy_more_often(large_world: World) -> None:
    truth = truth_of(large_world)
    buys = truth["role"] != "other"
    for signal in ("owner_signal", "neighbour_signal"):
        near = truth[signal] > 0
        assert 0.02 < near.mean() < 0.3
        assert buys[near].mean() > 3 * buys[~near].mean()


def test_siblings_of_clients_can_be_found_in_the_links(large_world: World) -> None:
    truth, links = truth_of(large_world), read(large_world.links)
    owns = links[
        (links["kind"] == "owns")
        & links["source_id"].isin(truth.index)
        & links["target_id"].isin(truth.index)
    ]
    graph = nx.Graph(zip(owns["source_id"], owns["target_id"], strict=True))
    near = truth.index[truth["owner_signal"] > 0]
    groups = {node: number for number, part in enumerate(nx.connected_components(graph)) for node in part}
    with_buyer = {groups.get(i) for i in truth.index[truth["role"] != "other"]} - {None}
    assert all(groups[company] in with_buyer for company in near)


def test_buyers_at_home_are_clients_already(large_world: World) -> None:
    truth = truth_of(large_world)
    home = truth["home_region"].astype(bool)
    assert home[truth["role"] == "client"].mean() > 1.5 * home[truth["role"] == "won_later"].mean()


def test_clients_reach_further_than_attributes_and_less_far_than_the_whole_truth(large_world: World) -> None:
    truth = truth_of(large_world)
    candidates = truth[truth["role"].isin(["won_later", "other"])]
    later = candidates["role"] == "won_later"
    known = ("affinity", "reachable", "probability")
    attributes, reachable, everything = (average_precision_score(later, candidates[name]) for name in known)
    assert attributes + 0.02 < reachable < everything - 0.02


def test_without_social_ties_only_attributes_decide(tmp_path: Path) -> None:
    truth = truth_of(make_world(tmp_path, WorldSettings(companies=2000, clients=100, social=0)))
    assert (truth["owner_signal"] == 0).all()
    assert (truth["neighbour_signal"] == 0).all()
    one_affinity = truth.groupby("affinity")[["probability", "reachable"]].nunique()
    assert (one_affinity == 1).all(axis=None)


def test_wins_have_a_season_and_respect_the_snapshot(large_world: World) -> None:
    truth = truth_of(large_world)
    won = pd.to_datetime(truth.loc[truth["won_on"] != "", "won_on"])
    role = truth.loc[won.index, "role"]
    assert (won[role == "client"] <= "2025-06-30").all()
    assert (won[role == "won_later"] > "2025-06-30").all()
    month = won[role == "won_later"].dt.month
    assert month.isin([3, 10]).sum() > 2 * month.isin([7, 8]).sum()
    assert (truth["won_on"] == "").eq(truth["role"] == "other").all()


def test_typed_names_lead_back_to_the_register(small_world: World) -> None:
    typed, clients = read(small_world.typed_truth), read(small_world.clients)
    assert typed[clients.columns.tolist()].equals(clients)
    names = read(small_world.companies).drop_duplicates("company_id").set_index("company_id")["name"]
    known = typed[typed["company_id"] != ""]
    truth = truth_of(small_world)
    assert set(known["company_id"]) == set(truth.index[truth["role"] == "client"])
    verbatim = (known["name"].to_numpy() == names[known["company_id"]].to_numpy()).mean()
    assert 0.05 < verbatim < 0.7
    assert (clients["city"] == "").sum() > 10

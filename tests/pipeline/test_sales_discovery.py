"""convert and churn beside a finished discovery run: its companies behind the cases, its scores among the features."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import planted_sales as planted
import pytest
from tiny import COMPANIES, command

from graphlead.core.around import SCORE
from graphlead.pipeline.sales.finished import FinishedSales


@pytest.fixture(scope="module")
def companies(whole: Path) -> pd.DataFrame:
    """The register of the discovery run."""
    return pd.read_csv(whole.parent / "companies.csv")


@pytest.fixture(scope="module")
def sold(whole: Path, companies: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a convert run with leads of the register's companies, by name, its inputs beside it."""
    folder = tmp_path_factory.mktemp("sold")
    for name, table in zip(("leads", "open"), planted.leads(), strict=True):
        place = table["account"].str.rpartition(" ")[2].astype(int)
        table.assign(account=companies["name"][place].to_numpy()).to_csv(folder / f"{name}.csv", index=False)
    given = ("--leads", folder / "leads.csv", "--open", folder / "open.csv", "--run", whole)
    assert command("convert", *given, "--out", folder / "out", "-q") == 0
    return folder / "out"


def check(run: Path) -> None:
    """The verdict on the register is complete, and its figures make up its text."""
    graph = json.loads((run / "metrics.json").read_text("utf-8"))["graph"]
    assert set(graph) == {"matched", "auc_without", "auc_with", "low", "high", "helps", "text"}
    assert graph["matched"] == 1
    assert graph["helps"] == (graph["low"] > 0)
    for name in ("auc_without", "auc_with"):
        assert f"{graph[name]:.3f}" in graph["text"]
    around = FinishedSales(run).around
    assert around is not None
    assert SCORE in set(around.features)
    assert around.features[SCORE].notna().all()
    assert around.company_id.notna().all()


def test_convert_knows_the_companies_and_scores_of_a_discovery_run(
    sold: Path, companies: pd.DataFrame
) -> None:
    check(sold)
    scored = pd.read_parquet(sold / "leads_scored.parquet").set_index("id")
    accounts = pd.read_csv(sold.parent / "open.csv").set_index("lead_id")["account"]
    ids = companies.set_index("name")["company_id"]
    assert (scored["company_id"] == ids.loc[accounts.loc[scored.index]].to_numpy()).all()
    assert len(scored) == planted.OPEN


def test_the_same_cases_get_the_same_scores_by_the_same_discovery_run(sold: Path, tmp_path: Path) -> None:
    opened = sold.parent / "open.csv"
    assert command("score", "--run", sold, "--open", opened, "--out", tmp_path / "again", "-q") == 0
    before, after = (pd.read_parquet(each / "leads_scored.parquet") for each in (sold, tmp_path / "again"))
    assert after.equals(before)


def test_churn_knows_the_companies_and_scores_of_a_discovery_run(whole: Path, tmp_path: Path) -> None:
    orders = planted.orders()
    orders = orders[orders["customer_id"] < "C25"]
    ids = "C0" + orders["customer_id"].str.slice(1)
    orders.assign(customer_id=ids).to_csv(tmp_path / "orders.csv", index=False)
    out = tmp_path / "out"
    given = ("--events", tmp_path / "orders.csv", "--run", whole, "--within", 60)
    assert command("churn", *given, "--out", out, "-q") == 0
    scored = pd.read_parquet(out / "customers_scored.parquet")
    assert (scored["company_id"] == scored["id"]).all()
    assert set(scored["id"]) <= {f"C{i:03}" for i in range(COMPANIES)}
    check(out)

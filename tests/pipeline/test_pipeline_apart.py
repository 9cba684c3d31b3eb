"""Another record of a client is set apart: scored, but on no list and without a rank."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.core.errors import InputError
from graphlead.pipeline.explain import explain_company
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.result import Result

DATA = Path(__file__).parents[2] / "data"
RANKERS = ["pagerank", "tabular_graph"]
TWICE = 3


@pytest.fixture(scope="module")
def clients() -> list[str]:
    """The clients that the register lists twice."""
    return pd.read_csv(DATA / "truth" / "clients.csv", dtype=str)["company_id"].dropna().tolist()[:TWICE]


@pytest.fixture(scope="module")
def result(clients: list[str], tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("apart")
    companies = pd.read_csv(DATA / "companies.csv", dtype=str, keep_default_na=False)
    again = companies.drop_duplicates("company_id").set_index("company_id").loc[clients].reset_index()
    again["company_id"] = [f"again-{client}" for client in clients]
    pd.concat([companies, again]).to_csv(folder / "companies.csv", index=False)
    return graphlead.discover(
        companies=folder / "companies.csv", links=DATA / "links.csv", clients=DATA / "clients.csv",
        out=folder / "out", folds=3, quiet=True, rankers=RANKERS,
    )  # fmt: skip


def test_other_records_of_clients_have_scores_and_no_rank(result: Result, clients: list[str]) -> None:
    table = pd.read_parquet(result.folder / "scores.parquet")
    apart = table.tail(TWICE).set_index("company_id")
    assert apart["record_of"].to_dict() == {f"again-{client}": client for client in clients}
    assert apart["score"].between(0, 1).all()
    assert np.isfinite(apart[RANKERS].to_numpy(float)).all()
    assert apart[["rank", "rank_all", "nearest_client_id"]].isna().all(axis=None)
    assert table["company_id"].is_unique
    ranked = table.head(-TWICE)
    assert ranked["record_of"].isna().all()
    assert ranked["rank_all"].tolist() == list(range(1, len(ranked) + 1))


def test_they_score_as_the_company_that_they_are_a_record_of_would(result: Result) -> None:
    """They share its town, its trade and its owner, so they are among the best."""
    table = pd.read_parquet(result.folder / "scores.parquet")
    apart = table.tail(TWICE)
    assert apart["score"].mean() > 2 * table["score"].mean()


def test_they_are_on_no_list_and_counted_as_duplicates(result: Result, clients: list[str]) -> None:
    apart = {f"again-{client}" for client in clients}
    for listed in (result.scores, result.leads, result.whitespace, FinishedRun(result.folder).scores):
        assert not apart & set(listed["company_id"])
    assert set(pd.read_csv(result.folder / "duplicates.csv", dtype=str)["company_id"]) == apart
    assert result.summary["duplicates"]["all"] == TWICE


def test_a_record_of_a_client_is_not_explained(result: Result, clients: list[str]) -> None:
    with pytest.raises(InputError, match=r"another record of your client .*: it has no rank"):
        explain_company(FinishedRun(result.folder), f"again-{clients[0]}")

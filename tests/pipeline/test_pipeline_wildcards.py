"""Files and folders with ``*``, ``?`` and ``[`` in their names are read as themselves, whatever else fits the name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import graphlead
from graphlead import discover
from graphlead.common.console import Console
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import match_list
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.store import export_admin

DATA = Path(__file__).parents[2] / "data"
NAMED, OTHER = "[1]*?", "1zzz"
"""A name with wildcards, and one that fits it as a pattern."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two registers, lists, links and runs; the ids of those named OTHER begin with D instead of C."""
    folder = tmp_path_factory.mktemp("wild")
    companies = pd.read_csv(DATA / "companies.csv", dtype=str, keep_default_na=False).head(150)
    companies = companies[["company_id", "name", "city", "employees"]]
    links = pd.read_csv(DATA / "links.csv", dtype=str, keep_default_na=False)
    links = links[links["target_id"].isin(companies["company_id"])]
    for name, other in ((OTHER, True), (NAMED, False)):
        tables = {"c": companies, "k": links, "l": companies.iloc[::4][["company_id", "name"]]}
        for kind, table in tables.items():
            written = table.replace("^C(?=0)", "D", regex=True) if other else table
            written.to_csv(folder / f"{kind}{name}.csv", index=False)
        paths = {kind: folder / f"{kind}{name}.csv" for kind in tables}
        discover(
            companies=paths["c"], links=paths["k"], clients=paths["l"], out=folder / f"o{name}",
            rankers=("pagerank",), quiet=True,
        )  # fmt: skip
    return folder


def test_promise_9_a_run_is_of_its_own_files(runs: Path) -> None:
    result = graphlead.open_run(runs / f"o{NAMED}")
    assert result.scores["company_id"].str.startswith("C").all()
    assert result.register["company_id"].str.startswith("C").all()
    match = FinishedRun(runs / f"o{NAMED}").clients
    assert match.counts()["matched"] == len(match.table)


def test_promise_9_the_graph_of_a_run_and_its_export_are_of_its_own_files(runs: Path, tmp_path: Path) -> None:
    run = runs / f"o{NAMED}"
    with graphlead.open_graph(run) as graph:
        found = graph.to_pandas("MATCH (c:Company) RETURN c.company_id AS id")
    assert found["id"].str.startswith("C").all()
    export_admin(FinishedRun(run), tmp_path / NAMED)
    assert ",D0" not in "".join(path.read_text("utf-8") for path in (tmp_path / NAMED).glob("*.csv"))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_promise_9_a_list_is_matched_with_its_own_register(runs: Path, tmp_path: Path, form: str) -> None:
    paths = {}
    for name in (OTHER, NAMED):
        for kind in ("c", "l"):
            paths[kind] = tmp_path / f"{kind}{name}.{form}"
            if form == "csv":
                shutil.copy(runs / f"{kind}{name}.csv", paths[kind])
            else:
                pd.read_csv(runs / f"{kind}{name}.csv", dtype=str).to_parquet(paths[kind], index=False)
    settings = Settings(companies=paths["c"], clients=paths["l"], out=tmp_path)
    found = match_list(settings, Console(quiet=True)).table
    assert found["company_id"].str.startswith("C").all()
    assert found["outcome"].eq("matched").all()

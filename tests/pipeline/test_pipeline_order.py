"""The order of the rows of every file has no influence on a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import graphlead
from graphlead.core.clients import Cohort
from graphlead.pipeline.result import Result
from graphlead.pipeline.train import _folds

DATA = Path(__file__).parents[2] / "data"
FILES = {"companies": "companies", "links": "links", "clients": "clients", "suppress": "past"}


@pytest.fixture(scope="module")
def short_training() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphlead.learn.network.STEPS", 8)
        yield


def run(files: dict[str, Path], out: Path) -> Result:
    return graphlead.discover(
        **files, out=out, folds=3, quiet=True, rankers=("pagerank", "tabular_graph", "gnn")
    )


def shuffled(source: Path, target: Path) -> Path:
    """The table with its rows in another order, every cell as it was."""
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    table.sample(frac=1, random_state=3).to_csv(target, index=False)
    return target


def seen(out: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The leads, and everything else that a run's numbers are in; notes on the lists name their lines."""
    leads = pd.read_csv(out / "leads.csv", dtype=str).drop(columns="check_first")
    tables = (
        "scores.parquet",
        "register/companies.parquet",
        "register/links.parquet",
        "model/fitted.parquet",
    )
    return leads, {name: pq.read_table(out / name) for name in tables}


def test_shuffled_files_give_the_same_run_bit_for_bit(short_training: None, tmp_path: Path) -> None:
    files = {name: DATA / f"{file}.csv" for name, file in FILES.items()}
    other = {name: shuffled(path, tmp_path / path.name) for name, path in files.items()}
    run(files, tmp_path / "as-is")
    run(other, tmp_path / "shuffled")
    leads, tables = seen(tmp_path / "as-is")
    leads_again, tables_again = seen(tmp_path / "shuffled")
    assert (tmp_path / "as-is" / "evidence.json").read_bytes() == (
        tmp_path / "shuffled" / "evidence.json"
    ).read_bytes()
    for name, table in tables.items():
        # NaN is equal to NaN in data frames: the companies that no held-out split draws have no score by one.
        pd.testing.assert_frame_equal(table.to_pandas(), tables_again[name].to_pandas(), check_exact=True)
    pd.testing.assert_frame_equal(leads, leads_again)
    assert len(leads) == 500


@pytest.mark.parametrize(
    ("clients", "given", "folds"),
    [(249, None, 10), (250, None, 5), (249, 3, 3), (1_000, 20, 20), (12, None, 6), (4, 10, 2)],
)
def test_few_clients_get_more_folds_and_never_less_than_two_in_each(
    clients: int, given: int | None, folds: int
) -> None:
    nobody, days = np.zeros(0, np.int32), np.full(clients, np.datetime64("NaT"), "datetime64[D]")
    mine = np.arange(clients, dtype=np.int32)
    cohort = Cohort(n_companies=2_000, clients=mine, suppressed=nobody, won=days)
    assert _folds(cohort, given) == folds

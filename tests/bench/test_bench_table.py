"""The statistics of the comparison, against numbers worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from rank_bench.table import difference, table

COLUMNS = ["ranker", "seller", "seed", "ap"]


def rows_of(*values: tuple[str, str, int, float]) -> pd.DataFrame:
    """Rows of one world and pool; the other figures follow from the average precision."""
    rows = pd.DataFrame(values, columns=COLUMNS)
    return rows.assign(
        world="w", train="all", clients="typed", pool="new", code="c1", cpu_s=1.0, peak_mb=100.0,
        net_ap=rows["ap"] + 0.1, recall_1=rows["ap"] / 2, recall_5=rows["ap"],
    )  # fmt: skip


def test_seeds_are_averaged_before_the_interval_over_sellers() -> None:
    rows = rows_of(
        ("list", "A", 0, 0.10), ("list", "A", 1, 0.30), ("list", "B", 0, 0.20), ("list", "B", 1, 0.20),
        ("gnn", "A", 0, 0.20), ("gnn", "A", 1, 0.40), ("gnn", "B", 0, 0.10), ("gnn", "B", 1, 0.26),
    )  # fmt: skip
    found = difference(rows, "gnn", "list", "ap")
    assert found is not None
    # A: +0.10 and +0.10; B: -0.10 and +0.06, so -0.02. Of two, 12.7062 times the standard error, 0.12 / 2.
    assert found.mean == pytest.approx(0.04)
    assert found.high - found.mean == pytest.approx(12.7062 * 0.06, rel=1e-5)
    assert found.mean - found.low == pytest.approx(12.7062 * 0.06, rel=1e-5)
    assert (found.ahead, found.sellers) == (1, 2)


def test_the_interval_of_three_sellers_is_students() -> None:
    values = [("list", name, 0, 0.5) for name in "ABC"]
    values += [("walk", name, 0, 0.5 + plus) for name, plus in zip("ABC", (0.01, 0.02, 0.03), strict=True)]
    found = difference(rows_of(*values), "walk", "list", "ap")
    assert found is not None
    # 4.3027 is the 97.5 % quantile with two degrees of freedom; the standard deviation is 0.01.
    assert found.low == pytest.approx(0.02 - 4.3027 * 0.01 / math.sqrt(3), abs=1e-6)
    assert found.interval() == "+0.020 [-0.005, +0.045]"


def test_only_what_both_were_measured_on_is_compared() -> None:
    rows = rows_of(
        ("list", "A", 0, 0.1), ("list", "A", 1, 0.9), ("list", "B", 0, 0.9), ("sage", "A", 0, 0.3),
        ("sage", "C", 0, 0.9),
    )  # fmt: skip
    found = difference(rows, "sage", "list", "ap")
    assert found is not None
    assert found.sellers == 1
    assert found.interval() == "+0.200"
    assert difference(rows, "tabular", "list", "ap") is None
    assert difference(rows[rows["seller"] != "A"], "sage", "list", "ap") is None


def test_the_table_has_the_best_first_and_names_who_refused() -> None:
    rows = rows_of(("list", "A", 0, 0.1), ("list", "B", 0, 0.2), ("gnn", "A", 0, 0.3), ("gnn", "B", 0, 0.2))
    refused = {"world": "w", "train": "all", "clients": "typed", "seed": 0, "code": "c1", "ranker": "sage"}
    reasons = pd.DataFrame([{**refused, "seller": name, "refused": "sage needs 9 GB."} for name in "AB"])
    text = table(pd.concat([rows, reasons]), "list")
    lines = text.splitlines()
    assert lines[0] == "## w, trained on all, typed lists, pool new, seeds 0"
    assert lines[2].startswith("| ranker | sellers | AP | against list | ahead | net AP |")
    assert lines[4].startswith("| gnn | 2 | 0.250 | +0.100 [-1.171, +1.371] | 1 of 2 | 0.350 |")
    assert lines[5] == "| list | 2 | 0.150 |  |  | 0.250 |  |  | 0.075 | 0.150 | 1.0 | 100 |"
    assert lines[-3] == "sage has no figures in 2 runs: sage needs 9 GB."


def test_results_of_different_code_are_not_passed_off_as_one() -> None:
    rows = rows_of(("list", "A", 0, 0.1), ("gnn", "A", 0, 0.3))
    assert "versions of the code" not in table(rows, "list")
    mixed = rows.assign(code=["c1", "c2"])
    assert "2 versions of the code" in table(mixed, "list")


def test_nothing_measured_is_no_error() -> None:
    assert table(pd.DataFrame(), "list") == "There are no results yet."

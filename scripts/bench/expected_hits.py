"""The hits that finished runs expected, beside what came true.

The truth is a table (CSV or Parquet), one row per company won later: company_id, and for several sellers run, the name
of the run's folder or its beginning up to a hyphen. Claims are scaled to --months, the months that the truth covers. Of
a generated world, the truth is its ``truth/truth.csv`` with its column role; its later clients have no horizon, so the
claims are compared as they are.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = ["run", "basis", "first", "low", "point", "high", "true"]


def truth_of(path: Path) -> pd.DataFrame:
    """One row per company won later: company_id, and run where the table has it."""
    table = (
        pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype={"company_id": str})
    )
    return table[table["role"] == "won_later"] if "role" in table else table


def won_by(truth: pd.DataFrame, run: Path) -> set[str]:
    """The ids of the companies that the seller of a run won."""
    if "run" not in truth:
        return set(truth["company_id"])
    mine = truth["run"].isin([run.name, run.name.partition("-")[0]])
    return set(truth.loc[mine, "company_id"])


def claims_of(run: Path, won: set[str], months: float | None) -> list[tuple[object, ...]]:
    """A row for each number of first companies that a run has hits for, see COLUMNS."""
    claims = json.loads((run / "metrics.json").read_text("utf-8"))["expected_hits"]
    listed = pd.read_csv(run / "leads.csv", dtype=str, usecols=["company_id"])["company_id"].isin(won)
    rows: list[tuple[object, ...]] = []
    for each in claims:
        if each["first"] > len(listed):
            continue
        scale = months / each["months"] if months and each["months"] else 1.0
        ends = [scale * each["low"], scale * each["point"], min(scale * each["high"], each["first"])]
        basis = "dated" if "time" in splits_of(run) else "undated"
        rows.append((run.name, basis, each["first"], *ends, int(listed.head(each["first"]).sum())))
    return rows


def splits_of(run: Path) -> set[str]:
    return {path.stem for path in (run / "heldout").glob("*.parquet")}


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each number of first companies, over all runs.

    factor: the mean of claim over truth or truth over claim, whichever is above 1, half a company added to both; bias:
    the geometric mean of claim over truth; holds: the share of runs with the truth in the interval, whole companies.
    """
    log = np.log((table["point"] + 0.5) / (table["true"] + 0.5))
    holds = (np.floor(table["low"]) <= table["true"]) & (table["true"] <= np.ceil(table["high"]))
    measured = table.assign(
        log=log, factor=np.exp(log.abs()), holds=holds, width=table["high"] / table["low"]
    )
    by_first = measured.groupby("first")
    return pd.DataFrame({
        "runs": by_first.size(), "expected": by_first["point"].sum(), "true": by_first["true"].sum(),
        "factor": by_first["factor"].mean(), "bias": np.exp(by_first["log"].mean()), "holds": by_first["holds"].mean(),
        "width": by_first["width"].median(), "widest": by_first["width"].max(),
    })  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument(
        "--months", type=float, help="Months that the truth covers; claims are scaled to them."
    )
    arguments = parser.parse_args()
    truth = truth_of(arguments.truth)
    rows = [row for run in arguments.runs for row in claims_of(run, won_by(truth, run), arguments.months)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    print(table.to_string(index=False, float_format="%.1f"))
    for basis, of in table.groupby("basis"):
        print(f"\n{basis}\n{summary(of).to_string(float_format='%.2f')}")


if __name__ == "__main__":
    main()

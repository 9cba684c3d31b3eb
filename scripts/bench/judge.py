"""Average precision and recall of a run's scores on the companies that its world has won later."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score


def truth_of(world: Path) -> pd.DataFrame:
    """The candidates of a world: neither clients nor past clients nor planted duplicates."""
    parquet = world / "truth" / "truth.parquet"
    truth = pd.read_parquet(parquet) if parquet.exists() else pd.read_csv(parquet.with_suffix(".csv"))
    return truth[truth["role"].isin(["won_later", "other"]) & truth["duplicate_of"].isna()]


def judge(name: str, won: pd.Series, score: pd.Series) -> dict[str, object]:
    """One line of the table; companies without a score rank last."""
    order = np.argsort(-score.fillna(-np.inf).to_numpy(), kind="stable")
    hits = won.to_numpy()[order].cumsum() / won.sum()
    row: dict[str, object] = {
        "ranking": name,
        "AP": average_precision_score(won, score.fillna(score.min() - 1)),
    }
    return row | {f"recall@{share}%": hits[max(0, len(hits) * share // 100 - 1)] for share in (1, 5, 10)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("run", type=Path)
    arguments = parser.parse_args()
    scores = pd.read_parquet(arguments.run / "scores.parquet").drop(
        columns=["rank", "rank_all"], errors="ignore"
    )
    table = truth_of(arguments.world).merge(scores, on="company_id", how="left")
    won = table["role"] == "won_later"
    rankings = [*scores.select_dtypes("number"), "affinity", "probability"]
    rows = [judge(name, won, table[name]) for name in rankings]
    print(f"{len(table):,} candidates, {won.sum():,} won later ({won.mean():.2%})")
    print(pd.DataFrame(rows).to_string(index=False, float_format="%.3f"))


if __name__ == "__main__":
    main()

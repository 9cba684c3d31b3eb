"""A ranking evaluated against the known truth of a generated world."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from graphlead.core.errors import InputError

BUYER = "won_later"
"""The role of companies that become clients later, in the truth of a world."""

SHARES = (0.01, 0.05, 0.1)


def against_truth(scores: pd.DataFrame, truth: Path) -> dict[str, float]:
    """The share of companies that become clients later at the top of the ranking.

    ``scores`` has company_id and rank_all (1 is the best); ``truth`` is a table (CSV or Parquet) with company_id and
    role. Returns companies, buyers (among the scored), and found@1%, found@5%, found@10% (shares of the buyers).
    Raises InputError when no scored company becomes a client.
    """
    role = _role_of(scores["company_id"], truth)
    best_first = np.argsort(scores["rank_all"].to_numpy(), kind="stable")
    found = np.cumsum((role == BUYER)[best_first])
    if not len(found) or not found[-1]:
        raise InputError(
            "no scored company becomes a client later.", where=str(truth), remedy="Take the world's truth."
        )
    depths = {f"found@{share:.0%}": max(1, round(share * len(found))) for share in SHARES}
    return {
        "companies": len(found),
        "buyers": int(found[-1]),
        **{name: float(found[depth - 1] / found[-1]) for name, depth in depths.items()},
    }


def truth_text(against: Mapping[str, float]) -> str:
    """The result of ``against_truth`` in a sentence."""
    share = against["found@5%"]
    return (
        f"The world knows {against['buyers']:,.0f} companies that become clients later: {share:.0%} of them are in "
        f"the top 5 % of the list, {share / 0.05:.1f} times as many as by chance (top 1 %: "
        f"{against['found@1%']:.0%}, top 10 %: {against['found@10%']:.0%})."
    )


def _role_of(company_ids: pd.Series, truth: Path) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    columns = ["company_id", "role"]
    if truth.suffix == ".parquet":
        table = pq.read_table(truth, columns=columns)
    else:
        types = {name: pa.string() for name in columns}
        options = pyarrow.csv.ConvertOptions(include_columns=columns, column_types=types)
        table = pyarrow.csv.read_csv(truth, convert_options=options)
    at = pc.index_in(pa.array(company_ids, pa.string()), value_set=table["company_id"].combine_chunks())
    roles: np.ndarray[tuple[int], np.dtype[np.object_]] = table["role"].take(at).to_numpy()
    return roles

"""A ranking evaluated against the known truth of a generated world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from graphlead.core.errors import InputError

BUYER = "won_later"
"""The role of companies that become clients later, in the truth of a world."""

LIST, AFFINITY, REACHABLE = "list", "affinity", "reachable"
"""Rankings compared beside those of the rankers: the list of the run, and two columns of the truth."""

AP = "average_precision"
SHARES = (0.01, 0.05, 0.1)


@dataclass(frozen=True)
class Against:
    """How well rankings find the companies that become clients later.

    companies: the candidates of the world, which are neither clients nor past clients nor planted duplicates; buyers:
    those of them that become clients; rankings: by ranking (the list, each ranker, and what the truth says of the
    attributes and of all that is reachable) the average precision, and the share of the buyers in the first 1, 5, 10 %.
    """

    companies: int
    buyers: int
    rankings: dict[str, dict[str, float]]


def against_truth(scores: pd.DataFrame, truth: Path) -> Against:
    """The rankings of a run against the truth of its world; companies that a run does not score come last.

    ``scores`` has company_id, rank_all (1 is the best) and a column for each ranker; ``truth`` is the table (CSV or
    Parquet) written with the world. Raises InputError when no scored company becomes a client, or a column is missing.
    """
    rankings = _rankings(scores)
    candidates = _candidates(truth).merge(rankings, on="company_id", how="left")
    buys = (candidates["role"] == BUYER).to_numpy()
    if not (buys & candidates[LIST].notna()).any():
        raise InputError(
            "no scored company becomes a client later.", where=str(truth), remedy="Take the world's truth."
        )
    names = [*rankings.columns[1:], AFFINITY, REACHABLE]
    rows = {name: _found(buys, candidates[name]) for name in names}
    return Against(len(candidates), int(buys.sum()), rows)


def truth_text(against: Against, regional_bias: float) -> str:
    """What ``against_truth`` found, in sentences, with the bias that was planted in the client list."""
    ours, attributes, reachable = (against.rankings[name] for name in (LIST, AFFINITY, REACHABLE))
    top = ours["found@5%"]
    return (
        f"The world knows {against.buyers:,} companies that become clients later: {top:.0%} of them are in "
        f"the top 5 % of the list, {top / 0.05:.1f} times as many as by chance (top 1 %: {ours['found@1%']:.0%}, "
        f"top 10 %: {ours['found@10%']:.0%}). The average precision is {ours[AP]:.2f}. Whoever knew the weights that "
        f"the world was made with could reach {attributes[AP]:.2f} from the attributes alone, and {reachable[AP]:.2f} "
        f"with the clients that the seller has. That the client list leans to the seller's home regions is planted: "
        f"buyers there were put on it {regional_bias:g} times as readily as others."
    )


def _rankings(scores: pd.DataFrame) -> pd.DataFrame:
    """company_id, and a column for each ranking, the highest value first."""
    rankers = scores.select_dtypes("number").drop(columns=["rank", "rank_all", "score"], errors="ignore")
    best_first = -scores["rank_all"].rename(LIST)
    return pd.concat([scores["company_id"].astype(str), best_first, rankers], axis=1)


def _found(buys: np.ndarray[tuple[int], np.dtype[np.bool_]], values: pd.Series) -> dict[str, float]:
    known = values.fillna(values.min() - 1).to_numpy(np.float64)
    hits = buys[np.argsort(-known, kind="stable")].cumsum() / buys.sum()
    depths = {f"found@{share:.0%}": max(1, round(share * len(hits))) for share in SHARES}
    return {
        AP: float(average_precision_score(buys, known)),
        **{name: float(hits[depth - 1]) for name, depth in depths.items()},
    }


def _candidates(truth: Path) -> pd.DataFrame:
    if truth.suffix == ".parquet":
        table = pd.read_parquet(truth)
    else:
        table = pd.read_csv(truth, dtype={"company_id": str, "duplicate_of": str})
    wanted = ["company_id", "role", AFFINITY, REACHABLE, "duplicate_of"]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise InputError(
            f"there is no column {missing[0]}.", where=str(truth), remedy="Make the world again."
        )
    return table.loc[table["role"].isin([BUYER, "other"]) & table["duplicate_of"].isna(), wanted]

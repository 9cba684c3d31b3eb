"""How good a ranking is, by who was won afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from rank_bench.worlds import pools

FIGURES = ("ap", "net_ap", "recall_1", "recall_5")
"""Average precision, the same without clients under another record, and recall in the first 1 and 5 %."""


def judged(scores: pd.Series, candidates: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The FIGURES of a ranking, by company_id, in every pool that is judged; a company without a score comes last."""
    return {name: _figures(scores, pool) for name, pool in pools(candidates).items()}


def _figures(scores: pd.Series, pool: pd.DataFrame) -> dict[str, float]:
    ranked = scores.reindex(pool["company_id"]).astype(np.float64)
    values = ranked.fillna(ranked.min() - 1 if ranked.notna().any() else 0).to_numpy()
    won, net = pool["won"].to_numpy(bool), ~pool["same"].to_numpy(bool)
    return {
        "ap": float(average_precision_score(won, values)),
        "net_ap": float(average_precision_score(won[net], values[net])),
        "recall_1": recall(won, values, 1),
        "recall_5": recall(won, values, 5),
    }


def recall(won: np.ndarray, values: np.ndarray, percent: int) -> float:
    """The share of those won, bool (m,), among the first so many percent by their values (m,)."""
    first = np.argsort(-values, kind="stable")[: max(1, len(won) * percent // 100)]
    return float(won[first].sum() / won.sum())

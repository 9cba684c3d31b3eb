"""A random forest, grown by XGBoost in one round: its trees' mean is a probability."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from graphlead.core.arrays import Reals
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.member import by_source, some_rows
from graphlead.learn.cases.trees import COMMON, labelled, matrix, read_booster, write_booster

SHAPES = ((8, 5), (12, 5), (12, 15))
"""Candidates: the depth, and the fewest rows of a leaf."""
BINS = 64
"""Of 54,000 and 60,000 rows the AUC is .915 and .762, and .917 and .762 with 256, in two thirds of the time."""
MOST_ROWS = 32_000
"""Rows that the forest grows on, the most; all of 60,000 took half as long again."""
A_TREE, SHARE = 10_000, 0.63
"""Rows that a tree grows on, the most, and the most of their share."""
EDGE = 0.002
"""The nearest that a probability of a forest comes to 0 and 1: leaves hold few rows."""
PARAMETERS = {
    "objective": "reg:squarederror",
    "eta": 1.0,
    "reg_lambda": 1.0,
    "num_parallel_tree": 100,
    "max_bin": BINS,
    "colsample_bynode": 0.35,
}


@dataclass(frozen=True)
class ForestModel:
    """A trained forest."""

    booster: xgb.Booster

    def log_odds(self, table: Table) -> Reals:
        return _log_odds(self.booster.predict(matrix(table)))

    def contributions(self, table: Table) -> pd.DataFrame:
        """Shares of the log-odds in proportion to what each column adds to the probability along the paths."""
        terms = self.booster.predict(matrix(table), pred_contribs=True, approx_contribs=True).astype(
            np.float64
        )
        moved, start = terms[:, :-1].sum(axis=1), terms[:, -1]
        odds = _log_odds(start + moved) - _log_odds(start)
        scale = odds / np.where(np.abs(moved) > 1e-6, moved, np.inf)
        return by_source(terms[:, :-1] * scale[:, None], table.encoding.raw_sources())

    def save(self, folder: Path, name: str) -> None:
        write_booster(self.booster, folder / f"{name}.ubj")


class Forest:
    """Candidates are SHAPES."""

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        data, rows = _drawn(train, outcome, seed), matrix(held)
        grown = (xgb.train(_parameters(shape, outcome, seed), data, 1) for shape in SHAPES)
        return np.stack([_log_odds(forest.predict(rows)) for forest in grown], axis=1)

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> ForestModel:
        parameters = _parameters(SHAPES[candidate], outcome, seed)
        return ForestModel(xgb.train(parameters, _drawn(train, outcome, seed), 1))

    def load(self, folder: Path, name: str, encoding: Encoding) -> ForestModel:
        return ForestModel(read_booster(folder / f"{name}.ubj"))


def _drawn(train: Table, outcome: Reals, seed: int) -> xgb.QuantileDMatrix:
    rows = some_rows(len(train), MOST_ROWS, seed)
    return labelled(train.rows(rows), outcome[rows], BINS)


def _parameters(shape: tuple[int, int], outcome: Reals, seed: int) -> dict[str, Any]:
    depth, fewest = shape
    own = {"max_depth": depth, "min_child_weight": fewest, "base_score": float(outcome.mean()), "seed": seed}
    own["subsample"] = min(SHARE, A_TREE / min(len(outcome), MOST_ROWS))
    return COMMON | PARAMETERS | own


def _log_odds(probability: Reals) -> Reals:
    inside = np.clip(np.asarray(probability, np.float64), EDGE, 1 - EDGE)
    return np.asarray(np.log(inside) - np.log1p(-inside))

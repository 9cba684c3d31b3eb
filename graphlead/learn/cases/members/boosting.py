"""Gradient boosting: XGBoost with shallow, nearly additive trees or with deeper ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from graphlead.core.arrays import Reals
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.member import by_source
from graphlead.learn.cases.trees import COMMON, labelled, margins, matrix, read_booster, write_booster

ROUNDS = (25, 50, 75, 100, 150, 200, 300, 400)
PARAMETERS = {
    "objective": "binary:logistic",
    "min_child_weight": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "reg_lambda": 3,
}


@dataclass(frozen=True)
class BoostedModel:
    """Trained trees; missing values go the way that serves best at each split."""

    booster: xgb.Booster

    def log_odds(self, table: Table) -> Reals:
        return margins(self.booster, matrix(table))

    def contributions(self, table: Table) -> pd.DataFrame:
        """What each split along a row's paths adds; Shapley values take 50 times as long with 400 trees of depth 6."""
        terms = self.booster.predict(matrix(table), pred_contribs=True, approx_contribs=True)[:, :-1]
        return by_source(terms, table.encoding.raw_sources())

    def save(self, folder: Path, name: str) -> None:
        write_booster(self.booster, folder / f"{name}.ubj")


@dataclass(frozen=True)
class Boosting:
    """Candidates are trees of each shape (depth, rate of learning), cut off after each number of rounds."""

    shapes: tuple[tuple[int, float], ...]
    rounds: tuple[int, ...] = ROUNDS

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        data, rows = labelled(train, outcome), matrix(held)
        found = []
        for shape in self.shapes:
            booster = xgb.train(_parameters(shape, outcome, seed), data, self.rounds[-1])
            found += [margins(booster, rows, rounds) for rounds in self.rounds]
        return np.stack(found, axis=1)

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> BoostedModel:
        shape, rounds = divmod(candidate, len(self.rounds))
        parameters = _parameters(self.shapes[shape], outcome, seed)
        return BoostedModel(xgb.train(parameters, labelled(train, outcome), self.rounds[rounds]))

    def load(self, folder: Path, name: str, encoding: Encoding) -> BoostedModel:
        return BoostedModel(read_booster(folder / f"{name}.ubj"))


def _parameters(shape: tuple[int, float], outcome: Reals, seed: int) -> dict[str, Any]:
    depth, eta = shape
    mean = float((outcome.sum() + 0.5) / (len(outcome) + 1))
    return COMMON | PARAMETERS | {"max_depth": depth, "eta": eta, "base_score": mean, "seed": seed}

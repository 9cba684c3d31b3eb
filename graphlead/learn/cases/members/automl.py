"""A model that FLAML looks for (Wang et al. 2021): XGBoost's trees, grown either way, or a lasso logistic regression.

FLAML is an extra, and only looks: what it finds is saved as every other model is, and read without it. Learners take
turns and the search is bounded by the number of its trials, so that the result does not depend on the machine's speed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Reals
from graphlead.core.registry import loaded
from graphlead.learn.cases.design import Design, design_of, sources
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.logit import STEP, LogitModel
from graphlead.learn.cases.members.member import by_source, some_rows
from graphlead.learn.cases.trees import margins, read_booster, write_booster

LEARNERS = ("xgb_limitdepth", "xgboost", "lrl1")
"""Those of FLAML's learners that can be saved without pickle."""
HELD = 0.2
"""The share of the groups of a training part that trials are compared on, a choice."""
MOST_ROWS = 20_000
"""Rows that the search and its model see, the most; a choice: each trial trains on them."""
_LOCK = Lock()
"""FLAML keeps the running trial in a variable of its module, so searches go one after the other."""


@dataclass(frozen=True)
class DesignTrees:
    """Trees over the columns of a design."""

    design: Design
    booster: xgb.Booster

    def log_odds(self, table: Table) -> Reals:
        return margins(self.booster, xgb.DMatrix(self.design.apply(table)))

    def contributions(self, table: Table) -> pd.DataFrame:
        rows = xgb.DMatrix(self.design.apply(table))
        terms = self.booster.predict(rows, pred_contribs=True, approx_contribs=True)[:, :-1]
        return by_source(terms, sources(table.encoding, self.design.step))

    def save(self, folder: Path, name: str) -> None:
        write_json(folder / f"{name}.json", {"design": self.design.to_json()})
        write_booster(self.booster, folder / f"{name}.ubj")


@dataclass(frozen=True)
class AutoMl:
    """One candidate: the best of so many trials. Trials are compared by log loss on groups held out of the training."""

    trials: int = 0

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        return self.fit(train, outcome, 0, seed).log_odds(held)[:, None]

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> DesignTrees | LogitModel:
        design, rows = design_of(train, STEP), some_rows(len(train), MOST_ROWS, seed)
        groups = (
            np.arange(len(train)) if train.groups is None else np.unique(train.groups, return_inverse=True)[1]
        )
        found = _searched(
            design.apply(train)[rows], outcome[rows].astype(int), groups[rows], self.trials, seed
        )
        if hasattr(found, "coef_"):
            return LogitModel(design, np.append(found.intercept_, found.coef_[0]).astype(np.float64))
        booster: xgb.Booster = found.get_booster()
        booster.set_param({"nthread": 1})
        return DesignTrees(design, booster)

    def load(self, folder: Path, name: str, encoding: Encoding) -> DesignTrees | LogitModel:
        if (trees := folder / f"{name}.ubj").exists():
            design = Design.from_json(read_json(folder / f"{name}.json")["design"])
            return DesignTrees(design, read_booster(trees))
        return LogitModel.load(folder, name)


def _searched(matrix: Any, label: Any, groups: Any, trials: int, seed: int) -> Any:
    """What scikit-learn calls an estimator: the best configuration, trained on all rows."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = loaded("flaml:AutoML")()
        search.fit(
            matrix, label, task="classification", metric="log_loss", estimator_list=list(LEARNERS),
            max_iter=trials, time_budget=-1, seed=seed, n_jobs=1, verbose=0, log_file_name="",
            eval_method="holdout", split_ratio=HELD, split_type="group", groups=groups, retrain_full=True,
            learner_selector="roundrobin", hpo_method="cfo", sample=False, early_stop=False, skip_transform=True,
            auto_augment=False,
        )  # fmt: skip
        return search.model.estimator

"""What models of trees share: XGBoost's matrices of encoded cases, its common settings, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xgboost as xgb

from graphlead.core.arrays import Reals
from graphlead.core.errors import damage
from graphlead.learn.cases.encode import LEVELS, Table

BINS = 256
COMMON = {
    "tree_method": "hist",
    "max_bin": BINS,
    "max_cat_to_onehot": LEVELS + 1,
    "nthread": 1,
}
"""A level is split off alone: sets of levels, chosen by the outcome, learn rare levels by heart. One thread: what is
held out is trained side by side."""


def labelled(table: Table, label: Reals, bins: int = BINS) -> xgb.QuantileDMatrix:
    """Rows to train on, with a label (n,) each."""
    kinds = table.encoding.raw_kinds()
    return xgb.QuantileDMatrix(table.raw(), label, feature_types=kinds, enable_categorical=True, max_bin=bins)


def matrix(table: Table) -> xgb.DMatrix:
    """Rows to score."""
    return xgb.DMatrix(table.raw(), feature_types=table.encoding.raw_kinds(), enable_categorical=True)


def margins(booster: xgb.Booster, rows: xgb.DMatrix, rounds: int = 0) -> Reals:
    """Untransformed scores (n,) by the first rounds, 0 for all."""
    found = booster.predict(rows, output_margin=True, iteration_range=(0, rounds))
    return np.asarray(found, np.float64)


def write_booster(booster: xgb.Booster, path: Path) -> None:
    # XGBoost itself writes without a word on why it failed, or on the last bytes that did not fit.
    path.write_bytes(booster.save_raw("ubj"))


def read_booster(path: Path) -> xgb.Booster:
    with damage(path):
        booster = xgb.Booster(model_file=path)
        booster.set_param({"nthread": COMMON["nthread"]})
        return booster

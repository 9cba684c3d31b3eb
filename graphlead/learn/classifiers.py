"""Probabilistic classifiers behind one interface: XGBoost, and any of scikit-learn's by name."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import xgboost as xgb
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graphlead.core.arrays import Floats
from graphlead.core.errors import SettingsError

ROUNDS = 80
PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.08,
    "min_child_weight": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
}
"""Small regularised trees. On two real registers, without bags and on 64 bins, 80 rounds of eta 0.08 had an average
precision of 0.353 and 0.318, 40 of eta 0.15 had 0.343 and 0.317, 120 of eta 0.05 on 0.3 of the columns 0.333 and
0.319."""


class Classifier(Protocol):
    """The interface of a classifier; matrices are float32 (m, d) with NaN where missing."""

    def fit(self, matrix: Floats, labels: Floats, weights: Floats, seed: int) -> Self: ...

    def probability(self, matrix: Floats) -> Floats:
        """Probability of the label 1, (m,)."""
        ...

    def save(self, folder: Path, name: str) -> None: ...

    def load(self, folder: Path, name: str) -> Self: ...


class BoostedTrees:
    """XGBoost; missing values go the way that serves best at each split. Saved in XGBoost's own format."""

    def __init__(self, device: str) -> None:
        self._parameters = {**PARAMETERS, "device": device, "nthread": os.cpu_count() or 1}
        self._booster: xgb.Booster | None = None

    def fit(self, matrix: Floats, labels: Floats, weights: Floats, seed: int) -> Self:
        """Train without reweighting the classes: the adapted classifier relies on probabilities as in the data."""
        data = xgb.QuantileDMatrix(matrix, labels, weight=weights)
        self._booster = xgb.train({**self._parameters, "seed": seed}, data, ROUNDS)
        return self

    def probability(self, matrix: Floats) -> Floats:
        return np.asarray(self._trained().inplace_predict(matrix), np.float32)

    def save(self, folder: Path, name: str) -> None:
        self._trained().save_model(folder / f"{name}.ubj")

    def load(self, folder: Path, name: str) -> Self:
        self._booster = xgb.Booster(model_file=folder / f"{name}.ubj")
        self._booster.set_param(self._parameters)
        return self

    def _trained(self) -> xgb.Booster:
        if self._booster is None:
            raise RuntimeError("BoostedTrees is used before it is trained or loaded.")
        return self._booster


class ScikitLearn:
    """Any scikit-learn classifier with predict_proba and sample weights, by its dotted name.

    Its input is imputed (median) and standardised. scikit-learn's models have no format without pickle, so the
    training set is saved; loading trains again, with the same seed and so to the same model.
    """

    def __init__(self, dotted: str) -> None:
        self._dotted = dotted
        self._model: Any = None
        self._training: dict[str, Any] = {}

    def fit(self, matrix: Floats, labels: Floats, weights: Floats, seed: int) -> Self:
        self._training = {"matrix": matrix, "labels": labels, "weights": weights, "seed": np.array(seed)}
        classifier = scikit_learn_class(self._dotted)()
        if "random_state" in classifier.get_params():
            classifier.set_params(random_state=seed)
        self._model = make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), classifier
        )
        step = self._model.steps[-1][0]
        self._model.fit(matrix, labels, **{f"{step}__sample_weight": weights})
        return self

    def probability(self, matrix: Floats) -> Floats:
        return np.asarray(self._model.predict_proba(matrix)[:, 1], np.float32)

    def save(self, folder: Path, name: str) -> None:
        np.savez_compressed(folder / f"{name}.npz", **self._training)
        (folder / f"{name}.json").write_text(json.dumps({"classifier": self._dotted}))

    def load(self, folder: Path, name: str) -> Self:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as saved:
            return self.fit(saved["matrix"], saved["labels"], saved["weights"], int(saved["seed"]))


def scikit_learn_class(dotted: str) -> Any:
    """The class of a dotted name such as sklearn.ensemble.RandomForestClassifier; SettingsError when it is unfit."""
    module, _, name = dotted.rpartition(".")
    remedy = "Give xgboost or a scikit-learn classifier such as sklearn.ensemble.RandomForestClassifier."
    if module.split(".")[0] != "sklearn":
        raise SettingsError(f"{dotted} is not a scikit-learn classifier.", where="classifier", remedy=remedy)
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"{dotted} does not exist.", where="classifier", remedy=remedy) from error
    if not hasattr(found, "predict_proba"):
        raise SettingsError(f"{dotted} gives no probabilities.", where="classifier", remedy=remedy)
    return found

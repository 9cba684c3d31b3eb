"""Classifiers behind one interface: XGBoost, a ridge logistic regression, and any of scikit-learn's by name."""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, Self

import numpy as np
import xgboost as xgb
from safetensors.numpy import load_file, save_file
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graphlead.core.arrays import Floats, Reals
from graphlead.core.errors import SettingsError

ROUNDS = 80
PARAMETERS = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "tree_method": "hist",
    "max_depth": 2,
    "max_bin": 256,
    "eta": 0.08,
    "min_child_weight": 1,
    "reg_lambda": 5,
    "subsample": 0.8,
    "colsample_bytree": 0.5,
}
"""Small regularised trees, in which a client nearby never lowers a score. They start from even odds: from the odds of
rare clients a leaf of the same weight has to hold hundreds of companies, and what clients alone have is not found. On a
register of US filings and six generated ones these had an average precision of 0.366 and 0.368; from the clients' own
odds, and with a least weight of 5, 0.358 and 0.360; with trees of depth 3 and neither monotone label features nor a
lambda of 5 they had lost another 0.01 and 0.03."""

RIDGE = 15.0
"""The penalty on each squared weight, against the sum of the logistic loss. It was chosen on generated and real lists,
with WALK_SCALE and NUMBER_SCALE, which say how strong the walk and the numbers are in deviations beside the lifts."""
WALK_SCALE, NUMBER_SCALE = 0.5, 0.3
CLIP = 6.0
"""Deviations at which numbers are cut off, so that no outlier rules a linear score; a choice."""


class Classifier(Protocol):
    """The interface of a classifier; matrices are float32 (m, d) with NaN where missing."""

    def fit(self, matrix: Floats, labels: Floats, nearby: int, seed: int) -> Self:
        """Train on labels (m,); the last ``nearby`` columns are label features."""
        ...

    def log_odds(self, matrix: Floats) -> Floats:
        """Log-odds of the label 1, float32 (m,)."""
        ...

    def save(self, folder: Path, name: str) -> None: ...

    def load(self, folder: Path, name: str) -> Self: ...


_ON_DEVICE = Lock()


class BoostedTrees:
    """XGBoost; missing values go the way that serves best at each split. Saved in XGBoost's own format.

    It has one thread, as several are trained, and several blocks of companies scored, side by side; on a GPU, which has
    one memory for all, they are trained one after the other.
    """

    def __init__(self, device: str) -> None:
        self._parameters = {**PARAMETERS, "device": device, "nthread": 1}
        self._booster: xgb.Booster | None = None

    def fit(self, matrix: Floats, labels: Floats, nearby: int, seed: int) -> Self:
        rising = [0] * (matrix.shape[1] - nearby) + [1] * nearby
        parameters = {**self._parameters, "seed": seed, "monotone_constraints": tuple(rising)}
        with nullcontext() if self._parameters["device"] == "cpu" else _ON_DEVICE:
            data = xgb.QuantileDMatrix(matrix, labels, max_bin=PARAMETERS["max_bin"], nthread=1)
            self._booster = xgb.train(parameters, data, ROUNDS)
        return self

    def log_odds(self, matrix: Floats) -> Floats:
        return np.asarray(self._trained().inplace_predict(matrix, predict_type="margin"), np.float32)

    def save(self, folder: Path, name: str) -> None:
        # XGBoost itself writes without a word on why it failed, or on the last bytes that did not fit.
        (folder / f"{name}.ubj").write_bytes(self._trained().save_raw("ubj"))

    def load(self, folder: Path, name: str) -> Self:
        self._booster = xgb.Booster(model_file=folder / f"{name}.ubj")
        self._booster.set_param(self._parameters)
        return self

    def _trained(self) -> xgb.Booster:
        if self._booster is None:
            raise RuntimeError("BoostedTrees is used before it is trained or loaded.")
        return self._booster


class Ridge:
    """A ridge logistic regression on label features at their own scale; the last of them is the walk.

    A lift is a log ratio that is shrunk already where a group is small. To divide it by its deviation would give the
    lift of a rare group the same say as that of a reliable one; so lifts are only centred. Missing numbers are means.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, Floats] = {}

    def fit(self, matrix: Floats, labels: Floats, nearby: int, seed: int) -> Self:
        mean, deviation = _moments(matrix)
        numbers = len(deviation) - nearby
        scale = np.r_[NUMBER_SCALE / deviation[:numbers], np.ones(nearby - 1), WALK_SCALE / deviation[-1]]
        limit = np.r_[np.full(numbers, NUMBER_SCALE * CLIP), np.full(nearby, np.inf)]
        arrays = {"mean": mean, "scale": scale, "limit": limit}
        self._arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
        solver = LogisticRegression(C=1 / (2 * RIDGE), solver="newton-cholesky").fit(
            self._scaled(matrix), labels
        )
        self._arrays |= {
            "weights": solver.coef_[0].astype(np.float32),
            "offset": solver.intercept_.astype(np.float32),
        }
        return self

    def log_odds(self, matrix: Floats) -> Floats:
        # In double precision, as single sums differ in rounding with the number of rows scored at a time.
        weighted = self._scaled(matrix).astype(np.float64) @ self._arrays["weights"].astype(np.float64)
        return np.asarray(weighted + self._arrays["offset"], np.float32)

    def _scaled(self, matrix: Floats) -> Floats:
        scaled: Floats = matrix - self._arrays["mean"]
        scaled *= self._arrays["scale"]
        # The numbers come first; a label feature has no limit and is never missing.
        limit = self._arrays["limit"][np.isfinite(self._arrays["limit"])]
        numbers = scaled[:, : len(limit)]
        np.clip(numbers, -limit, limit, out=numbers)
        np.copyto(numbers, 0, where=np.isnan(numbers))
        return scaled

    def save(self, folder: Path, name: str) -> None:
        save_file(self._arrays, folder / f"{name}.safetensors")

    def load(self, folder: Path, name: str) -> Self:
        self._arrays = load_file(folder / f"{name}.safetensors")
        return self


def _moments(matrix: Floats) -> tuple[Reals, Reals]:
    """The mean and the deviation (d,) of what is known in each column of a matrix (m, d): 0 and 1 where nothing is."""
    known = np.isfinite(matrix)
    count = known.sum(axis=0)
    mean = np.where(known, matrix, 0).sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
    apart = np.where(known, matrix - mean, 0)
    apart *= apart
    deviation = np.sqrt(apart.sum(axis=0) / np.maximum(count, 1))
    return mean, np.where(count > 0, np.maximum(deviation, 1e-6), 1.0)


class ScikitLearn:
    """Any scikit-learn classifier with predict_proba, by its dotted name.

    Its input is imputed (median) and standardised. scikit-learn's models have no format without pickle, so the
    training set is saved; loading trains again, with the same seed and so to the same model.
    """

    def __init__(self, dotted: str) -> None:
        self._dotted = dotted
        self._model: Any = None
        self._training: dict[str, Any] = {}

    def fit(self, matrix: Floats, labels: Floats, nearby: int, seed: int) -> Self:
        self._training = {"matrix": matrix, "labels": labels, "seed": np.array(seed)}
        imputed = SimpleImputer(strategy="median", keep_empty_features=True)
        with _refusals(self._dotted):
            classifier = scikit_learn_class(self._dotted)()
            if "random_state" in classifier.get_params():
                classifier.set_params(random_state=seed)
            self._model = make_pipeline(imputed, StandardScaler(), classifier).fit(matrix, labels)
        return self

    def log_odds(self, matrix: Floats) -> Floats:
        with _refusals(self._dotted):
            found = self._model.predict_proba(matrix)[:, 1].astype(np.float64)
        if not np.isfinite(found).all():
            raise _unfit(f"{self._dotted} does not give every company a probability.")
        probability = np.clip(found, 1e-7, 1 - 1e-7)
        return np.asarray(np.log(probability) - np.log1p(-probability), np.float32)

    def save(self, folder: Path, name: str) -> None:
        np.savez_compressed(folder / f"{name}.npz", **self._training)
        (folder / f"{name}.json").write_text(json.dumps({"classifier": self._dotted}))

    def load(self, folder: Path, name: str) -> Self:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as saved:
            return self.fit(saved["matrix"], saved["labels"], 0, int(saved["seed"]))


def scikit_learn_class(dotted: str) -> Any:
    """The class of a dotted name such as sklearn.ensemble.RandomForestClassifier; SettingsError when there is none."""
    module, _, name = dotted.rpartition(".")
    if module.split(".")[0] != "sklearn":
        raise _unfit(f"{dotted} is not a scikit-learn classifier.")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise _unfit(f"{dotted} does not exist.") from error
    if not hasattr(found, "predict_proba"):
        raise _unfit(f"{dotted} gives no probabilities.")
    return found


def try_out(dotted: str) -> None:
    """Raise SettingsError unless the scikit-learn class of this name, as it is by default, learns a small example.

    The example, 90 companies with a third of them clients, has missing and negative values, and companies to score
    that are far from all that were learned from.
    """
    draw = np.random.default_rng(0)
    labels = (np.arange(90) % 3 == 0).astype(np.float32)
    matrix = (draw.normal(size=(90, 5)) + labels[:, None]).astype(np.float32)
    matrix[::7, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ScikitLearn(dotted).fit(matrix, labels, 0, 0).log_odds(100 * matrix)


@contextmanager
def _refusals(dotted: str) -> Iterator[None]:
    """Turn what a classifier says of an input or of a missing argument into a SettingsError with a remedy."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise _unfit(f"{dotted} cannot be used as it is ({reason}).") from error


def _unfit(problem: str) -> SettingsError:
    remedy = "Give xgboost or a scikit-learn classifier such as sklearn.ensemble.RandomForestClassifier."
    return SettingsError(problem, where="classifier", remedy=remedy)

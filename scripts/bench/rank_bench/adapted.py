"""Boosted trees adapted to positive and unlabelled companies, as they ranked until November 2026.

Elkan and Noto (2008): a classifier g learns labelled against unlabelled; an unlabelled company is then counted as a
positive with the weight (1 - c) / c * g / (1 - g) and as a negative with the rest, c being the mean of g over positives
it has not seen. Bagging as in Mordelet and Vert (2014): the unlabelled are split into bags, and the classifier that
weights the companies of one bag was trained on another. They had flags of common words of the name too, which these
leave out: the features have them no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import xgboost as xgb

from graphlead.common.deal import dealt, drawn, evenly
from graphlead.core.arrays import Flags, Floats, Ints, Keys
from graphlead.core.features import Features

BAGS = 2
MOST_PER_BAG = 100_000
LEAST_FREQUENCY = 0.5
"""The lower bound of the label frequency c."""
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

Matrix = Callable[[Features, Ints, Floats], Floats]
"""Makes the inputs (m, d) of companies (m,) from the features and their label features (m, F); NaN where missing."""


def alone(encodings: tuple[int, ...]) -> Matrix:
    """The inputs of a company by itself: its attributes and the label features that encode its own columns."""
    return lambda features, rows, nearby: np.hstack(
        [features.attributes.numeric[rows], nearby[:, list(encodings)]]
    )


def with_neighbours(features: Features, rows: Ints, nearby: Floats) -> Floats:
    """Attributes, structure and every label feature."""
    return np.hstack([features.attributes.numeric[rows], features.structure[rows], nearby])


@dataclass(frozen=True)
class AdaptedTrees:
    """A booster for each bag of the unlabelled; matrix: makes its inputs."""

    name: str
    matrix: Matrix
    device: str
    trained: tuple[xgb.Booster, ...] = ()

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        keys, positives = features.keys[rows], _where(labels > 0)
        bags = _bags(keys, _where(labels == 0), seed)
        matrix = self.matrix(features, rows, label_features)
        half = evenly(keys[positives], 2, "halves", seed)
        naive = [
            self._naive(matrix, positives[half == i % 2], positives[half != i % 2], bag, seed)
            for i, bag in enumerate(bags)
        ]
        trained = []
        for i, bag in enumerate(bags):
            booster, frequency = naive[(i + 1) % len(bags)]
            weights = elkan_noto_weights(booster.inplace_predict(matrix[bag]), frequency)
            trained.append(self._adapted(matrix, positives, bag, weights, seed))
        return replace(self, trained=tuple(trained))

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Mean log-odds over the bags (len(rows),), higher is likelier."""
        matrix = self.matrix(features, rows, label_features)
        probabilities = np.stack([booster.inplace_predict(matrix) for booster in self.trained])
        clipped = np.clip(probabilities, 1e-7, 1 - 1e-7).astype(np.float64)
        return np.asarray(np.log(clipped / (1 - clipped)).mean(0), np.float32)

    def _naive(
        self, matrix: Floats, seen: Ints, unseen: Ints, bag: Ints, seed: int
    ) -> tuple[xgb.Booster, float]:
        """A booster of labelled against unlabelled, and the label frequency c from positives it has not seen."""
        chosen = np.concatenate([seen, bag])
        labels = np.repeat(np.array([1, 0], np.int32), [len(seen), len(bag)])
        booster = self._boosted(matrix[chosen], labels, np.ones(len(chosen), np.float32), seed)
        frequency = float(booster.inplace_predict(matrix[unseen]).mean())
        return booster, min(max(frequency, LEAST_FREQUENCY), 1.0)

    def _adapted(self, matrix: Floats, positives: Ints, bag: Ints, weights: Floats, seed: int) -> xgb.Booster:
        """A booster that learns each unlabelled company once as positive and once as negative, by its weights."""
        twice = bag[weights > 0]
        chosen = np.concatenate([positives, bag, twice])
        labels = np.repeat(np.array([1, 0, 1], np.int32), [len(positives), len(bag), len(twice)])
        importance = np.concatenate([np.ones(len(positives), np.float32), 1 - weights, weights[weights > 0]])
        return self._boosted(matrix[chosen], labels, importance, seed)

    def _boosted(self, matrix: Floats, labels: Ints, weights: Floats, seed: int) -> xgb.Booster:
        data = xgb.QuantileDMatrix(matrix, labels, weight=weights)
        return xgb.train({**PARAMETERS, "device": self.device, "seed": seed}, data, ROUNDS)


def _where(true: Flags) -> Ints:
    return np.flatnonzero(true).astype(np.int32)


def _bags(keys: Keys, places: Ints, seed: int) -> list[Ints]:
    """The ``places`` among the keys split at random into BAGS bags of at most MOST_PER_BAG."""
    bag = dealt(keys[places], BAGS, "bags", seed)
    bags = [places[bag == i] for i in range(BAGS)]
    return [each[drawn(keys[each], MOST_PER_BAG, "bag", seed)] for each in bags]


def elkan_noto_weights(g: Floats, c: float) -> Floats:
    """The weight (m,), in [0, 1], of each unlabelled company as a positive; the rest is its weight as a negative.

    w = (1 - c) / c * g / (1 - g), with g (m,) the probability of being labelled and c in (0, 1] the same for a
    positive: Elkan & Noto (2008), Learning classifiers from only positive and unlabeled data, section 3.
    """
    odds = g / np.maximum(1 - g, np.finfo(np.float32).tiny)
    return np.clip((1 - c) / c * odds, 0, 1).astype(np.float32)

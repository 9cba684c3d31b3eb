"""The adapted classifier for positive and unlabelled companies: the tabular baseline and its rival with neighbours.

Elkan and Noto (2008): a classifier g learns labelled against unlabelled; an unlabelled company is then counted as a
positive with the weight (1 - c) / c * g / (1 - g) and as a negative with the rest, c being the mean of g over positives
it has not seen. Bagging as in Mordelet and Vert (2014): the unlabelled are split into bags, and the classifier that
weights the companies of one bag was trained on another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from graphlead.common.deal import dealt, drawn, evenly
from graphlead.core.arrays import Floats, Ints, Keys
from graphlead.core.contracts import RankerSetup
from graphlead.core.errors import CarrierError
from graphlead.core.features import Features
from graphlead.learn.classifiers import BoostedTrees, Classifier, ScikitLearn
from graphlead.learn.inputs import Inputs, NeighbourInputs, TabularInputs

BAGS = 2
MOST_PER_BAG = 100_000
"""Bags, the least with which each is weighted by another, and the most unlabelled companies in one: together they take
all that a fold trains on."""
LEAST_FREQUENCY = 0.5
"""The lower bound of the label frequency c, a choice: clients are no random sample of all who could be one, and a
smaller c counts more companies as hidden clients than are likely to become clients."""


@dataclass
class AdaptedClassifier:
    """Any probabilistic classifier adapted to positive and unlabelled data, bagged over the unlabelled.

    inputs: the features it sees; make: makes an untrained classifier; trained: one classifier per bag.
    """

    name: str
    inputs: Inputs
    make: Callable[[], Classifier]
    trained: tuple[Classifier, ...] = ()

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        positives = np.flatnonzero(labels > 0).astype(np.int32)
        keys = features.keys[rows]
        bags = _bags(keys, np.flatnonzero(labels == 0).astype(np.int32), seed)
        matrix = self.inputs.matrix(features, rows, label_features)
        half = evenly(keys[positives], 2, "halves", seed)
        halves = [positives[half == i] for i in range(2)]
        naive = [
            self._naive(matrix, halves[i % 2], halves[(i + 1) % 2], bag, seed) for i, bag in enumerate(bags)
        ]
        trained = []
        for i, bag in enumerate(bags):
            classifier, frequency = naive[(i + 1) % len(bags)]
            weights = elkan_noto_weights(classifier.probability(matrix[bag]), frequency)
            trained.append(self._adapted(matrix, positives, bag, weights, seed))
        return replace(self, trained=tuple(trained))

    def _naive(
        self, matrix: Floats, seen: Ints, unseen: Ints, bag: Ints, seed: int
    ) -> tuple[Classifier, float]:
        """A classifier of labelled against unlabelled, and the label frequency c from positives it has not seen."""
        chosen = np.concatenate([seen, bag])
        labels = np.repeat(np.array([1, 0], np.float32), [len(seen), len(bag)])
        classifier = self.make().fit(matrix[chosen], labels, np.ones(len(chosen), np.float32), seed)
        frequency = float(classifier.probability(matrix[unseen]).mean())
        return classifier, min(max(frequency, LEAST_FREQUENCY), 1.0)

    def _adapted(self, matrix: Floats, positives: Ints, bag: Ints, weights: Floats, seed: int) -> Classifier:
        """A classifier that learns each unlabelled company once as positive and once as negative, by its weights."""
        twice = bag[weights > 0]
        chosen = np.concatenate([positives, bag, twice])
        labels = np.repeat(np.array([1, 0, 1], np.float32), [len(positives), len(bag), len(twice)])
        importance = np.concatenate([np.ones(len(positives), np.float32), 1 - weights, weights[weights > 0]])
        return self.make().fit(matrix[chosen], labels, importance, seed)

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Mean log-odds over the bags (len(rows),), higher is likelier."""
        matrix = self.inputs.matrix(features, rows, label_features)
        total = np.zeros(len(rows))
        for classifier in self.trained:
            probability = np.clip(classifier.probability(matrix), 1e-7, 1 - 1e-7).astype(np.float64)
            total += np.log(probability / (1 - probability))
        return (total / max(len(self.trained), 1)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the classifiers into an existing folder, without pickle."""
        for i, classifier in enumerate(self.trained):
            classifier.save(folder, f"{self.name}-{i}")

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        return replace(self, trained=tuple(self.make().load(folder, f"{self.name}-{i}") for i in range(BAGS)))


def _bags(keys: Keys, places: Ints, seed: int) -> list[Ints]:
    """The ``places`` among the keys split at random into BAGS bags of at most MOST_PER_BAG."""
    bag = dealt(keys[places], BAGS, "bags", seed)
    bags = [places[bag == i] for i in range(BAGS)]
    return [each[drawn(keys[each], MOST_PER_BAG, "bag", seed)] for each in bags]


def elkan_noto_weights(g: Floats, c: float) -> Floats:
    """The weight (m,), in [0, 1], of each unlabelled company as a positive; the rest is its weight as a negative.

    w = (1 - c) / c * g / (1 - g), with g (m,) the probability of being labelled and c the same for a positive:
    Elkan & Noto (2008), Learning classifiers from only positive and unlabeled data, section 3.
    """
    if not 0 < c <= 1:
        raise CarrierError(f"elkan_noto_weights: expected a label frequency in (0, 1], got {c}.")
    odds = g / np.maximum(1 - g, np.finfo(np.float32).tiny)
    weights: Floats = np.clip((1 - c) / c * odds, 0, 1).astype(np.float32)
    return weights


def tabular(setup: RankerSetup) -> AdaptedClassifier:
    """The baseline, which sees a company by itself."""
    return AdaptedClassifier("tabular", TabularInputs(setup.encodings), partial(_classifier, setup))


def tabular_graph(setup: RankerSetup) -> AdaptedClassifier:
    """The rival of the baseline, which sees the company's surroundings too."""
    return AdaptedClassifier("tabular_graph", NeighbourInputs(), partial(_classifier, setup))


def _classifier(setup: RankerSetup) -> Classifier:
    return BoostedTrees(setup.device) if setup.classifier == "xgboost" else ScikitLearn(setup.classifier)

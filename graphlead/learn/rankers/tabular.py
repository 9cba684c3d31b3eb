"""Classifiers of clients against unlabelled companies: the tabular baseline, its rival with neighbours, a linear one.

The unlabelled are taken for negatives, which ranks as the posterior of being a client does (Elkan and Noto 2008): a
hidden client among them is never scored by a model that trained on it. To weight the unlabelled as Elkan and Noto do,
over bags, took four classifiers instead of one and lost 0.012 and 0.006 of average precision on two real registers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import RankerSetup
from graphlead.core.features import Features
from graphlead.learn.classifiers import BoostedTrees, Classifier, Ridge, ScikitLearn
from graphlead.learn.inputs import Inputs, NeighbourInputs, TabularInputs

BLOCK = 8_192
"""Companies scored at a time, a choice: their inputs fit into a core's cache."""


@dataclass
class Classified:
    """Any classifier as a ranker. inputs: the features it sees; make: makes an untrained classifier."""

    name: str
    inputs: Inputs
    make: Callable[[], Classifier]
    trained: Classifier | None = None

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        matrix = self.inputs.matrix(features, rows, label_features)
        clients = (labels > 0).astype(np.float32)
        self.trained = self.make().fit(matrix, clients, self.inputs.nearby(label_features), seed)
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Log-odds (len(rows),), higher is likelier."""
        classifier, scores = self._classifier(), np.zeros(len(rows), np.float32)
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            scores[block] = classifier.log_odds(
                self.inputs.matrix(features, rows[block], label_features[block])
            )
        return scores

    def score_matrix(self, matrix: Floats) -> Floats:
        """The same of companies by what ``inputs`` made of them (m, d)."""
        classifier, scores = self._classifier(), np.zeros(len(matrix), np.float32)
        for start in range(0, len(matrix), BLOCK):
            scores[start : start + BLOCK] = classifier.log_odds(matrix[start : start + BLOCK])
        return scores

    def save(self, folder: Path) -> None:
        """Write the classifier into an existing folder, without pickle."""
        self._classifier().save(folder, self.name)

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        self.trained = self.make().load(folder, self.name)
        return self

    def _classifier(self) -> Classifier:
        if self.trained is None:
            raise RuntimeError(f"{self.name} is used before it is trained or loaded.")
        return self.trained


def tabular(setup: RankerSetup) -> Classified:
    """The baseline, which sees a company by itself."""
    return Classified("tabular", TabularInputs(setup.encodings), partial(_classifier, setup))


def tabular_graph(setup: RankerSetup) -> Classified:
    """The rival of the baseline, which sees the company's surroundings too, and what its words mean."""
    return Classified("tabular_graph", NeighbourInputs(words=True), partial(_classifier, setup))


def linear(setup: RankerSetup) -> Classified:
    """The linear part of the graph network by itself."""
    return Classified("linear", NeighbourInputs(), Ridge)


def _classifier(setup: RankerSetup) -> Classifier:
    return BoostedTrees(setup.device) if setup.classifier == "xgboost" else ScikitLearn(setup.classifier)

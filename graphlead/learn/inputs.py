"""The features that a ranker sees; label features are always the last columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from graphlead.core.arrays import Floats, Ints
from graphlead.core.features import Features


class Inputs(Protocol):
    """Makes the matrix that a classifier learns from."""

    def matrix(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """float32 (len(rows), d), NaN where a value is missing."""
        ...

    def nearby(self, label_features: Floats) -> int:
        """How many of its last columns are label features."""
        ...


@runtime_checkable
class OfInputs(Protocol):
    """A ranker that scores the rows of a matrix, which those with equal inputs can share."""

    inputs: Inputs

    def score_matrix(self, matrix: Floats) -> Floats:
        """Log-odds (m,) of the rows of what ``inputs`` made of companies (m, d)."""
        ...


@dataclass(frozen=True)
class TabularInputs:
    """A company by itself: its attributes and the target encodings of its own columns.

    encodings: which label features are target encodings of single columns.
    """

    encodings: tuple[int, ...]

    def matrix(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        return np.hstack([features.attributes.numeric[rows], label_features[:, list(self.encodings)]])

    def nearby(self, label_features: Floats) -> int:
        return len(self.encodings)


@dataclass(frozen=True)
class NeighbourInputs:
    """A company and its surroundings: attributes, structure and every label feature, and what its words mean."""

    words: bool = False

    def matrix(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        own = [features.attributes.numeric[rows], features.structure[rows], label_features]
        return np.hstack([features.meant(rows), *own] if self.words else own)

    def nearby(self, label_features: Floats) -> int:
        return int(label_features.shape[1])

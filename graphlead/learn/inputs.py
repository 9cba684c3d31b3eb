"""The features that a ranker sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Floats, Ints
from graphlead.core.features import Features


@dataclass(frozen=True)
class TabularInputs:
    """A company by itself: its attributes and the target encodings of its own columns.

    encodings: which label features are target encodings of single columns.
    """

    encodings: tuple[int, ...]

    def matrix(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """float32 (len(rows), d), NaN where a value is missing."""
        return np.hstack([features.attributes.rows(rows), label_features[:, list(self.encodings)]])


@dataclass(frozen=True)
class NeighbourInputs:
    """A company and its surroundings: attributes, structure and every label feature."""

    def matrix(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """float32 (len(rows), d), NaN where a value is missing."""
        return np.hstack([features.attributes.rows(rows), features.structure[rows], label_features])


Inputs = TabularInputs | NeighbourInputs

"""Personalised PageRank as a ranker: nothing is learned, the score is the walk from the clients."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import RankerSetup
from graphlead.core.features import Features


class PageRank:
    """Ranks by how often the walk from the clients arrives: the last label feature."""

    name = "pagerank"

    def __init__(self, setup: RankerSetup) -> None:
        """Nothing to set up."""

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Nothing to train."""
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """The log of the visits of each company (len(rows),)."""
        return label_features[:, -1]

    def save(self, folder: Path) -> None:
        """Nothing to save."""

    def load(self, folder: Path) -> Self:
        """Nothing to load."""
        return self

"""Personalised PageRank as a ranker: nothing is learned, the walk from the clients says it all."""

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
        """There is nothing to set up."""

    def check(self, features: Features) -> None:
        """It ranks whatever has label features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """There is nothing to train."""
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Log of the visits of each company (len(rows),)."""
        return label_features[:, -1]

    def save(self, folder: Path) -> None:
        """There is nothing to save."""

    def load(self, folder: Path) -> Self:
        """There is nothing to load."""
        return self

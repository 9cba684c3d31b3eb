"""A ranking by lot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from graphlead.common.deal import lots
from graphlead.core.arrays import Floats, Ints
from graphlead.core.features import Features


@dataclass(frozen=True)
class Chance:
    """Ranks by a lot drawn for each company."""

    name: str
    seed: int = 0

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """The lots of this seed."""
        return replace(self, seed=seed)

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """A number from 0 to 1 (len(rows),)."""
        drawn = lots(features.keys[rows], "chance", self.seed)
        return (drawn / np.iinfo(np.uint64).max).astype(np.float32)

"""Random columns dealt by a hash of each row's key: a row keeps its values whatever the others are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import gammaincinv, ndtri
from scipy.stats import poisson

from graphlead.common.deal import keys_of, lots
from graphlead.core.arrays import Flags, Keys, Longs, Reals

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Lots:
    """Draws for rows with these keys (n,); every topic is independent of the others."""

    keys: Keys
    seed: int

    @classmethod
    def of(cls, texts: Texts, seed: int) -> Lots:
        """The draws for rows that go by these texts."""
        return cls(keys_of(pa.array(texts, pa.string())), seed)

    def share(self, topic: str) -> Reals:
        """Evenly in (0, 1)."""
        return np.asarray((lots(self.keys, topic, self.seed) >> np.uint64(11)) / 2.0**53 + 2.0**-54)

    def happens(self, topic: str, probability: Reals | float) -> Flags:
        return np.asarray(self.share(topic) < probability)

    def normal(self, topic: str, mean: float, spread: float) -> Reals:
        return np.asarray(mean + spread * ndtri(self.share(topic)))

    def gamma(self, topic: str, shape: float, scale: float) -> Reals:
        return np.asarray(scale * gammaincinv(shape, self.share(topic)))

    def count(self, topic: str, mean: float) -> Longs:
        """Poisson."""
        return np.asarray(poisson.ppf(self.share(topic), mean), np.int64)

    def pick(self, topic: str, words: tuple[str, ...], weights: tuple[float, ...] | None = None) -> Texts:
        """One of the words, in proportion to the weights."""
        steps = np.cumsum(weights or np.ones(len(words)))
        at = np.searchsorted(steps / steps[-1], self.share(topic), side="right")
        return np.array(words, object)[np.minimum(at, len(words) - 1)]

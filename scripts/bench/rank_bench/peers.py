"""The peers: rankers that the product does not have, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import RankerSetup
from graphlead.core.features import Features
from graphlead.core.register import Register
from graphlead.learn.registry import rankers
from rank_bench.adapted import AdaptedTrees, alone, with_neighbours
from rank_bench.chance import Chance
from rank_bench.logistic import Logistic, Traits, traits_of


class Trainable(Protocol):
    """A ranker that is never saved; otherwise as the product's ``Ranker``."""

    @property
    def name(self) -> str: ...

    def check(self, features: Features) -> None: ...

    def fit(
        self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int
    ) -> Trainable: ...

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats: ...


@dataclass
class Sight:
    """What rankers are made from; register: every company that will be trained on or scored."""

    setup: RankerSetup
    register: Register

    @cached_property
    def traits(self) -> Traits:
        return traits_of(self.register)


PEERS: dict[str, Callable[[str, Sight], Trainable]] = {
    "random": lambda name, sight: Chance(name),
    "logistic": lambda name, sight: Logistic(name, sight.traits),
    "elkan_noto": lambda name, sight: AdaptedTrees(name, alone(sight.setup.encodings), sight.setup.device),
    "trees_neighbours": lambda name, sight: AdaptedTrees(name, with_neighbours, sight.setup.device),
}
"""Everything that learns is taken by its name and what it is made from."""


def made(name: str, sight: Sight) -> Trainable:
    """An untrained ranker, a peer or one of the product's."""
    if name in PEERS:
        return PEERS[name](name, sight)
    return rankers([name], sight.setup)[0]

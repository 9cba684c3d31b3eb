"""How early rankers find held-out clients, by some of these clients alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphlead.core.arrays import Flags, Ints
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import average_precision, from_the_top
from graphlead.evaluate.positions import Positions, Resamples, positions, unresampled

NOBODY = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Found:
    """How early each ranker finds the clients (P,) of a split."""

    clients: Ints
    places: Mapping[str, Positions]
    alone: Resamples

    @classmethod
    def of(cls, result: HeldOut, names: Sequence[str]) -> Found:
        alone = unresampled(result)
        places = {name: positions(result, result.scores[name], alone) for name in names}
        return cls(result.companies[result.held_out], places, alone)

    def without(self, unseen: Ints) -> dict[str, float]:
        """The average precision of each ranker by the clients that are none of these; 1 for each where none is left."""
        seen = ~np.isin(self.clients, unseen)
        if not seen.any():
            return dict.fromkeys(self.places, 1.0)
        drawn = replace(self.alone, clients=self.alone.clients[:, seen])
        return {
            name: float(average_precision(from_the_top(_some(at, seen), drawn))[0])
            for name, at in self.places.items()
        }


def _some(at: Positions, seen: Flags) -> Positions:
    return Positions(at.low[:, seen], at.high[:, seen], at.n_unlabelled)


def clients_by_fold(result: HeldOut) -> list[Ints]:
    """The companies held out in each fold."""
    return [
        result.companies[result.held_out & (result.fold == fold)]
        for fold in range(int(result.fold.max()) + 1)
    ]

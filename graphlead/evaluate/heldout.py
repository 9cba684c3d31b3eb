"""Scores of models on companies they did not train on, and where the held-out clients stand among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.carriers import Flags, Floats
from graphlead.errors import CarrierError

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HeldOut:
    """One split: scores of several rankers over m candidates, held-out clients and unlabelled companies.

    fold (m,): scores are comparable only within a fold, where one model gave them; held_out (m,): True for
    the clients hidden from the model of their fold, False for unlabelled companies. scores: ranker -> (m,),
    higher is better. segments: column -> (m,) strings (numpy, or Arrow plain or dictionary-encoded; null is a
    missing value). Raises CarrierError when lengths differ, a score is not finite, nobody is held out, or a
    fold with held-out clients has no unlabelled company to rank them against.
    """

    split: str
    fold: npt.NDArray[np.int8]
    held_out: Flags
    scores: Mapping[str, Floats]
    segments: Mapping[str, npt.NDArray[np.str_] | pa.Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        m = len(self.held_out)
        self._require(self.held_out.dtype == np.bool_, "held_out as booleans", self.held_out.dtype)
        self._require(len(self.fold) == m, f"a fold for each of {m} candidates", len(self.fold))
        self._require(bool(self.held_out.any()), "at least one held-out client", "none")
        self._require(bool(self.scores), "at least one ranker", "none")
        for name, scores in self.scores.items():
            self._require(scores.shape == (m,), f"{m} scores of {name}", scores.shape)
            self._require(bool(np.isfinite(scores).all()), f"finite scores of {name}", "NaN or infinity")
        for column, values in self.segments.items():
            self._require(len(values) == m, f"{m} segments of {column}", len(values))
        alone = np.setdiff1d(self.fold[self.held_out], self.fold[~self.held_out])
        self._require(not len(alone), "unlabelled companies in every fold", f"none in {alone.tolist()}")

    def _require(self, holds: bool, expected: str, got: object) -> None:
        if not holds:
            raise CarrierError(f"HeldOut {self.split}: expected {expected}, got {got}.")

    @property
    def n_held_out(self) -> int:
        return int(self.held_out.sum())


@dataclass(frozen=True)
class Positions:
    """Where each held-out client stands among the unlabelled companies of its fold, for one ranker.

    low, high (P,): the share of these companies scored strictly higher, and higher or equal. Between them
    lies the client's place in a list whose ties are broken at random. The held-out clients do not count
    against each other: the list handed to sales holds unlabelled companies only, so a share of the list is a
    share of them.
    """

    low: Reals
    high: Reals
    n_unlabelled: int

    def found(self, share: float) -> Reals:
        """The chance (P,) of each client to be within the top ``share`` of the list; 0 or 1 unless tied."""
        width = self.high - self.low
        within = np.divide(share - self.low, width, out=np.zeros_like(width), where=width > 0)
        return np.where(width > 0, np.clip(within, 0, 1), self.low < share)

    def middle(self) -> Reals:
        """The share (P,) of the unlabelled ahead of each client, ties counted half."""
        return (self.low + self.high) / 2

    def spread(self) -> Reals:
        """One place (P,) for each client, those tied with one another spaced evenly over their tie."""
        order = np.lexsort((self.high, self.low))
        low, high = self.low[order], self.high[order]
        starts = np.flatnonzero(np.r_[True, (np.diff(low) > 0) | (np.diff(high) > 0)])
        sizes = np.diff(np.r_[starts, len(order)])
        nth = np.arange(len(order)) - np.repeat(starts, sizes)
        places = np.empty_like(low)
        places[order] = low + (high - low) * (nth + 0.5) / np.repeat(sizes, sizes)
        return places


def positions(result: HeldOut, scores: Floats) -> Positions:
    """Where the held-out clients, in the order of the candidates, stand by these scores (m,)."""
    low = np.empty(len(scores))
    high = np.empty(len(scores))
    for fold in np.unique(result.fold[result.held_out]):
        here = result.fold == fold
        held = np.flatnonzero(here & result.held_out)
        reference = np.sort(scores[here & ~result.held_out])
        low[held] = 1 - np.searchsorted(reference, scores[held], "right") / len(reference)
        high[held] = 1 - np.searchsorted(reference, scores[held], "left") / len(reference)
    n_unlabelled = len(scores) - result.n_held_out
    return Positions(low[result.held_out], high[result.held_out], n_unlabelled)

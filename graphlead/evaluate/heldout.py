"""Held-out scores: of companies that the model did not train on, among them clients hidden from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.columns import coded
from graphlead.common.industries.titles import column_titles
from graphlead.core.arrays import Flags, Floats, Ints
from graphlead.core.errors import CarrierError
from graphlead.core.register import Register, Role

RANDOM = "random"
"""The split by random folds, by the models that make the list."""


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """One split: scores of several rankers over m candidates, held-out clients and unlabelled companies.

    fold (m,): scores compare only within a fold, where one model made them; held_out (m,): True for the clients
    hidden from their fold's model, False for unlabelled companies. scores: ranker to (m,), higher is better.
    segments: column to (m,) strings (numpy, or Arrow plain or dictionary-encoded; null is a missing value).
    company: the index in the register of each candidate (m,), empty for 0 .. m-1. weight: how many unlabelled
    companies each candidate stands for (m,), as in ``Sample``, 1 for the held-out clients; empty for all ones.
    Raises CarrierError when lengths differ, a score or a weight is not finite, a weight is not above 0 or that of a
    client not 1, nobody is held out, or a fold with held-out clients has no unlabelled company to rank them against.
    """

    split: str
    fold: npt.NDArray[np.int8]
    held_out: Flags
    scores: Mapping[str, Floats]
    segments: Mapping[str, npt.NDArray[np.str_] | pa.Array] = field(default_factory=dict)
    company: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    weight: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    def __post_init__(self) -> None:
        m = len(self.held_out)
        if not len(self.weight):
            object.__setattr__(self, "weight", np.ones(m, np.float32))
        self._require(self.held_out.dtype == np.bool_, "held_out as booleans", self.held_out.dtype)
        self._require(len(self.company) in (0, m), f"a company for each of {m} candidates", len(self.company))
        self._require(len(self.fold) == m, f"a fold for each of {m} candidates", len(self.fold))
        self._require(bool(self.held_out.any()), "at least one held-out client", "none")
        self._require(bool(self.scores), "at least one ranker", "none")
        for name, scores in self.scores.items():
            self._require(scores.shape == (m,), f"{m} scores of {name}", scores.shape)
            self._require(bool(np.isfinite(scores).all()), f"finite scores of {name}", "NaN or infinity")
        self._require(self.weight.shape == (m,), f"{m} weights", self.weight.shape)
        weighted = bool((np.isfinite(self.weight) & (self.weight > 0)).all())
        self._require(weighted, "finite weights above 0", "others")
        self._require(bool((self.weight[self.held_out] == 1).all()), "held-out clients of weight 1", "others")
        for column, values in self.segments.items():
            self._require(len(values) == m, f"{m} segments of {column}", len(values))
        alone = np.setdiff1d(self.fold[self.held_out], self.fold[~self.held_out])
        self._require(not len(alone), "unlabelled companies in every fold", f"none in {alone.tolist()}")

    def _require(self, holds: bool, expected: str, got: object) -> None:
        if not holds:
            raise CarrierError(f"HeldOut {self.split}: expected {expected}, got {got}.")

    @property
    def companies(self) -> Ints:
        """The index in the register of each candidate (m,)."""
        return self.company if len(self.company) else np.arange(len(self.fold), dtype=np.int32)

    @property
    def n_held_out(self) -> int:
        return int(self.held_out.sum())

    @property
    def n_unlabelled(self) -> int:
        """How many companies the unlabelled stand for."""
        return round(float(self.weight[~self.held_out].sum(dtype=np.float64)))


def at_random(results: Sequence[HeldOut]) -> HeldOut:
    """The split by random folds, or the first where there is none."""
    return next((result for result in results if result.split == RANDOM), results[0])


def segments_of(register: Register, companies: Ints) -> dict[str, pa.Array]:
    """The place and the industry of these companies (m,), by column: what results are broken down by.

    Industry codes are followed by their titles.
    """
    columns = register.names_of(Role.REGION, Role.COUNTRY)[:1] + register.names_of(Role.INDUSTRY)[:1]
    return {
        name: read.spread(column_titles(register, name).beside(read.values), companies)
        for name in columns
        for read in [coded(register, name)]
    }

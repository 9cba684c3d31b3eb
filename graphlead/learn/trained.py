"""The trained network in NumPy, so that a run scores without PyTorch; ``network`` trains it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

import numpy as np

from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.features import Features

CLIP = 6.0
"""Deviations at which inputs are cut off, a choice."""
NETWORK = "network"
"""What the names of the network's tensors in a file begin with."""


@dataclass(frozen=True, kw_only=True)
class TrainedNetwork:
    """Two hidden layers over every input; their output is added to a linear score that was solved before.

    entering (width, hidden), bias (hidden,), mixing (hidden, hidden), mixing_bias (hidden,), out (hidden, 1) and offset
    (1,), in double precision: single sums differ in rounding with the number of rows at a time, and by that the ranks
    of the nearly tied.
    """

    entering: Reals
    bias: Reals
    mixing: Reals
    mixing_bias: Reals
    out: Reals
    offset: Reals

    def scores(self, inputs: Floats, linear: Floats) -> Floats:
        """Logits float32 (m,) of inputs (m, width) and linear scores (m,)."""
        hidden = np.maximum(inputs.astype(np.float64) @ self.entering + self.bias, 0)
        hidden = np.maximum(hidden @ self.mixing + self.mixing_bias, 0)
        return np.asarray(linear + (hidden @ self.out)[:, 0] + self.offset, np.float32)

    def tensors(self) -> dict[str, Floats]:
        """The weights by the names that they have in a file; all of them are single numbers."""
        return {f"{NETWORK}.{name}": values.astype(np.float32) for name, values in asdict(self).items()}

    @classmethod
    def of(cls, tensors: Mapping[str, Floats]) -> Self:
        """The network among the tensors of a file."""
        names = [each.name for each in fields(cls)]
        return cls(**{name: tensors[f"{NETWORK}.{name}"].astype(np.float64) for name in names})


@dataclass(frozen=True)
class Scaling:
    """The mean and the standard deviation (width,) of the inputs over the training companies."""

    mean: Floats
    deviation: Floats

    @staticmethod
    def of(inputs: Floats) -> Scaling:
        known = np.where(np.isfinite(inputs), inputs, np.nan)
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            mean = np.nan_to_num(np.nanmean(known, axis=0))
            deviation = np.nan_to_num(np.nanstd(known, axis=0))
        return Scaling(mean, np.where(deviation > 1e-6, deviation, 1).astype(np.float32))

    def apply(self, inputs: Floats) -> Floats:
        """The inputs standardised, clipped at CLIP deviations, and 0 (the mean) where missing."""
        scaled: Floats = inputs - self.mean
        scaled /= self.deviation
        np.clip(scaled, -CLIP, CLIP, out=scaled)
        np.copyto(scaled, 0, where=np.isnan(scaled))
        return scaled

    def after(self, first: int) -> Scaling:
        """The scaling of the inputs after the ``first`` ones."""
        return Scaling(self.mean[first:], self.deviation[first:])


def own_inputs(features: Features, rows: Ints, *before: Floats) -> Floats:
    """What comes ``before``, own numbers with flags for missing ones, and neighbours' numbers: float32 (len(rows),
    width)."""
    own = features.attributes.numeric[rows]
    return np.hstack([*before, own, np.isnan(own), features.structure[rows]], dtype=np.float32)

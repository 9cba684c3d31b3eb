"""A decoupled heterogeneous graph network: propagation over each relation, then a small network on the results.

The neighbourhood is aggregated once, before training, as in SIGN (Frasca et al. 2020), NARS (Yu et al. 2020) and
SeHGNN (Yang et al. 2023); so the cost is linear in the companies and the result exact on every device. The network is
built on its linear part, as in Wide & Deep learning (Cheng et al. 2016), but that is solved first, as a ridge; the deep
part learns what it leaves.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from safetensors.numpy import load_file, save_file

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Ranker, RankerSetup
from graphlead.core.features import Features
from graphlead.learn.rankers.tabular import Classified, linear
from graphlead.learn.trained import Scaling, TrainedNetwork, own_inputs

CHUNK = 8_192
"""Companies scored at a time, a choice: their inputs fit into a core's cache."""


class DecoupledGnn:
    """The graph network as a ranker. PyTorch trains it, NumPy scores.

    The loss is half balanced logistic, half pairwise ranking where clients-to-be are rare among the unlabelled, and
    non-negative PU where the user's prior is COMMON or more.
    """

    name = "gnn"

    def __init__(self, setup: RankerSetup) -> None:
        self._device, self._prior = setup.device, setup.prior
        self._linear = replace(linear(setup), name=f"{self.name}-linear")
        self.base: Ranker | None = None
        self._network: TrainedNetwork | None = None
        self._scaling = Scaling(np.zeros(0, np.float32), np.ones(0, np.float32))

    def check(self, features: Features) -> None:
        """Accept any register: training is on mini-batches."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        from graphlead.learn.network import fitted

        inputs = self._prepare(features, rows, labels, label_features, seed)
        self._network = fitted(
            inputs,
            self._linear.score(features, rows, label_features),
            labels,
            features.keys[rows],
            device=self._device,
            seed=seed,
            prior=self._prior,
        )
        return self

    def build_on(self, base: Ranker) -> None:
        """Take the linear part from this ranker, which is trained on the same companies before."""
        self.base = base

    def _prepare(
        self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int
    ) -> Floats:
        """Solve the linear part, learn the scaling, and give the scaled inputs (len(rows), width)."""
        if isinstance(self.base, Classified):
            self._linear.trained = self.base.trained
        else:
            self._linear.fit(features, rows, labels, label_features, seed)
        self._scaling = Scaling.of(_inputs(features, rows, label_features))
        return self._inputs(features, rows, label_features)

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Logits (len(rows),), higher is likelier."""
        base = self._linear.score(features, rows, label_features)
        return self.score_above(features, rows, label_features, base)

    def score_above(self, features: Features, rows: Ints, label_features: Floats, base: Floats) -> Floats:
        """The same from the scores of its linear part (len(rows),)."""
        if self._network is None:
            raise RuntimeError("DecoupledGnn is used before it is trained or loaded.")
        logits = np.zeros(len(rows), np.float32)
        for start in range(0, len(rows), CHUNK):
            block = slice(start, start + CHUNK)
            inputs = self._inputs(features, rows[block], label_features[block])
            logits[block] = self._network.scores(inputs, base[block])
        return logits

    def save(self, folder: Path) -> None:
        """Write the weights, the scaling and the linear part as safetensors into an existing folder."""
        if self._network is None:
            raise RuntimeError(f"{self.name} is saved before it is trained.")
        scaling = {"mean": self._scaling.mean, "deviation": self._scaling.deviation}
        save_file(self._network.tensors() | scaling, folder / f"{self.name}.safetensors")
        self._linear.save(folder)

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        tensors = load_file(folder / f"{self.name}.safetensors")
        self._scaling = Scaling(tensors["mean"], tensors["deviation"])
        self._network = TrainedNetwork.of(tensors)
        self._linear.load(folder)
        return self

    def _inputs(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        return self._scaling.apply(_inputs(features, rows, label_features))


def _inputs(features: Features, rows: Ints, label_features: Floats) -> Floats:
    return own_inputs(features, rows, label_features)

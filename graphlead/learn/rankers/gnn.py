"""A decoupled heterogeneous graph network: propagation over each relation, then a small network on the results.

The neighbourhood is aggregated once, before training, as in SIGN (Frasca et al. 2020), NARS (Yu et al. 2020) and
SeHGNN (Yang et al. 2023); the network has a block of weights per source of information and trains on mini-batches, so
the cost is linear in the companies and the result exact on every device.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import RankerSetup
from graphlead.core.features import Features
from graphlead.learn.network import (
    STEPS,
    Network,
    Scaling,
    blocks_of,
    mean_logit,
    network_from,
    scaled,
    scaling_tensors,
    scalings_from,
    tensors_of,
    train,
)

CHUNK = 16_384
"""Companies scored at a time, a choice: the blocks and hidden layers of all members fit into some tens of MB."""


class DecoupledGnn:
    """The graph network as a ranker: members bagged over the unlabelled, their logits averaged.

    The loss is half balanced logistic, half pairwise ranking where clients-to-be are rare among the unlabelled, and
    non-negative PU where the user's prior is COMMON or more.
    """

    name = "gnn"

    def __init__(self, setup: RankerSetup) -> None:
        self._device, self._prior = setup.device, setup.prior
        self._network: Network | None = None
        self._scalings: list[Scaling] = []

    def check(self, features: Features) -> None:
        """Accept any register: training is on mini-batches."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        torch.manual_seed(seed)
        raw = blocks_of(features, rows, label_features)
        self._scalings = [Scaling.of(block) for block in raw]
        blocks = scaled(self._scalings, raw, self._device)
        network = Network(tuple(block.shape[1] for block in blocks)).to(self._device)
        positive = torch.from_numpy(labels > 0).to(self._device)
        train(
            network,
            lambda places: [block[places] for block in blocks],
            positive,
            features.keys[rows],
            seed=seed,
            prior=self._prior,
            steps=STEPS,
        )
        self._network = network
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Mean logit of the members (len(rows),), higher is likelier."""
        if self._network is None:
            raise RuntimeError("DecoupledGnn is used before it is trained or loaded.")
        parts = [np.zeros(0, np.float32)]
        for start in range(0, len(rows), CHUNK):
            part = slice(start, start + CHUNK)
            raw = blocks_of(features, rows[part], label_features[part])
            parts.append(mean_logit(self._network, scaled(self._scalings, raw, self._device)))
        return np.concatenate(parts)

    def save(self, folder: Path) -> None:
        """Write weights and scalings as safetensors into an existing folder."""
        if self._network is None:
            raise RuntimeError("DecoupledGnn is saved before it is trained.")
        tensors = tensors_of(self._network, "network") | scaling_tensors(self._scalings)
        save_file(tensors, folder / "gnn.safetensors")

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        tensors = load_file(folder / "gnn.safetensors")
        self._scalings = scalings_from(tensors)
        self._network = network_from(tensors).to(self._device)
        return self

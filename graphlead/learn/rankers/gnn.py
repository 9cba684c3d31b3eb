"""A decoupled heterogeneous graph network: what was propagated over each relation goes through a small network.

The neighbourhood is aggregated once, before training, as in SIGN (Frasca et al. 2020), NARS (Yu et al. 2020) and
SeHGNN (Yang et al. 2023); what is trained is a block of weights a source of information, on mini-batches, so that the
cost is linear in the companies and the result exact on every device.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from graphlead.core.arrays import Floats, Ints
from graphlead.core.features import Features
from graphlead.learn.adamw import OneCycleAdamW
from graphlead.learn.losses import nnpu, pairwise_ranking, pu_logistic_balanced

MEMBERS = 3
HIDDEN = 32
DROPOUT = 0.4
STEPS = 120
POSITIVES = 192
UNLABELLED = 1024
RANKED = 256
LEARNING_RATE = 0.01
WEIGHT_DECAY = 0.02
WIDE_PENALTY = 2e-3
CLIP = 6.0
CHUNK = 16_384
COMMON = 0.05
"""From this share of clients-to-be among the unlabelled on, taking them for negatives costs more than it steadies."""


class Network(nn.Module):
    """Bagged members trained at once: a linear part over the label features and a deep part over every block.

    Each block (label features, own attributes, neighbours' attributes) has its own projection; the sum of the
    projections passes two hidden layers. Inputs (members, batch, width of the block); output (members, batch) logits.
    """

    def __init__(self, widths: tuple[int, ...], members: int = MEMBERS, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.wide = nn.Parameter(torch.zeros(members, widths[0]))
        self.blocks = nn.ParameterList(
            nn.Parameter(torch.randn(members, width, hidden) / max(sum(widths), 1) ** 0.5) for width in widths
        )
        self.bias = nn.Parameter(torch.zeros(members, 1, hidden))
        self.mixing = nn.Parameter(torch.randn(members, hidden, hidden) / hidden**0.5)
        self.mixing_bias = nn.Parameter(torch.zeros(members, 1, hidden))
        self.out = nn.Parameter(torch.randn(members, hidden, 1) * 0.1 / hidden**0.5)
        self.offset = nn.Parameter(torch.zeros(members, 1))

    def forward(self, blocks: list[Tensor]) -> Tensor:
        linear = torch.einsum("mbw,mw->mb", blocks[0], self.wide) + self.offset
        hidden: Tensor = self.bias
        for block, weight in zip(blocks, self.blocks, strict=True):
            hidden = hidden + block @ weight
        hidden = functional.dropout(functional.relu(hidden), DROPOUT, self.training)
        hidden = functional.relu(hidden @ self.mixing + self.mixing_bias)
        return linear + (hidden @ self.out).squeeze(-1)


@dataclass(frozen=True)
class Scaling:
    """Mean and deviation (width,) of a block over the companies trained on."""

    mean: Tensor
    deviation: Tensor

    @staticmethod
    def of(block: Floats) -> Scaling:
        known = np.where(np.isfinite(block), block, np.nan)
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            mean = np.nan_to_num(np.nanmean(known, axis=0))
            deviation = np.nan_to_num(np.nanstd(known, axis=0))
        return Scaling(
            torch.from_numpy(mean),
            torch.from_numpy(np.where(deviation > 1e-6, deviation, 1).astype(np.float32)),
        )

    def apply(self, block: Floats) -> Tensor:
        """Standardised, clipped at CLIP deviations, and 0, the mean, where missing."""
        scaled = (torch.from_numpy(block) - self.mean) / self.deviation
        return torch.nan_to_num(scaled, nan=0.0).clamp(-CLIP, CLIP)


class DecoupledGnn:
    """The graph network as a ranker: MEMBERS networks bagged over the unlabelled, their logits averaged.

    The loss is half balanced logistic, half pairwise ranking where clients-to-be are rare among the unlabelled, and
    non-negative PU where the user says that they are common. prior: that share, None when it is not known.
    """

    name = "gnn"

    def __init__(self, device: str, prior: float | None = None) -> None:
        self._device = device
        self._prior = prior
        self._network: Network | None = None
        self._scalings: list[Scaling] = []

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features ``around`` (len(rows), F)."""
        torch.manual_seed(seed)
        raw = _blocks(features, rows, label_features)
        self._scalings = [Scaling.of(block) for block in raw]
        blocks = [
            scaling.apply(block).to(self._device) for scaling, block in zip(self._scalings, raw, strict=True)
        ]
        network = Network(tuple(block.shape[1] for block in blocks)).to(self._device)
        _train(network, blocks, torch.from_numpy(labels > 0).to(self._device), seed, self._prior)
        self._network = network
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Mean logit of the members (len(rows),), higher is likelier."""
        if self._network is None:
            raise RuntimeError("DecoupledGnn is used before it is trained or loaded.")
        self._network.eval()
        parts = []
        with torch.no_grad():
            for start in range(0, len(rows), CHUNK):
                part = slice(start, start + CHUNK)
                raw = _blocks(features, rows[part], label_features[part])
                blocks = [s.apply(b).to(self._device) for s, b in zip(self._scalings, raw, strict=True)]
                members = self._network.wide.shape[0]
                logits = self._network([block.expand(members, -1, -1) for block in blocks])
                parts.append(logits.mean(0).cpu().numpy())
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def save(self, folder: Path) -> None:
        """Write weights and scalings as safetensors into an existing folder."""
        if self._network is None:
            raise RuntimeError("DecoupledGnn is saved before it is trained.")
        tensors = {
            f"network.{name}": t.detach().cpu().contiguous() for name, t in self._network.state_dict().items()
        }
        for i, scaling in enumerate(self._scalings):
            tensors |= {f"scaling.{i}.mean": scaling.mean, f"scaling.{i}.deviation": scaling.deviation}
        save_file(tensors, folder / "gnn.safetensors")

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        tensors = load_file(folder / "gnn.safetensors")
        count = sum(key.endswith(".mean") for key in tensors)
        self._scalings = [
            Scaling(tensors[f"scaling.{i}.mean"], tensors[f"scaling.{i}.deviation"]) for i in range(count)
        ]
        members, _, hidden = tensors["network.mixing"].shape
        network = Network(tuple(len(scaling.mean) for scaling in self._scalings), members, hidden)
        network.load_state_dict(
            {key.removeprefix("network."): t for key, t in tensors.items() if key.startswith("network.")}
        )
        self._network = network.to(self._device)
        return self


def _blocks(features: Features, rows: Ints, label_features: Floats) -> list[Floats]:
    """Label features, own numbers with flags for missing ones, and neighbours' numbers."""
    own = features.attributes.numeric[rows]
    return [label_features, np.hstack([own, np.isnan(own).astype(np.float32)]), features.structure[rows]]


def _train(network: Network, blocks: list[Tensor], positive: Tensor, seed: int, prior: float | None) -> None:
    """STEPS mini-batches of positives and unlabelled, each member with its own draw."""
    members = network.wide.shape[0]
    draw = torch.Generator().manual_seed(seed)
    pools = [torch.nonzero(mask).squeeze(1).cpu() for mask in (positive, ~positive)]
    sizes = (min(POSITIVES, len(pools[0])), min(UNLABELLED, len(pools[1])))
    regular = [parameter for name, parameter in network.named_parameters() if name != "wide"]
    optimiser = OneCycleAdamW(regular, [network.wide], LEARNING_RATE, WEIGHT_DECAY, STEPS)
    network.train()
    for _ in range(STEPS):
        picks = [
            pool[torch.randint(len(pool), (members, size), generator=draw)]
            for pool, size in zip(pools, sizes, strict=True)
        ]
        rows = torch.cat(picks, dim=1).to(positive.device)
        logits = network([block[rows] for block in blocks])
        loss = pu_loss(logits[:, : sizes[0]], logits[:, sizes[0] :], prior) + WIDE_PENALTY * (
            network.wide**2
        ).sum(1)
        optimiser.zero_grad()
        torch.autograd.backward(loss.sum())
        optimiser.step()


def pu_loss(positive: Tensor, unlabelled: Tensor, prior: float | None = None) -> Tensor:
    """The loss of each member (members,) by regime: non-negative PU from a prior of COMMON, else half balanced
    logistic and half pairwise ranking against RANKED of the unlabelled.
    """
    if prior is not None and prior >= COMMON:
        return nnpu(positive, unlabelled, prior)
    return pu_logistic_balanced(positive, unlabelled) + pairwise_ranking(positive, unlabelled[:, :RANKED])

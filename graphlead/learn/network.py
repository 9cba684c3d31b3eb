"""The small network that ranks by label features and blocks of numbers, and its training.

Rankers that differ in how they bring information to a company share this network and its loss, so that a difference
between their scores is due to that alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphlead.common.deal import lots
from graphlead.core.arrays import Floats, Ints, Keys, Longs
from graphlead.core.features import Features
from graphlead.learn.adamw import OneCycleAdamW
from graphlead.learn.losses import pu_loss

MEMBERS = 3
HIDDEN = 32
DROPOUT = 0.4
STEPS = 120
POSITIVES = 192
UNLABELLED = 1024
LEARNING_RATE = 0.01
WEIGHT_DECAY = 0.02
WIDE_PENALTY = 2e-3
CLIP = 6.0
"""Sizes for clients that number some hundreds. On two real registers, 120 steps of 3 members had an average
precision of 0.344 and 0.338, 80 steps of 2 (on fewer pairs) 0.345 and 0.338, 60 steps of one 0.336 and 0.333. On six
generated worlds of 3,000 companies a weight decay of 10 raised it from 0.177 to 0.254."""


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
    """The mean and the standard deviation (width,) of a block over the training companies."""

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
        """The block standardised, clipped at CLIP deviations, and 0 (the mean) where missing."""
        scaled = (torch.from_numpy(block) - self.mean) / self.deviation
        return torch.nan_to_num(scaled, nan=0.0).clamp(-CLIP, CLIP)


def blocks_of(features: Features, rows: Ints, label_features: Floats) -> list[Floats]:
    """Label features, own numbers with flags for missing ones, and neighbours' numbers: float32 (len(rows), width)."""
    own = features.attributes.numeric[rows]
    return [label_features, np.hstack([own, np.isnan(own).astype(np.float32)]), features.structure[rows]]


def scaled(scalings: Iterable[Scaling], blocks: Iterable[Floats], device: str) -> list[Tensor]:
    """Each block standardised by its scaling, on the device."""
    return [scaling.apply(block).to(device) for scaling, block in zip(scalings, blocks, strict=True)]


def train(
    network: Network,
    inputs: Callable[[Tensor], list[Tensor]],
    positive: Tensor,
    keys: Keys,
    *,
    seed: int,
    prior: float | None,
    steps: int,
    beneath: Iterable[Tensor] = (),
) -> None:
    """Train for ``steps`` steps on mini-batches of positives and unlabelled, dealt anew for each member.

    positive: bool (m,), of the training companies; keys (m,): as in ``Features``; inputs: from places (members, batch)
    among the m to the blocks (members, batch, width) there; beneath: other parameters to train, those of a network that
    makes the blocks.
    """
    members = network.wide.shape[0]
    labels = positive.cpu().numpy()
    pools = [np.flatnonzero(labels), np.flatnonzero(~labels)]
    sizes = [min(most, len(pool)) for most, pool in zip((POSITIVES, UNLABELLED), pools, strict=True)]
    batches = [
        _batches(keys[pool], pool, (steps, members, size), seed)
        for pool, size in zip(pools, sizes, strict=True)
    ]
    regular = [parameter for name, parameter in network.named_parameters() if name != "wide"]
    optimiser = OneCycleAdamW([*regular, *beneath], [network.wide], LEARNING_RATE, WEIGHT_DECAY, steps)
    network.train()
    for step in range(steps):
        picks = torch.cat([batch[step] for batch in batches], dim=1)
        logits = network(inputs(picks.to(positive.device)))
        loss = pu_loss(logits[:, : sizes[0]], logits[:, sizes[0] :], prior) + WIDE_PENALTY * (
            network.wide**2
        ).sum(1)
        optimiser.zero_grad()
        torch.autograd.backward(loss.sum())
        optimiser.step()


def _batches(keys: Keys, places: Longs, shape: tuple[int, int, int], seed: int) -> Tensor:
    """Batches (steps, members, size) of ``places`` with these keys: each member takes all in turn, in random orders."""
    steps, members, size = shape
    rounds = range(-(-steps * size // len(places)))
    orders = [
        np.concatenate([places[lots(keys, "batches", seed, member, nth).argsort()] for nth in rounds])
        for member in range(members)
    ]
    batches = np.stack([order[: steps * size].reshape(steps, size) for order in orders], axis=1)
    return torch.from_numpy(batches)


def mean_logit(network: Network, blocks: list[Tensor]) -> Floats:
    """The logits (batch,) of blocks (batch, width), averaged over the members."""
    network.eval()
    members = network.wide.shape[0]
    with torch.no_grad():
        logits: Tensor = network([block.expand(members, -1, -1) for block in blocks])
    return np.asarray(logits.mean(0).cpu().numpy(), np.float32)


def tensors_of(module: nn.Module, name: str) -> dict[str, Tensor]:
    """The weights of a module under names that begin with ``name``, contiguous as safetensors requires."""
    return {f"{name}.{key}": t.detach().cpu().contiguous() for key, t in module.state_dict().items()}


def weights_of(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """The weights that ``tensors_of`` put under a name."""
    return {key.removeprefix(f"{name}."): t for key, t in tensors.items() if key.startswith(f"{name}.")}


def scaling_tensors(scalings: Iterable[Scaling]) -> dict[str, Tensor]:
    """The scalings as tensors by name."""
    tensors: dict[str, Tensor] = {}
    for i, scaling in enumerate(scalings):
        tensors |= {f"scaling.{i}.mean": scaling.mean, f"scaling.{i}.deviation": scaling.deviation}
    return tensors


def scalings_from(tensors: Mapping[str, Tensor]) -> list[Scaling]:
    """The scalings among tensors, named by ``scaling_tensors``."""
    count = sum(key.startswith("scaling.") and key.endswith(".mean") for key in tensors)
    return [Scaling(tensors[f"scaling.{i}.mean"], tensors[f"scaling.{i}.deviation"]) for i in range(count)]


def network_from(tensors: Mapping[str, Tensor]) -> Network:
    """The network among tensors, under the name "network"."""
    weights = weights_of(tensors, "network")
    widths = tuple(weights[f"blocks.{i}"].shape[1] for i in range(sum("blocks." in key for key in weights)))
    members, _, hidden = weights["mixing"].shape
    network = Network(widths, members, hidden)
    network.load_state_dict(weights)
    return network

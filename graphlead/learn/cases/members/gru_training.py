"""The training of the recurrent network, which PyTorch does; ``gru`` scores with it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from graphlead.core.arrays import Floats, Reals
from graphlead.learn.adamw import AdamW
from graphlead.learn.threads import one_thread

HIDDEN, RATE, DECAY, DROPOUT = 16, 0.02, 0.01, 0.2
BATCHES, LEAST, MOST = 10, 32, 512
"""The batches of a pass, where a batch then has LEAST to MOST rows; so few rows are learned from in steps enough."""
MEMORY = 0.97
"""The weights that score are the mean of those after all steps so far, later a running one that keeps so much of itself
a step."""


class Network(nn.Module):
    """From steps (n, steps, channels) and plain columns (n, d) to log-odds (n,)."""

    def __init__(self, channels: int, plain: int) -> None:
        super().__init__()
        self.units = nn.GRU(channels, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, 1)
        self.linear = nn.Linear(plain, 1, bias=False)

    def started(self, mean: float, draw: torch.Generator) -> Network:
        """The network before training: random units, and the log-odds of the mean outcome for every row."""
        with torch.no_grad():
            for weight in self.units.parameters():
                weight.uniform_(-(HIDDEN**-0.5), HIDDEN**-0.5, generator=draw)
            self.out.weight.normal_(0, 0.1, generator=draw)
            self.out.bias.fill_(float(np.log(mean / (1 - mean))))
            self.linear.weight.zero_()
        return self

    def of_steps(self, steps: Tensor, mask: Tensor | None = None) -> Tensor:
        """The share (n,) of the sequence; mask: (n, HIDDEN), what the memory is multiplied by in training."""
        last: Tensor = self.units(steps)[1][0]
        found: Tensor = self.out(last if mask is None else last * mask)
        return found.squeeze(-1)

    def forward(self, steps: Tensor, plain: Tensor, mask: Tensor | None = None) -> Tensor:
        whole: Tensor = self.of_steps(steps, mask) + self.linear(plain).squeeze(-1)
        return whole


def trained(
    steps: Floats, plain: Floats, outcome: Reals, epochs: tuple[int, ...], seed: int
) -> list[dict[str, Reals]]:
    """The weights after each of these numbers of passes over the rows, by name, in double precision.

    steps (n, steps, channels), plain (n, d), outcome (n,): of the training rows.
    """
    tensors = torch.from_numpy(steps), torch.from_numpy(plain), torch.from_numpy(outcome.astype(np.float32))
    draw = torch.Generator().manual_seed(seed)
    network = Network(steps.shape[2], plain.shape[1]).started(float(outcome.mean()), draw)
    with one_thread():
        means = enumerate(_passes(network, tensors, epochs[-1], draw), 1)
        return [_weights(mean) for epoch, mean in means if epoch in epochs]


def _weights(network: Network) -> dict[str, Reals]:
    return {name: each.detach().double().numpy() for name, each in network.named_parameters()}


def _passes(
    network: Network, rows: tuple[Tensor, Tensor, Tensor], epochs: int, draw: torch.Generator
) -> Iterator[Network]:
    """Train on rows (steps, plain, label) in a random order, pass by pass; yields the mean network after each."""
    steps, plain, label = rows
    optimiser = AdamW(network.parameters(), (), RATE, DECAY)
    mean = deepcopy(network)
    pairs = list(zip(mean.parameters(), network.parameters(), strict=True))
    step, size = 0, min(max(LEAST, -(-len(label) // BATCHES)), MOST)
    for _ in range(epochs):
        order = torch.randperm(len(label), generator=draw)
        for start in range(0, len(label), size):
            at = order[start : start + size]
            mask = (torch.rand(len(at), HIDDEN, generator=draw) >= DROPOUT) / (1 - DROPOUT)
            loss = functional.binary_cross_entropy_with_logits(network(steps[at], plain[at], mask), label[at])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            step += 1
            with torch.no_grad():
                for kept, new in pairs:
                    kept.lerp_(new, max(1 - MEMORY, 1 / step))
        yield mean

"""A small recurrent network over the last steps before a case's day, beside a linear model of the plain columns.

Gated recurrent units (Cho et al. 2014) read what happened step by step; what they remember after the last step adds one
number to the log-odds of the linear part, so the model stays additive. Early stopping is the choice among EPOCHS by
held-out loss, as for the rounds of boosting. It trains on the processor alone: that takes some seconds, and a GPU would
bring other bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Floats, Reals
from graphlead.learn.adamw import AdamW
from graphlead.learn.cases.design import Design, design_of, sources
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.member import by_source, some_rows
from graphlead.learn.cases.rhythm import RHYTHM

HIDDEN, RATE, DECAY, DROPOUT = 16, 0.02, 0.01, 0.2
BATCHES, LEAST, MOST = 10, 32, 512
"""The batches of a pass, where a batch then has LEAST to MOST rows; so few rows are learned from in steps enough."""
EPOCHS = (2, 4, 6)
"""Candidates: passes over the rows."""
MEMORY = 0.97
"""The weights that score are the mean of those after all steps so far, later a running one that keeps so much of itself
a step."""
MOST_ROWS = 10_000
"""Rows that are trained on, the most: more make the network slower and hardly better."""
CHUNK = 16_384
"""Rows scored at a time, a choice: they take some tens of MB."""


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


@dataclass(frozen=True)
class GruModel:
    """A trained network, in double precision: the rounding of single sums would depend on the rows beside a row.

    scale (channels,): what the steps are divided by. centre: the mean share of the sequence over the training rows.
    """

    network: Network
    design: Design
    scale: Floats
    centre: float = 0.0

    def log_odds(self, table: Table) -> Reals:
        return np.asarray(self.of_steps(table) + self._linear(table).sum(axis=1))

    def of_steps(self, table: Table) -> Reals:
        """What the sequence adds to the log-odds (n,), with the constant."""
        steps = _steps(table)
        parts = [np.zeros(0)]
        with torch.no_grad():
            for start in range(0, len(steps), CHUNK):
                scaled = torch.from_numpy(steps[start : start + CHUNK] / self.scale).double()
                parts.append(self.network.of_steps(scaled).numpy())
        return np.concatenate(parts)

    def contributions(self, table: Table) -> pd.DataFrame:
        """The linear terms by column, and the share of the sequence against the mean one as RHYTHM."""
        terms = by_source(self._linear(table), sources(table.encoding, 0.0))
        return terms.assign(**{RHYTHM: self.of_steps(table) - self.centre})

    def _linear(self, table: Table) -> Reals:
        weights = self.network.linear.weight.detach().numpy()[0]
        return np.asarray(self.design.apply(table) * weights, np.float64)

    def save(self, folder: Path, name: str) -> None:
        weights = {key: each.contiguous() for key, each in self.network.state_dict().items()}
        save_file(weights, folder / f"{name}.safetensors")
        content = {"scale": self.scale.tolist(), "centre": self.centre, "design": self.design.to_json()}
        write_json(folder / f"{name}.json", content)


@dataclass(frozen=True)
class Gru:
    """Candidates are the numbers of passes over the rows."""

    epochs: tuple[int, ...] = EPOCHS

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        return np.stack([each.log_odds(held) for each in _trained(train, outcome, self.epochs, seed)], axis=1)

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> GruModel:
        (found,) = _trained(train, outcome, self.epochs[candidate : candidate + 1], seed)
        return replace(found, centre=float(found.of_steps(train).mean()))

    def load(self, folder: Path, name: str, encoding: Encoding) -> GruModel:
        weights, content = load_file(folder / f"{name}.safetensors"), read_json(folder / f"{name}.json")
        network = Network(weights["units.weight_ih_l0"].shape[1], weights["linear.weight"].shape[1]).double()
        network.load_state_dict(weights)
        scale = np.asarray(content["scale"], np.float32)
        return GruModel(network, Design.from_json(content["design"]), scale, content["centre"])


def _trained(table: Table, outcome: Reals, epochs: tuple[int, ...], seed: int) -> list[GruModel]:
    """The model after each of these numbers of passes."""
    rows = some_rows(len(table), MOST_ROWS, seed)
    design, steps = design_of(table, 0.0), _steps(table)[rows]
    scale = np.maximum(steps.std(axis=(0, 1)), 1e-3)
    tensors = [torch.from_numpy(each) for each in (steps / scale, design.apply(table)[rows])]
    label = torch.from_numpy(outcome[rows].astype(np.float32))
    draw = torch.Generator().manual_seed(seed)
    network = Network(steps.shape[2], tensors[1].shape[1]).started(float(outcome.mean()), draw)
    found = []
    with _one_thread():
        for epoch, mean in enumerate(_passes(network, (tensors[0], tensors[1], label), epochs[-1], draw), 1):
            if epoch in epochs:
                found.append(GruModel(deepcopy(mean).double(), design, scale))
    return found


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


def _steps(table: Table) -> Floats:
    if table.sequence is None:
        raise RuntimeError("The sequence network is used on rows without sequences.")
    return table.sequence


_LOCK = Lock()
_INSIDE: list[int] = []


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread for each of PyTorch's operations: what is held out is trained side by side."""
    with _LOCK:
        _INSIDE.append(torch.get_num_threads())
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _LOCK:
            before = _INSIDE.pop()
            if not _INSIDE:
                torch.set_num_threads(before)

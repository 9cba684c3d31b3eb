"""A small recurrent network over the last steps before a case's day, beside a linear model of the plain columns.

Gated recurrent units (Cho et al. 2014) read what happened step by step; what they remember after the last step adds one
number to the log-odds of the linear part, so the model stays additive. Early stopping is the choice among EPOCHS by
held-out loss, as for the rounds of boosting. It trains on the processor alone: that takes some seconds, and a GPU would
bring other bytes. PyTorch trains it (``gru_training``), NumPy scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save_file
from scipy.special import expit

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Floats, Reals
from graphlead.learn.cases.design import Design, design_of, sources
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.member import by_source, some_rows
from graphlead.learn.cases.rhythm import RHYTHM

EPOCHS = (2, 4, 6)
"""Candidates: passes over the rows."""
MOST_ROWS = 10_000
"""Rows that are trained on, the most: more make the network slower and hardly better."""
CHUNK = 16_384
"""Rows scored at a time, a choice: they take some tens of MB."""


@dataclass(frozen=True)
class Network:
    """From steps (n, steps, channels) and plain columns (n, d) to log-odds (n,).

    weights: by the names and in the shapes that PyTorch's GRU and Linear have, in double precision: the rounding of
    single sums would depend on the rows beside a row.
    """

    weights: Mapping[str, Reals]

    def of_steps(self, steps: Floats) -> Reals:
        """The share (n,) of the sequence: what the units remember after the last step."""
        entering, staying = self.weights["units.weight_ih_l0"].T, self.weights["units.weight_hh_l0"].T
        memory = np.zeros((len(steps), len(staying)))
        for step in range(steps.shape[1]):
            new = steps[:, step] @ entering + self.weights["units.bias_ih_l0"]
            old = memory @ staying + self.weights["units.bias_hh_l0"]
            reset, keep, change = zip(np.split(new, 3, axis=1), np.split(old, 3, axis=1), strict=True)
            kept = expit(keep[0] + keep[1])
            memory = kept * memory + (1 - kept) * np.tanh(change[0] + expit(reset[0] + reset[1]) * change[1])
        return np.asarray((memory @ self.weights["out.weight"].T + self.weights["out.bias"])[:, 0])

    def terms(self, plain: Floats) -> Reals:
        """What each plain column adds (n, d)."""
        return np.asarray(plain * self.weights["linear.weight"][0], np.float64)


@dataclass(frozen=True)
class GruModel:
    """A trained network.

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
        for start in range(0, len(steps), CHUNK):
            parts.append(
                self.network.of_steps((steps[start : start + CHUNK] / self.scale).astype(np.float64))
            )
        return np.concatenate(parts)

    def contributions(self, table: Table) -> pd.DataFrame:
        """The linear terms by column, and the share of the sequence against the mean one as RHYTHM."""
        terms = by_source(self._linear(table), sources(table.encoding, 0.0))
        return terms.assign(**{RHYTHM: self.of_steps(table) - self.centre})

    def _linear(self, table: Table) -> Reals:
        return self.network.terms(self.design.apply(table))

    def save(self, folder: Path, name: str) -> None:
        save_file(dict(self.network.weights), folder / f"{name}.safetensors")
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
        scale = np.asarray(content["scale"], np.float32)
        return GruModel(Network(weights), Design.from_json(content["design"]), scale, content["centre"])


def _trained(table: Table, outcome: Reals, epochs: tuple[int, ...], seed: int) -> list[GruModel]:
    """The model after each of these numbers of passes."""
    from graphlead.learn.cases.members.gru_training import trained

    rows = some_rows(len(table), MOST_ROWS, seed)
    design, steps = design_of(table, 0.0), _steps(table)[rows]
    scale = np.maximum(steps.std(axis=(0, 1)), 1e-3)
    found = trained(steps / scale, design.apply(table)[rows], outcome[rows], epochs, seed)
    return [GruModel(Network(weights), design, scale) for weights in found]


def _steps(table: Table) -> Floats:
    if table.sequence is None:
        raise RuntimeError("The sequence network is used on rows without sequences.")
    return table.sequence

"""Ways to learn what becomes of a case if it is treated, and if it is not; the difference is its uplift."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import xgboost as xgb

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Flags, Floats, Json, Reals
from graphlead.core.errors import damage
from graphlead.experiments.uplift.line import Line, line_of
from graphlead.experiments.uplift.trial import Trial
from graphlead.learn.cases.design import Design, design_of
from graphlead.learn.cases.encode import Table
from graphlead.learn.cases.members.logit import STEP
from graphlead.learn.cases.trees import COMMON, labelled, matrix, read_booster, write_booster

PENALTY = 100.0
"""On half of each squared coefficient, of standardised columns: a prior on how much a column does to the uplift.

Chosen by held-out loss of the outcome it came out ten times as high, for that loss hardly notices an uplift: of two
mailings to 30,000 customers each, what the ranking added then fell by up to a third.
"""
MAIN = 20.0
"""The same on what a column does to the outcome of treated and control alike, where the two are told apart."""
FREE = 10.0
"""What the treatment itself weighs beside a deviation, so that hardly any penalty is on its own effect."""
ROUNDS = 150
TREES = {"max_depth": 2, "eta": 0.05, "min_child_weight": 5, "subsample": 0.8, "reg_lambda": 3}


@dataclass(frozen=True)
class Guess:
    """What becomes of cases (n,) if they are treated, and if they are not."""

    treated: Reals
    control: Reals

    @property
    def uplift(self) -> Reals:
        return np.asarray(self.treated - self.control)


class Model(Protocol):
    """What was learned from a trial."""

    def guess(self, rows: Table) -> Guess:
        """What becomes of any rows in the encoding that was learned from."""
        ...

    def save(self, folder: Path, name: str) -> None: ...


class Learner(Protocol):
    """A way to learn an uplift."""

    def fit(self, train: Trial, table: Table, seed: int) -> Model:
        """Learned from a trial, of which ``table`` has the encoded cases."""
        ...

    def load(self, folder: Path, name: str) -> Model:
        """What ``save`` wrote. Raises RunFolderError when it is missing or damaged."""
        ...


@dataclass(frozen=True)
class TiedModel:
    """One line over the columns, the same times the treatment, and the treatment; share: of the treated."""

    design: Design
    line: Line
    share: float

    def guess(self, rows: Table) -> Guess:
        columns = self.design.apply(rows)
        sides = (np.full(len(rows), each, np.float32) for each in (1 - self.share, -self.share))
        return Guess(*(self.line.at(_apart(columns, side)) for side in sides))

    def save(self, folder: Path, name: str) -> None:
        _save(folder, name, self.design, {"share": self.share, "line": self.line.to_json()})


class Tied:
    """One ridge regression; what a column does to the uplift has a penalty of its own, larger than on what it does.

    As in Imai and Ratkovic (2013), Annals of Applied Statistics 7, with squares in place of absolute values.
    """

    def fit(self, train: Trial, table: Table, seed: int) -> TiedModel:
        design = design_of(table, STEP)
        weight = train.treated.astype(np.float32) - np.float32(train.share)
        line = line_of(_apart(design.apply(table), weight), train, MAIN)
        return TiedModel(design, line, train.share)

    def load(self, folder: Path, name: str) -> TiedModel:
        design, content = _load(folder, name)
        return TiedModel(design, Line.from_json(content["line"]), content["share"])


@dataclass(frozen=True)
class TwoModel:
    """A line for the treated and one for the control."""

    design: Design
    treated: Line
    control: Line

    def guess(self, rows: Table) -> Guess:
        columns = self.design.apply(rows)
        return Guess(self.treated.at(columns), self.control.at(columns))

    def save(self, folder: Path, name: str) -> None:
        sides = {"treated": self.treated.to_json(), "control": self.control.to_json()}
        _save(folder, name, self.design, sides)


class Two:
    """A ridge regression for the treated and another for the control."""

    def fit(self, train: Trial, table: Table, seed: int) -> TwoModel:
        design = design_of(table, STEP)
        whole = design.apply(table)
        sides = (train.treated, ~train.treated)
        return TwoModel(design, *(line_of(whole[side], train.rows(side), PENALTY) for side in sides))

    def load(self, folder: Path, name: str) -> TwoModel:
        design, content = _load(folder, name)
        return TwoModel(design, *(Line.from_json(content[side]) for side in ("treated", "control")))


@dataclass(frozen=True)
class TreesModel:
    """Trees for the treated and others for the control."""

    treated: xgb.Booster
    control: xgb.Booster

    def guess(self, rows: Table) -> Guess:
        data = matrix(rows)
        return Guess(*(each.predict(data).astype(np.float64) for each in (self.treated, self.control)))

    def save(self, folder: Path, name: str) -> None:
        for side, booster in (("treated", self.treated), ("control", self.control)):
            write_booster(booster, folder / f"{name}_{side}.ubj")


class Trees:
    """Boosted trees of depth two for the treated and others for the control."""

    def fit(self, train: Trial, table: Table, seed: int) -> TreesModel:
        sides = (train.treated, ~train.treated)
        return TreesModel(*(_boosted(train, table, side, seed) for side in sides))

    def load(self, folder: Path, name: str) -> TreesModel:
        return TreesModel(*(read_booster(folder / f"{name}_{side}.ubj") for side in ("treated", "control")))


LEARNERS: dict[str, Learner] = {"tied": Tied(), "two_models": Two(), "trees": Trees()}
"""The learners by name; the first is used unless another ranking is clearly better."""


def _save(folder: Path, name: str, design: Design, content: Json) -> None:
    write_json(folder / f"{name}.json", {"design": design.to_json(), **content})


def _load(folder: Path, name: str) -> tuple[Design, Json]:
    content = read_json(folder / f"{name}.json")
    with damage(folder / f"{name}.json"):
        return Design.from_json(content["design"]), content


def _apart(rows: Floats, weight: Floats) -> Floats:
    """The columns, the same times the treatment, and the treatment."""
    scaled = np.float32(np.sqrt(MAIN / PENALTY)) * rows * weight[:, None]
    return np.hstack([rows, scaled, np.float32(FREE) * weight[:, None]])


def _boosted(train: Trial, table: Table, side: Flags, seed: int) -> xgb.Booster:
    outcome = train.outcome[side]
    kind = "binary:logistic" if train.binary else "reg:squarederror"
    mean = float((outcome.sum() + 0.5) / (len(outcome) + 1)) if train.binary else float(outcome.mean())
    parameters = COMMON | TREES | {"objective": kind, "base_score": mean, "seed": seed}
    return xgb.train(parameters, labelled(table.rows(np.flatnonzero(side)), outcome), ROUNDS)

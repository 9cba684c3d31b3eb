"""Hazards: who leaves sooner, and when half of such cases have left.

Two models of the log hazard ratio are averaged: trees that are boosted on Cox's partial likelihood, and Cox regression
(1972) with a ridge. The baseline is Breslow's (1974).
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb

from graphlead.common.deal import drawn
from graphlead.common.files import read_json, write_json
from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Floats, Longs, Reals
from graphlead.core.cases import Cases
from graphlead.core.errors import damage
from graphlead.learn.cases.design import Design, design_of
from graphlead.learn.cases.encode import Encoding, Table, encoded
from graphlead.learn.cases.splits import fixed_order, folds_of, keys_of
from graphlead.learn.cases.trees import COMMON, labelled, margins, matrix, read_booster, write_booster

MOST = 50_000
"""Known cases that hazards are learned from at most, a choice: Cox regression takes minutes beyond."""
ROUNDS = 250
TREES = {
    "objective": "survival:cox",
    "max_depth": 3,
    "eta": 0.05,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "min_child_weight": 5,
}
RIDGES = (0.01, 0.1, 1.0)
"""The penalty of the Cox regression, on columns of deviation 1, as lifelines counts it; the next where one fails."""
STEP = 0.6
SHORTEST = 0.5
"""The duration of cases that ended at 0, in the unit of the durations: Cox's likelihood needs some time at risk."""
FILE, BOOSTER = "hazard.json", "hazard.ubj"


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """Trained hazards. coefficients: (d,) over the design's columns; centre: (2,) each model's mean log hazard ratio.

    times, baseline: (t,) the cumulative hazard of an average case at each time at which a case ended.
    """

    encoding: Encoding
    design: Design
    coefficients: Reals
    booster: xgb.Booster
    centre: Reals
    times: Reals
    baseline: Reals

    def log_ratio(self, cases: Cases) -> Reals:
        """The log hazard ratio (n,) of each case against an average one: the higher, the sooner it ends."""
        return self._log_ratio(self.encoding.apply(cases))

    def _log_ratio(self, table: Table) -> Reals:
        parts = _parts(self.design, self.coefficients, self.booster, table)
        return np.asarray((parts - self.centre).mean(axis=1))

    def median_time(self, log_ratio: Reals) -> Reals:
        """The time (n,) by which half of the cases with this log hazard ratio have ended, NaN where none was seen."""
        reached = np.searchsorted(self.baseline, np.log(2) / np.exp(log_ratio))
        return np.asarray(np.append(self.times, np.nan)[np.minimum(reached, len(self.times))])

    def save(self, folder: Path) -> None:
        """Write the hazards into a folder, made when missing."""
        folder.mkdir(parents=True, exist_ok=True)
        write_booster(self.booster, folder / BOOSTER)
        numbers = ("coefficients", "centre", "times", "baseline")
        content = {name: getattr(self, name).tolist() for name in numbers}
        content |= {"encoding": self.encoding.to_json(), "design": self.design.to_json()}
        write_json(folder / FILE, content)

    @classmethod
    def load(cls, folder: Path) -> Hazard:
        """The hazards that ``save`` wrote. Raises RunFolderError when a part is missing or damaged."""
        content = read_json(folder / FILE)
        with damage(folder / FILE):
            numbers = ("coefficients", "centre", "times", "baseline")
            return cls(
                encoding=Encoding.from_json(content["encoding"]),
                design=Design.from_json(content["design"]),
                booster=read_booster(folder / BOOSTER),
                **{name: np.asarray(content[name], np.float64) for name in numbers},
            )


def fit_hazard(cases: Cases, seed: int) -> tuple[Hazard, Reals]:
    """The hazards trained on the known cases, by duration and outcome, and the held-out log hazard ratio (n,) of each.

    The features must not tell the duration. Held out are whole groups. Of more than MOST known cases so many are drawn;
    the ratio of the others is NaN.
    """
    given = cases.rows(cases.known)
    order = drawn(keys_of(given.group), MOST, "hazards", seed)
    order = order[fixed_order(given.rows(order))]
    known = given.rows(order)
    fold = folds_of(known, seed)
    parts = [(fold != each, fold == each) for each in np.unique(fold)]

    def held_out(part: tuple[Flags, Flags]) -> Reals:
        train, held = part
        return _trained(known.rows(train), seed).log_ratio(known.rows(held))

    ratio = np.full(len(given), np.nan)
    for (_, held), found in zip(parts, side_by_side(held_out, parts), strict=True):
        ratio[order[held]] = found
    return _trained(known, seed), ratio


def _trained(known: Cases, seed: int) -> Hazard:
    time, ended = _durations(known), known.outcome == 1
    table = encoded(known, keys_of(known.group), seed)
    design = design_of(table, STEP)
    coefficients = _cox(design.apply(table), time, ended)
    signed = np.where(ended, time, -time)
    booster = xgb.train(COMMON | TREES | {"seed": seed}, labelled(table, signed), ROUNDS)
    parts = _parts(design, coefficients, booster, table)
    centre = parts.mean(axis=0)
    times, baseline = _breslow(time, ended, np.exp((parts - centre).mean(axis=1)))
    return Hazard(
        encoding=table.encoding,
        design=design,
        coefficients=coefficients,
        booster=booster,
        centre=centre,
        times=times,
        baseline=baseline,
    )


def _parts(design: Design, coefficients: Reals, booster: xgb.Booster, table: Table) -> Reals:
    """The log hazard ratio (n, 2) by the regression and by the trees."""
    linear = design.apply(table).astype(np.float64) @ coefficients
    return np.stack([linear, margins(booster, matrix(table))], axis=1)


def _durations(known: Cases) -> Reals:
    duration = known.duration
    time = np.full(len(known), np.nan) if duration is None else duration
    return np.maximum(np.nan_to_num(time, nan=0.0), SHORTEST)


def _cox(matrix: Floats, time: Reals, ended: Flags) -> Reals:
    """Coefficients (d,) over the columns; 0 for those that are nearly constant or repeat another."""
    use = _apart(matrix)
    deviation = matrix[:, use].std(axis=0)
    frame = pd.DataFrame(matrix[:, use] / deviation).astype(np.float64)
    frame.columns = [str(column) for column in frame]
    coefficients = np.zeros(matrix.shape[1])
    coefficients[use] = _regressed(frame.assign(time=time, ended=ended)) / deviation
    return coefficients


def _regressed(frame: pd.DataFrame) -> Reals:
    """Coefficients by the weakest ridge at which lifelines comes to an end; 0 where it does at none."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    for ridge in RIDGES:
        with warnings.catch_warnings(), suppress(ConvergenceError):
            warnings.simplefilter("ignore")
            fitted: Any = CoxPHFitter(penalizer=ridge).fit(frame, "time", "ended")
            return np.asarray(fitted.params_.to_numpy(), np.float64)
    return np.zeros(frame.shape[1] - 2)


def _apart(matrix: Floats) -> Longs:
    """The columns that vary, and repeat none before them."""
    varied = np.flatnonzero(matrix.std(axis=0) > 0.01)
    _, first = np.unique(np.round(matrix[:, varied], 5), axis=1, return_index=True)
    return np.asarray(varied[np.sort(first)], np.int64)


def _breslow(time: Reals, ended: Flags, ratio: Reals) -> tuple[Reals, Reals]:
    """The times at which cases ended, and the cumulative baseline hazard at each."""
    times, place = np.unique(time, return_inverse=True)
    at_risk = np.bincount(place, ratio)[::-1].cumsum()[::-1]
    ends = np.bincount(place, ended)
    some = ends > 0
    return times[some], np.cumsum(ends[some] / at_risk[some])

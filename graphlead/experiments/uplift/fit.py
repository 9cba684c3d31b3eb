"""The uplift of open cases, learned from an experiment: chosen on cases held out, and stated as far as it is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from graphlead.common.deal import drawn
from graphlead.common.words.headers import normalised
from graphlead.core.arrays import Ints, Json, Reals
from graphlead.core.cases import Cases
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError
from graphlead.core.experiments import ReadSettings
from graphlead.experiments.figures.differences import sample_of
from graphlead.experiments.uplift.choose import Ranking, choose
from graphlead.experiments.uplift.crossfit import fitted, held_out
from graphlead.experiments.uplift.curve import curve_of
from graphlead.experiments.uplift.model import ArmModel, ranked
from graphlead.experiments.uplift.read import Known, read_known
from graphlead.experiments.uplift.trial import Trial, trial_of
from graphlead.ingest.cases.outcomes import NAMES
from graphlead.learn.cases.splits import fixed_order, keys_of

MOST = 200_000
"""Cases of an arm and the control that are learned from at most; a choice."""
FEWEST = 10
"""Treated cases, and control ones, with and without the outcome, below which nothing is learned; a choice."""


@dataclass(frozen=True, kw_only=True)
class Uplift:
    """The open cases, the one that the treatment adds most to first, and what is known of the ranking, as JSON.

    table: as of ``ranked``, opened: the cases as they were read. models: by arm, in the order of the arms in
    ``content``. understood: how the columns were read, for newer cases.
    """

    table: pd.DataFrame
    opened: Cases
    content: Json
    models: Mapping[str, ArmModel]
    understood: Json


def uplift(settings: ReadSettings, progress: Progress = silent) -> Uplift:
    """What each arm adds for each open case to the first outcome, and the best arm of each.

    Errors are those of ``read_known``, and InputError for an arm with too few outcomes to learn from.
    """
    known = read_known(settings)
    units, name = known.units, settings.outcome[0]
    unwanted = is_unwanted(name)
    models: dict[str, ArmModel] = {}
    arms = []
    for arm in units.treated:
        trial = _trial(known, arm, name, f"{settings.table}, column {name}")
        models[units.arms[arm]], found = _learned(trial, settings.seed, progress, sign=-1 if unwanted else 1)
        arms.append({"arm": units.arms[arm], **found})
    content = {
        "outcome": name,
        "unwanted": unwanted,
        "kind": "rate" if sample_of(units.outcomes[name]).binary else "number",
        "open": len(known.opened),
        "columns": sorted({column.source for column in known.cases.columns}),
        "arms": arms,
        "plan": [list(row) for row in known.plan],
        "notes": list(known.notes),
    }
    table = ranked(known.opened, {name: model.uplift(known.opened) for name, model in models.items()})
    return Uplift(
        table=table,
        opened=known.opened,
        content=content,
        models=models,
        understood=known.understood.to_json(),
    )


def is_unwanted(outcome: str) -> bool:
    """Whether a column is called like customers who leave, whom a treatment is to make fewer."""
    return re.fullmatch(NAMES["customers"][0], normalised(outcome)) is not None


def _trial(known: Known, arm: int, outcome: str, place: str) -> Trial:
    """The cases of an arm and of the control that have the outcome, in an order that no file decides."""
    units = known.units
    values = units.outcomes[outcome]
    chosen = (units.of(arm) | units.of(units.control)) & ~np.isnan(values)
    cases = known.cases.rows(units.rows[chosen])
    order = fixed_order(cases)
    order = order[drawn(keys_of(cases.group)[order], MOST, "uplift rows", 0)]
    trial = trial_of(cases.rows(order), units.of(arm)[chosen][order], values[chosen][order])
    for side, name in ((trial.treated, units.arms[arm]), (~trial.treated, units.arms[units.control])):
        hits = int((trial.cases.outcome[side] == 1).sum())
        if min(hits, int(side.sum()) - hits) < FEWEST:
            raise InputError(
                f"{name} has {hits} of {int(side.sum())} cases with the outcome; to learn an uplift, at least {FEWEST} "
                "with it and without it are needed.",
                where=place,
                remedy="Give more cases, or leave --open out.",
            )
    return trial


def _learned(trial: Trial, seed: int, progress: Progress, *, sign: int) -> tuple[ArmModel, Json]:
    """The models of an arm, the ranking that serves best on cases held out, and what is known of it.

    sign: -1 for an outcome that is not wanted, of which the uplift is how much rarer it becomes.
    """
    wanted = trial if sign > 0 else Trial(trial.cases, ~trial.treated, trial.outcome, trial.binary)
    held = held_out(wanted, seed, progress)
    ranking = choose(wanted, held)
    model = ArmModel(fitted(wanted, seed), ranking)
    return model, _content(wanted, ranking, held.scores[ranking.name], held.fold)


def _content(trial: Trial, ranking: Ranking, score: Reals, fold: Ints) -> Json:
    return {
        "n": len(trial),
        "mean": ranking.mean,
        "ranking": ranking.name,
        "areas": dict(ranking.areas),
        "area_error": ranking.error,
        "p_value": ranking.p_value,
        "slope": ranking.slope,
        "slope_error": ranking.slope_error,
        "curve": curve_of(trial, score, fold),
    }

"""What treating the first so many cases adds, by how far down the ranking one goes."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Flags, Ints, Json, Reals
from graphlead.experiments.figures.differences import difference, sample_of
from graphlead.experiments.uplift.trial import Trial

DEPTHS = tuple(round(0.05 * at, 2) for at in range(1, 21))


def curve_of(trial: Trial, score: Reals, fold: Ints) -> list[Json]:
    """For each depth: of the cases (held out, ranked within their fold), the lift with its interval, and what it adds.

    lift: of the cases among the first ``depth``, treated against control; added: lift times depth, that is for each
    case of the whole list; at_random: what as many cases drawn at random would add.
    """
    place = _places(score, fold)
    everybody = _lift(trial, np.ones(len(trial), bool))["lift"]
    rows = []
    for depth in DEPTHS:
        found = _lift(trial, place <= depth + 1e-9)
        added = {
            name: None if np.isnan(found[key]) else depth * found[key]
            for name, key in (("added", "lift"), ("added_low", "low"), ("added_high", "high"))
        }
        rows.append({"depth": depth, **found, **added, "at_random": depth * everybody})
    return rows


def _places(score: Reals, fold: Ints) -> Reals:
    """The share (n,) of the cases of its fold down to each, itself included; equals in the order of the cases."""
    place = np.zeros(len(score))
    for each in np.unique(fold):
        held = np.flatnonzero(fold == each)
        place[held[np.argsort(-score[held], kind="stable")]] = np.arange(1, len(held) + 1) / len(held)
    return place


def _lift(trial: Trial, chosen: Flags) -> Json:
    treated, control = (sample_of(trial.outcome[chosen & side]) for side in (trial.treated, ~trial.treated))
    found = difference(treated, control)
    return {"n": int(chosen.sum()), "lift": found.lift, "low": found.low, "high": found.high}

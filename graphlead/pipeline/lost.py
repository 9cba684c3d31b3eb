"""How much of what trained models find is gone where a newer register lacks what they were trained with."""

from __future__ import annotations

import numpy as np

from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.evaluate.choose import with_blend
from graphlead.evaluate.found import NOBODY, Found
from graphlead.evaluate.heldout import RANDOM, HeldOut
from graphlead.learn.crossfit import score_held_out
from graphlead.learn.registry import load_models
from graphlead.pipeline.changes import Gone
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import fitted, folds_of, model_inputs_of

CHANCE = "chance"


def share_lost(earlier: FinishedRun, gone: Gone) -> float:
    """The share of the list's average precision above chance that goes with what is gone; 0 where nothing is.

    It is measured on the earlier run's own register, on its clients held out at random, by its models as they are.
    """
    if not gone:
        return 0.0
    whole = above_chance(earlier, earlier.register, earlier.graph)
    left = above_chance(
        earlier, earlier.register.without(frozenset(gone.columns)), earlier.graph.without(gone.links)
    )
    return float(np.clip(1 - left / whole, 0, 1)) if whole > 0 else 0.0


def above_chance(earlier: FinishedRun, register: Register, graph: CompanyGraph) -> float:
    """The average precision on clients held out at random, less that of chance, with this register and graph."""
    name, result = earlier.judgement.choice.name, _held_out(earlier, register, graph)
    found = Found.of(with_blend([result], earlier.judgement.choice)[0], [name, CHANCE]).without(NOBODY)
    return found[name] - found[CHANCE]


def _held_out(earlier: FinishedRun, register: Register, graph: CompanyGraph) -> HeldOut:
    folder, cohort = earlier.folder, earlier.cohort
    inputs = model_inputs_of(folder, register, graph, earlier.settings)
    folds, weight = folds_of(folder, register), fitted(folder, register, "weight", 0).astype(np.float32)
    companies = np.flatnonzero(weight > 0).astype(np.int32)
    held_out = np.isin(companies, cohort.clients)
    around = inputs.label_features.around(cohort, np.maximum(folds, 0))
    models = load_models(folder.model, inputs.device)
    scores = score_held_out(models, inputs.features, around, folds, companies)
    return HeldOut(
        split=RANDOM,
        fold=folds[companies],
        held_out=held_out,
        scores={**earlier.judgement.settled(scores), CHANCE: np.zeros(len(companies), np.float32)},
        company=companies,
        weight=np.where(held_out, 1, weight[companies]).astype(np.float32),
    )

"""The inputs of models, and the scores that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from graphlead.common.files import read_json, read_parquet
from graphlead.core.arrays import NONE, Floats, Folds, Ints
from graphlead.core.clients import Cohort
from graphlead.core.errors import damage
from graphlead.core.evaluation import Evaluation
from graphlead.core.expected import Expected
from graphlead.core.features import Features
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.core.settings import Settings
from graphlead.evaluate.judge import Judgement
from graphlead.features.build import FeaturePlan, build_features
from graphlead.features.groupings import Groupings
from graphlead.features.labels import ClientsAround, ClientsByFold
from graphlead.features.meaning import load_meaning
from graphlead.features.propagate import propagator_for
from graphlead.learn.registry import device_of
from graphlead.runs.layout import RunFolder


@dataclass(kw_only=True)
class ModelInputs:
    """The features of a register, computed when the first stage needs them: a resumed run may need none.

    groupings: those of the register, if it was planned with them.
    """

    register: Register
    graph: CompanyGraph
    settings: Settings
    plan: FeaturePlan
    groupings: Groupings | None = None
    _around: tuple[Cohort, ClientsByFold] | None = None

    @cached_property
    def device(self) -> str:
        return device_of(self.settings.device)

    @cached_property
    def features(self) -> Features:
        propagator, groupings = propagator_for(self.device), self.groupings
        self.groupings = None
        return build_features(self.plan, self.register, self.graph, propagator, groupings)

    @cached_property
    def label_features(self) -> ClientsAround:
        return ClientsAround(self.features, propagator_for(self.device))

    def let_go(self) -> None:
        """Free the features, 8 of 12.5 GB on ten million companies; they are computed again when asked for."""
        self._around = None
        for name in ("features", "label_features"):
            vars(self).pop(name, None)

    def around(self, cohort: Cohort, folds: Folds) -> ClientsByFold:
        """What the clients of each fold mean for others; what all of them mean is found beside it and kept."""
        dealt = [(cohort, folds), (cohort, _in_one(cohort))]
        by_fold, everybody = self.label_features.around_each(dealt)
        self._around = cohort, everybody
        return by_fold

    def around_all(self, cohort: Cohort) -> ClientsByFold:
        """What all clients mean for others, to the last bit the same wherever a run, or a later one, computes it.

        Sums over the folds of the models differ in rounding, and by that the ranks of companies that are nearly tied.
        What was computed last is kept.
        """
        if self._around is None or self._around[0] is not cohort:
            self._around = cohort, self.label_features.around(cohort, _in_one(cohort))
        return self._around[1]


def _in_one(cohort: Cohort) -> Folds:
    """One fold (n,) for all companies."""
    return np.zeros(cohort.n_companies, np.int8)


@dataclass(frozen=True, kw_only=True)
class Scored:
    """The scores of every company by every ranker, and their origin.

    scores: raw scores (n,) by ranker, NaN for the clients; expected: the hits on their ranking; model_inputs: the
    features they come from; trained: the folder of the models.
    """

    scores: Mapping[str, Floats]
    judgement: Judgement
    expected: Expected
    model_inputs: ModelInputs
    trained: RunFolder


@dataclass(frozen=True, kw_only=True)
class Judged(Scored):
    """The scores of every company, and those that the rankers were judged by.

    heldout: the folder of the held-out scores; notes: on the register that is scored.
    """

    heldout: Path
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluated(Judged):
    """The same with how well the rankers find held-out clients."""

    evaluation: Evaluation


def evaluated(judged: Judged, evaluation: Evaluation, notes: Sequence[str] = ()) -> Evaluated:
    """The scores with their evaluation, to which all notes are added, these first."""
    noted = replace(evaluation, notes=(*notes, *judged.notes, *evaluation.notes))
    return Evaluated(**vars(judged), evaluation=noted)


def model_inputs_of(
    trained: RunFolder, register: Register, graph: CompanyGraph, settings: Settings
) -> ModelInputs:
    """The features that trained models use, over this register and graph."""
    plan = read_json(trained.feature_plan)
    with damage(trained.feature_plan):
        return ModelInputs(
            register=register,
            graph=graph,
            settings=settings,
            plan=replace(FeaturePlan.from_json(plan), meaning=load_meaning(trained.model)),
        )


def left_out_of(trained: RunFolder, register: Register) -> Ints:
    """The folds whose models did not train on each company (n,), see ``CrossFit``; all for one that is new."""
    folds = pc.max(read_parquet(trained.fitted, ["fold"])["fold"]).as_py() + 1
    return fitted(trained, register, "left_out", (1 << folds) - 1).astype(np.int32)


def folds_of(trained: RunFolder, register: Register) -> Folds:
    """The fold of each company (n,), NONE for one that was in none."""
    return fitted(trained, register, "fold", NONE).astype(np.int8)


def fitted(trained: RunFolder, register: Register, column: str, missing: int) -> npt.NDArray[np.number]:
    """A column (n,) of the companies that the models were trained on or left out, ``missing`` for one that is new."""
    saved = read_parquet(trained.fitted, ["company_id", column])
    ids, trained_on, values = register.ids(), *(each.combine_chunks() for each in saved.columns)
    if not ids.equals(trained_on):
        values = pc.fill_null(values.take(pc.index_in(ids, value_set=trained_on)), missing)
    return np.asarray(values.to_numpy(zero_copy_only=False))

"""Rankers trained on the features, the clients and the folds of a finished run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pandas as pd

from graphlead.common.memory import Meter, held_mb
from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Ranker, RankerSetup
from graphlead.core.errors import SettingsError
from graphlead.core.features import Features
from graphlead.learn.crossfit import cross_fit, score_others
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import folds_of, left_out_of
from rank_bench.cost import Cost, one_core, processor_seconds
from rank_bench.peers import Sight, Trainable, made


@dataclass(frozen=True)
class Fitted:
    """What rankers gave.

    scores: of every company that is no client, by company_id, a column a ranker; costs: of training the models of all
    folds, the memory beside what the process held before; refused: why a ranker did not train on these features.
    """

    scores: pd.DataFrame
    costs: dict[str, Cost]
    refused: dict[str, str]


def fit(run: Path, scored: Path, names: Sequence[str]) -> Fitted:
    """Train rankers on a run as it trained its own, and score the companies of the run ``scored``.

    scored: the run itself, or one that applied its models to a newer register.
    """
    trained = FinishedRun(run)
    newer = trained if scored == run else FinishedRun(scored)
    inputs, settings = trained.model_inputs, trained.settings
    setup = RankerSetup(settings.classifier, inputs.label_features.encodings, inputs.device, settings.prior)
    sight = Sight(setup, newer.register)
    refused = refusals(names, sight, [trained.features, newer.features])
    able = [name for name in names if name not in refused]
    costs = {name: Spent() for name in able}

    def make() -> list[Ranker]:
        # Cross-fitting saves nothing, so the rankers need not be able to.
        return cast("list[Ranker]", [Metered(made(name, sight), costs[name]) for name in able])

    folds = folds_of(trained.folder, trained.register)
    around = inputs.label_features.around(trained.cohort, folds)
    with one_core():
        models = cross_fit(make, inputs.features, around, trained.cohort, folds, settings.seed).models
    scores = score_others(
        models,
        newer.features,
        newer.model_inputs.around_all(newer.cohort),
        newer.cohort,
        left_out_of(trained.folder, newer.register),
    )
    table = pd.DataFrame(scores, index=newer.register.ids().to_pandas())
    return Fitted(table, {name: spent.cost for name, spent in costs.items()}, refused)


def refusals(names: Sequence[str], sight: Sight, on: Sequence[Features]) -> dict[str, str]:
    """The reason of each ranker that cannot train on, or score, some of these features."""
    refused = {}
    for name in names:
        try:
            for features in on:
                made(name, sight).check(features)
        except SettingsError as error:
            refused[name] = error.problem
    return refused


@dataclass
class Spent:
    """What the training of one ranker has cost so far, over the folds."""

    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Metered:
    """A ranker that adds what its training costs to ``spent``."""

    ranker: Trainable
    spent: Spent

    @property
    def name(self) -> str:
        return self.ranker.name

    def check(self, features: Features) -> None:
        self.ranker.check(features)

    def fit(
        self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int
    ) -> Metered:
        spent, held = processor_seconds(), held_mb()
        with Meter() as meter:
            trained = self.ranker.fit(features, rows, labels, label_features, seed)
        cost = Cost(processor_seconds() - spent, max(meter.peak_mb - held, 0))
        self.spent.cost = self.spent.cost.and_then(cost)
        return replace(self, ranker=trained)

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        return self.ranker.score(features, rows, label_features)

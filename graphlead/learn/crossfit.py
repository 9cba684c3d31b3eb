"""Cross-fitting: every company is scored by models that saw its label neither in training nor in a feature.

The companies are dealt into folds. The model of fold f trains on the other folds; the label features of a training
company in fold g come from the clients outside f and g, those of the companies it scores from the clients outside f.
So the scores of the clients are honest held-out scores, and no unlabelled company is scored by a model that learned
it as a negative. For the list, the same models score every company that is no client once more, with label features
from all clients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import NONE, Floats, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import LabelFeatures, Progress, Ranker, silent
from graphlead.core.features import Features

MOST_UNLABELLED = 200_000
"""The most unlabelled companies that a fold's models train on: more add nothing about rare clients. On a register of
200,000, trees gained nothing from 50,000 over 20,000."""
CHUNK = 200_000
"""Companies scored at a time, a choice: every hundred columns of their inputs take 80 MB."""

Folds = npt.NDArray[np.int8]
Models = tuple[tuple[Ranker, ...], ...]


@dataclass(frozen=True)
class CrossFit:
    """Held-out scores and the models that gave them.

    scores: ranker -> float32 (n,), each company by the models of its own fold, from the clients outside it; models:
    one tuple per fold.
    """

    scores: dict[str, Floats]
    models: Models


def cross_fit(
    make: Callable[[], Sequence[Ranker]],
    features: Features,
    label_features: LabelFeatures,
    cohort: Cohort,
    folds: Folds,
    seed: int,
    progress: Progress = silent,
) -> CrossFit:
    """Train new rankers from ``make`` for each fold, and score every company out of fold.

    folds: int8 (n,), 0 .. k-1. Suppressed companies are scored but never trained on. Raises SettingsError, before
    anything is trained, when a ranker cannot train on the features.
    """
    for ranker in make():
        ranker.check(features)
    k = int(folds.max()) + 1
    clients = cohort.clients
    label_features.prepare([outside(clients, folds, f, g) for f in range(k) for g in range(f, k)])
    scores: dict[str, Floats] = {}
    models = []
    for f in range(k):
        rows = _training_rows(cohort, folds, f, seed)
        labels = np.isin(rows, clients).astype(np.float32)
        nearby = _around_training(label_features, rows, clients, folds, f)
        rankers = make()
        trained = []
        for i, ranker in enumerate(rankers):
            progress(f + i / len(rankers), k, f"training {ranker.name}, fold {f + 1} of {k}")
            trained.append(ranker.fit(features, rows, labels, nearby, seed + f))
        models.append(tuple(trained))
        scored = np.flatnonzero(folds == f).astype(np.int32)
        for name, values in score(
            trained, features, label_features, scored, outside(clients, folds, f, f)
        ).items():
            scores.setdefault(name, np.zeros(len(folds), np.float32))[scored] = values
    progress(k, k, "trained")
    return CrossFit(scores, tuple(models))


def score_others(
    models: Models,
    features: Features,
    label_features: LabelFeatures,
    clients: Ints,
    folds: Folds,
    progress: Progress = silent,
) -> dict[str, Floats]:
    """Scores (n,) of every company that is no client, from label features of all clients; NaN for the clients.

    A company is scored by the models of its fold, which did not train on it; one without a fold (NONE) by the mean of
    all models. No client has to be hidden, since none of these companies' own labels is in their features.
    """
    others = np.ones(len(folds), bool)
    others[clients] = False
    rows = np.flatnonzero(others).astype(np.int32)
    label_features.prepare([clients])
    scores: dict[str, Floats] = {
        ranker.name: np.where(others, 0, np.nan).astype(np.float32) for ranker in models[0]
    }
    for start in range(0, len(rows), CHUNK):
        progress(start, len(rows), "scoring everybody")
        chunk = rows[start : start + CHUNK]
        nearby = label_features.rows(chunk, clients)
        for f, rankers in enumerate(models):
            mine = np.flatnonzero((folds[chunk] == f) | (folds[chunk] == NONE))
            share = np.where(folds[chunk[mine]] == NONE, np.float32(1 / len(models)), np.float32(1))
            for ranker in rankers:
                scores[ranker.name][chunk[mine]] += share * ranker.score(features, chunk[mine], nearby[mine])
    progress(len(rows), len(rows), "scored")
    return scores


def outside(clients: Ints, folds: Folds, f: int, g: int) -> Ints:
    """The clients that are neither in fold f nor in fold g, as sorted indices."""
    mine = folds[clients]
    kept: Ints = clients[(mine != f) & (mine != g)]
    return kept


def score(
    rankers: Sequence[Ranker], features: Features, label_features: LabelFeatures, rows: Ints, visible: Ints
) -> dict[str, Floats]:
    """Each ranker's scores (len(rows),) of these companies, in chunks that fit into memory."""
    parts: dict[str, list[Floats]] = {ranker.name: [np.zeros(0, np.float32)] for ranker in rankers}
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        nearby = label_features.rows(chunk, visible)
        for ranker in rankers:
            parts[ranker.name].append(ranker.score(features, chunk, nearby))
    return {name: np.concatenate(values) for name, values in parts.items()}


def _training_rows(cohort: Cohort, folds: Folds, f: int, seed: int) -> Ints:
    """All clients outside fold f, and at most MOST_UNLABELLED of the unlabelled there; sorted."""
    unlabelled = np.flatnonzero(cohort.candidates() & (folds != f)).astype(np.int32)
    if len(unlabelled) > MOST_UNLABELLED:
        draw = np.random.default_rng([seed, f])
        unlabelled = draw.choice(unlabelled, MOST_UNLABELLED, replace=False)
    return np.sort(np.concatenate([outside(cohort.clients, folds, f, f), unlabelled]))


def _around_training(
    label_features: LabelFeatures, rows: Ints, clients: Ints, folds: Folds, f: int
) -> Floats:
    nearby = np.zeros((len(rows), len(label_features.features)), np.float32)
    for g in np.unique(folds[rows]):
        here = folds[rows] == g
        nearby[here] = label_features.rows(rows[here], outside(clients, folds, f, int(g)))
    return nearby

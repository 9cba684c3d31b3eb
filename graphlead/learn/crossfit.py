"""Cross-fitting: every company is scored by models that saw its label neither in training nor in a feature.

The companies are dealt into folds. The model of fold f trains on the clients outside it and a sample of the unlabelled;
the label features of a training company in fold g come from the clients outside f and g, those of the companies it
scores from the clients outside f. So the scores of the clients are honest held-out scores. For the list, the same
models score every company without a sure label once more, with label features from all clients. Each of these companies
is left out of the models of several folds, which score it together: so none is scored by a model that learned it as a
negative, and its score depends less on which clients the models of one fold happened to see. Rejected companies are
true negatives: like a client, each trains every model but that of its own fold, which scores it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphlead.common.deal import drawn, lots
from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Floats, Folds, Ints, Keys
from graphlead.core.clients import Cohort
from graphlead.core.contracts import AroundClients, BuiltOn, Progress, Ranker, silent
from graphlead.core.features import Features
from graphlead.learn.inputs import Inputs, OfInputs

MOST_UNLABELLED = 20_000
"""The most unlabelled companies that a fold's models train on. On a generated register of 200,000, trees that
trained on 50,000 had an average precision of 0.165, on 20,000 of 0.161, in less than half of the time; on two real
registers of 11,000 and 38,000 a sample of 20,000 lost nothing."""
LEFT_OUT = 4
"""Folds that each unlabelled company is left out of at most, with its own; see the module. A model still trains on more
than half of them, as with all folds but one: left out of 4 of 5 folds instead of 2, the trees' average precision fell
from 0.343 to 0.308 and from 0.357 to 0.306 (two sellers on a register of US filings)."""
CHUNK = 32_768
"""Companies that a thread scores at a time, a choice: every hundred columns of their inputs take 13 MB."""

Models = tuple[tuple[Ranker, ...], ...]


@dataclass(frozen=True)
class CrossFit:
    """The models of each fold, one tuple per fold.

    left_out: int32 (n,), for each company a bit per fold, 1 where the models did not train on it.
    """

    models: Models
    left_out: Ints


def cross_fit(
    make: Callable[[], Sequence[Ranker]],
    features: Features,
    around: AroundClients,
    cohort: Cohort,
    folds: Folds,
    seed: int,
    progress: Progress = silent,
) -> CrossFit:
    """Train new rankers from ``make`` for each fold.

    folds: int8 (n,), 0 .. k-1, those of ``around``. Of the suppressed only the rejected are trained on. Raises
    SettingsError, before anything is trained, when a ranker cannot train on the features.
    """
    names = []
    for ranker in make():
        ranker.check(features)
        names.append(ranker.name)
    k = int(folds.max()) + 1
    left_out = leave_out(cohort, features.keys, folds, seed)

    def prepared(f: int) -> tuple[Ints, Floats, Floats]:
        rows = _training_rows(cohort, features.keys, left_out, f, seed)
        labels = np.isin(rows, cohort.clients).astype(np.float32) - np.isin(rows, cohort.rejected)
        return rows, labels, _around_training(around, rows, folds, f)

    def fitted(part: tuple[int, Sequence[Ranker]]) -> dict[str, Ranker]:
        f, rankers = part
        rows, labels, nearby = training[f]
        return {ranker.name: ranker.fit(features, rows, labels, nearby, seed + f) for ranker in rankers}

    progress(0, 1, "training")
    models: list[dict[str, Ranker]] = [{} for _ in range(k)]
    training = list(side_by_side(prepared, range(k)))
    parts = [(f, rankers) for f in range(k) for rankers in _apart(make())]
    for (f, _), done in zip(parts, side_by_side(fitted, parts, progress), strict=True):
        models[f] |= done
    return CrossFit(tuple(tuple(model[name] for name in names) for model in models), left_out)


def _apart(rankers: Sequence[Ranker]) -> list[list[Ranker]]:
    """The rankers that can train at the same time, each with those built on it."""
    parts: list[list[Ranker]] = []
    for ranker in rankers:
        base = ranker.base if isinstance(ranker, BuiltOn) else None
        beneath = [part for part in parts if any(each is base for each in part)]
        if beneath:
            beneath[0].append(ranker)
        else:
            parts.append([ranker])
    return parts


def score_held_out(
    models: Models, features: Features, around: AroundClients, folds: Folds, companies: Ints
) -> dict[str, Floats]:
    """Each ranker's scores (m,) of these companies (m,), by the models of each one's fold, from the clients outside."""
    scores: dict[str, Floats] = {ranker.name: np.zeros(len(companies), np.float32) for ranker in models[0]}

    def score(f: int) -> None:
        mine = np.flatnonzero(folds[companies] == f)
        for start in range(0, len(mine), CHUNK):
            part = mine[start : start + CHUNK]
            nearby = around.rows(companies[part], {f})
            for name, found in _scored(models[f], features, companies[part], nearby, {}):
                scores[name][part] = found

    for _ in side_by_side(score, range(len(models))):
        pass
    return scores


def score_others(
    models: Models,
    features: Features,
    around: AroundClients,
    cohort: Cohort,
    left_out: Ints,
    progress: Progress = silent,
) -> dict[str, Floats]:
    """Scores (n,) of every company that is not decided, from label features of all that are; NaN for those.

    A company's score is the mean over the models that it was left out of (n,), see ``CrossFit``. No client has to be
    hidden, since none of these companies' own labels is in their features.
    """
    others = ~cohort.decided()
    chunks = list(_scored_alike(np.flatnonzero(others).astype(np.int32), left_out))
    scores: dict[str, Floats] = {
        ranker.name: np.where(others, 0, np.nan).astype(np.float32) for ranker in models[0]
    }

    def score(chunk: Ints) -> None:
        nearby, matrices = around.rows(chunk), dict[Inputs, Floats]()
        share = share_of_each(left_out[chunk])
        for f, rankers in enumerate(models):
            if is_left_out(left_out[chunk[0]], f):
                for name, found in _scored(rankers, features, chunk, nearby, matrices):
                    scores[name][chunk] += share * found

    progress(0, len(chunks), "scoring everybody")
    for _ in side_by_side(score, chunks, progress):
        pass
    return scores


def _scored_alike(rows: Ints, left_out: Ints) -> Iterator[Ints]:
    """The companies ``rows`` in chunks of which each is scored by the models of the same folds."""
    for pattern in np.unique(left_out[rows]):
        alike = rows[left_out[rows] == pattern]
        yield from (alike[start : start + CHUNK] for start in range(0, len(alike), CHUNK))


def _scored(
    rankers: Sequence[Ranker], features: Features, rows: Ints, nearby: Floats, matrices: dict[Inputs, Floats]
) -> Iterator[tuple[str, Floats]]:
    """Each ranker's name and scores (len(rows),), by the models of one fold; a base is scored once.

    matrices: what was made of these rows so far, for the rankers of the same inputs.
    """
    found: dict[str, Floats] = {}
    for ranker in rankers:
        base = found.get(ranker.base.name) if isinstance(ranker, BuiltOn) and ranker.base else None
        if isinstance(ranker, BuiltOn) and base is not None:
            found[ranker.name] = ranker.score_above(features, rows, nearby, base)
        elif isinstance(ranker, OfInputs):
            if ranker.inputs not in matrices:
                matrices[ranker.inputs] = ranker.inputs.matrix(features, rows, nearby)
            found[ranker.name] = ranker.score_matrix(matrices[ranker.inputs])
        else:
            found[ranker.name] = ranker.score(features, rows, nearby)
    yield from found.items()


def leave_out(cohort: Cohort, keys: Keys, folds: Folds, seed: int) -> Ints:
    """The folds whose models must not train on each company, as bits, int32 (n,).

    A client, or a rejected one, is left out of its own fold alone, any other company of LEFT_OUT folds: its own, and
    the next ones of the others from a random one on. Where that would be half of them or more, it is left out of fewer.
    """
    k = int(folds.max()) + 1
    bits = np.int32(1) << folds.astype(np.int32)
    turned = (lots(keys, "left out", seed) % np.uint64(k - 1)).astype(np.int32)
    for nth in range(min(LEFT_OUT, (k - 1) // 2) - 1):
        other = (folds + 1 + (turned + nth) % (k - 1)) % k
        bits |= np.where(cohort.decided(), 0, np.int32(1) << other)
    return bits


def is_left_out(left_out: Ints, fold: int) -> Flags:
    """Whether the models of this fold did not train on each company (m,), given as bits (m,)."""
    return np.asarray((left_out >> fold) & 1, np.bool_)


def share_of_each(left_out: Ints) -> Floats:
    """The weight (m,) of each of the models that score a company in their mean."""
    return (1 / np.maximum(np.bitwise_count(left_out), 1)).astype(np.float32)


def _training_rows(cohort: Cohort, keys: Keys, left_out: Ints, f: int, seed: int) -> Ints:
    """All clients and rejected not left out of fold f, and at most MOST_UNLABELLED of the unlabelled; sorted."""
    here = ~is_left_out(left_out, f)
    unlabelled = np.flatnonzero(cohort.candidates() & here)
    some = unlabelled[drawn(keys[unlabelled], MOST_UNLABELLED, "unlabelled", seed, f)]
    return np.sort(np.concatenate([np.flatnonzero(cohort.decided() & here), some])).astype(np.int32)


def _around_training(around: AroundClients, rows: Ints, folds: Folds, f: int) -> Floats:
    """Label features (len(rows), F) of the training companies of fold f, each from clients outside its own fold too."""
    places = [np.flatnonzero(folds[rows] == g) for g in range(int(folds.max()) + 1)]
    parts = [around.rows(rows[here], {f, g}) for g, here in enumerate(places)]
    return np.concatenate(parts)[np.argsort(np.concatenate(places))]

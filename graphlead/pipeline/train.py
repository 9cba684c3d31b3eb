"""The middle part of a run: features, cross-fitted rankers, held-out splits, scores of every company."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.console import Console
from graphlead.common.files import read_parquet
from graphlead.common.parallel import meanwhile
from graphlead.core.arrays import Floats, Folds, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, Ranker, RankerSetup
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.blend import blend_among, equally
from graphlead.evaluate.files import load_held_out, save_held_out, saved_among
from graphlead.evaluate.heldout import HeldOut, segments_of
from graphlead.evaluate.judge import judge, read_judgement, save_judgement
from graphlead.evaluate.sample import sample
from graphlead.evaluate.splits import Split, random_folds, split_of
from graphlead.evaluate.wins import check_expect
from graphlead.features.build import plan_features
from graphlead.features.groupings import Groupings
from graphlead.features.labels import ClientsByFold
from graphlead.features.meaning import learn_meaning, save_meaning
from graphlead.learn.crossfit import cross_fit, score_held_out, score_others
from graphlead.learn.registry import (
    FEW_CLIENTS,
    bases_of,
    check_classifier,
    check_rankers,
    for_list,
    rankers,
    save_models,
    with_bases,
)
from graphlead.pipeline.expected import expected_of
from graphlead.pipeline.scored import Judged, ModelInputs
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run
from graphlead.tasks import task_of

_FACTS = ("company_id", "fold", "left_out", "weight")

FOLDS, FOLDS_OF_FEW, MANY_CLIENTS = 5, 10, 250
"""Folds for that many clients, and for fewer: their list depends more on which a model sees. Of the first hundred
another seed kept 71, 90, 93 and 69 with 5 folds, and 92, 95, 97 and 85 with 10 (140, 178 and 201 clients on a register
of US filings, 69 on that of ``data/``), at the same average precision and twice the time; with 766 clients, 81 and 77.
"""

HELD_OUT_FOLDS = 3
"""Folds of the splits that serve only to judge, a choice: fewer than for the models, since each trains every ranker."""


def checked(settings: Settings) -> Settings:
    """The settings with the task's own rankers where they name none.

    Raises SettingsError, before any work is done, when the task, a ranker or the classifier cannot be used.
    """
    task = task_of(settings.task)
    names = settings.rankers or task.models
    check_rankers(names, task.kind)
    check_classifier(settings.classifier)
    return replace(settings, rankers=with_bases(names))


def train(run: Run, sources: Sources, settings: Settings, console: Console) -> Judged:
    """Train on all folds, hold out by every split, and judge the rankers; each is a stage of the run."""
    register, graph, cohort = sources.register, sources.graph, sources.cohort
    check_expect(settings.expect, int(cohort.candidates().sum()))
    with console.stage("deriving features"):
        groupings = Groupings(register)
        plan = replace(plan_features(register, graph, groupings), meaning=learn_meaning(register))
        model_inputs = ModelInputs(
            register=register, graph=graph, settings=settings, plan=plan, groupings=groupings
        )
        del groupings  # 1.3 of 11 GB on ten million companies, which the inputs let go of once they are made
    with console.stage("training") as progress:
        trained = run.stage("model", lambda folder: _train(folder, model_inputs, cohort, progress))
    with console.stage("training on held-out splits") as progress:
        heldout = run.stage(
            "heldout", lambda folder: _hold_out(folder.heldout, trained, model_inputs, cohort, progress)
        ).heldout
    with console.stage("judging the rankers"):
        judged = run.stage("judgement", lambda folder: _judge(folder, heldout, cohort, settings))
        judgement = read_judgement(judged.judgement)
    return Judged(
        scores=judgement.settled(_read_scores(trained.model_scores)),
        judgement=judgement,
        expected=expected_of(judgement, cohort, settings, datetime.now(UTC).date()),
        model_inputs=model_inputs,
        trained=trained,
        heldout=heldout,
    )


def _folds(cohort: Cohort, k: int | None) -> int:
    """At most k folds, with at least two clients in each; k by the number of clients where it is not given."""
    k = k or (FOLDS if len(cohort.clients) >= MANY_CLIENTS else FOLDS_OF_FEW)
    return max(2, min(k, len(cohort.clients) // 2))


def _rankers(model_inputs: ModelInputs) -> list[Ranker]:
    """The rankers of a run, untrained."""
    chosen, encodings = model_inputs.settings, model_inputs.label_features.encodings
    return rankers(
        chosen.rankers, RankerSetup(chosen.classifier, encodings, model_inputs.device, chosen.prior)
    )


def _train(folder: RunFolder, model_inputs: ModelInputs, cohort: Cohort, progress: Progress) -> None:
    """Write the models, every company's scores, and the held-out scores of the clients and a sample of the others."""
    settings, features = model_inputs.settings, model_inputs.features
    folds = random_folds(cohort, features.keys, _folds(cohort, settings.folds), settings.seed)
    around = model_inputs.around(cohort, folds)
    fit = cross_fit(
        partial(_rankers, model_inputs), features, around, cohort, folds, settings.seed, progress
    )  # fmt: skip
    folder.model.mkdir()
    save_models(fit.models, settings.classifier, model_inputs.label_features.encodings, folder.model)
    save_meaning(model_inputs.plan.meaning, folder.model)
    folder.feature_plan.write_text(json.dumps(model_inputs.plan.to_json()), "utf-8")
    scores = score_others(
        fit.models, features, model_inputs.around_all(cohort), cohort, fit.left_out, progress
    )
    for name, values in score_held_out(fit.models, features, around, folds, cohort.rejected).items():
        scores[name][cohort.rejected] = values
    write = partial(pq.write_table, pa.table(scores), folder.model_scores, use_dictionary=False)
    with meanwhile(write) as written:
        weight = _weights(scores, cohort, folds, model_inputs)
        written()
    drawn = _drawn(weight)
    held_out = score_held_out(fit.models, features, around, folds, drawn)
    facts = {
        "company_id": model_inputs.register.ids(), "fold": folds, "left_out": fit.left_out, "weight": weight,
    }  # fmt: skip
    everywhere = {name: np.full(len(weight), np.nan, np.float32) for name in held_out}
    for name, values in held_out.items():
        everywhere[name][drawn] = values
    repeated = [name for name in (*facts, *everywhere) if name != "company_id"]
    pq.write_table(pa.table(facts | everywhere), folder.fitted, use_dictionary=repeated)


def _weights(scores: Mapping[str, Floats], cohort: Cohort, folds: Folds, model_inputs: ModelInputs) -> Floats:
    """The weight (n,) of every company in the evaluation: 1 for clients, 0 for those that are not in its sample."""
    settings, rivals = model_inputs.settings, np.flatnonzero(cohort.rivals()).astype(np.int32)
    members = equally(for_list(settings.rankers, len(cohort.clients)))
    blended = blend_among(scores, members, rivals, rivals)
    drawn = sample(blended, rivals, folds, model_inputs.features.keys, settings.seed)
    drawn = drawn.with_clients(cohort.clients)
    weight = np.zeros(cohort.n_companies, np.float32)
    weight[drawn.companies] = drawn.weight
    return weight


def _drawn(weight: Floats) -> Ints:
    """The companies with a weight (n,)."""
    return np.flatnonzero(weight).astype(np.int32)


def _read_scores(path: Path) -> dict[str, Floats]:
    table = read_parquet(path)
    return {name: table[name].to_numpy() for name in table.column_names if name not in _FACTS}


def _hold_out(
    folder: Path, trained: RunFolder, model_inputs: ModelInputs, cohort: Cohort, progress: Progress
) -> None:
    """Write the held-out scores of every split with their segments: all that an evaluation needs."""
    folder.mkdir()
    weight = _fitted(trained, "weight").astype(np.float32)
    companies = _drawn(weight)
    splits = list(_splits(trained, model_inputs, cohort))
    around = _around_each(model_inputs, [split for split in splits if split.name != "random"])
    for split in splits:
        # A client that the split neither holds out nor counts as a candidate takes no part.
        mine = companies[np.isin(companies, split.held_out) | ~np.isin(companies, cohort.clients)]
        result = HeldOut(
            split=split.name,
            fold=split.folds[mine],
            held_out=np.isin(mine, split.held_out),
            scores=_scores_held_out(split, mine, trained, model_inputs, around.get(split.name), progress),
            company=mine,
            weight=weight[mine],
            segments=segments_of(model_inputs.register, mine),
        )
        save_held_out(result, folder)


def _judge(folder: RunFolder, heldout: Path, cohort: Cohort, settings: Settings) -> None:
    """Write the chosen ranker, the prior and the recall, from the held-out scores."""
    results = load_held_out(heldout, saved_among(heldout, task_of(settings.task).splits))
    judgement = judge(
        results,
        for_list(settings.rankers, len(cohort.clients)),
        bases_of(settings.rankers),
        settings.prior,
        settings.seed,
        few=len(cohort.clients) < FEW_CLIENTS,
    )
    save_judgement(judgement, folder.judgement)


def _splits(trained: RunFolder, model_inputs: ModelInputs, cohort: Cohort) -> Iterator[Split]:
    """The splits of the task that these clients allow; the random one has the folds of the models."""
    keys, group = model_inputs.features.keys, model_inputs.graph.ownership.group
    k, seed = _folds(cohort, HELD_OUT_FOLDS), model_inputs.settings.seed
    for name in task_of(model_inputs.settings.task).splits:
        split = split_of(name, cohort, keys, group, k, seed)
        if split is not None:
            folds = _fitted(trained, "fold").astype(np.int8)
            yield replace(split, folds=folds) if name == "random" else split


def _around_each(model_inputs: ModelInputs, splits: Sequence[Split]) -> dict[str, ClientsByFold]:
    """What the clients of each of these splits mean for others, by its name."""
    if not splits:
        return {}
    found = model_inputs.label_features.around_each([(split.cohort, split.folds) for split in splits])
    return {split.name: each for split, each in zip(splits, found, strict=True)}


def _scores_held_out(
    split: Split,
    companies: Ints,
    trained: RunFolder,
    model_inputs: ModelInputs,
    around: ClientsByFold | None,
    progress: Progress,
) -> dict[str, Floats]:
    """Scores (m,) of the companies (m,) by ranker, each by models that did not see its fold; around: None for the
    split that the models themselves were trained on."""
    if around is None:
        return {name: values[companies] for name, values in _read_scores(trained.fitted).items()}
    features = model_inputs.features
    make, seed = partial(_rankers, model_inputs), model_inputs.settings.seed
    fit = cross_fit(make, features, around, split.cohort, split.folds, seed, progress)
    return score_held_out(fit.models, features, around, split.folds, companies)


def _fitted(trained: RunFolder, column: str) -> Floats:
    return np.asarray(read_parquet(trained.fitted, [column])[column].to_numpy())

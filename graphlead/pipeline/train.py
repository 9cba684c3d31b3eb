"""The middle of the story: features, cross-fitted rankers, held-out splits, scores of everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.console import Console
from graphlead.core.arrays import NONE, Floats, Ints, Json
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, Ranker, silent
from graphlead.core.evaluation import Evaluation
from graphlead.core.features import Features
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.core.settings import RANKERS, Settings
from graphlead.evaluate.files import save_held_out
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.judge import Judgement, evaluate_saved, judge, read_judgement, save_judgement
from graphlead.evaluate.splits import group_folds, random_folds, time_holdout
from graphlead.features.build import FeaturePlan, build_features, plan_features
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import propagator_for
from graphlead.ingest import load_register
from graphlead.learn.crossfit import Folds, cross_fit, score_others
from graphlead.learn.registry import check_classifier, device_of, load_models, rankers, save_models
from graphlead.runs.run import Run, read_manifest

FITTED, SCORES = "fitted.parquet", "scores.parquet"
"""In the model's folder: each company's fold and held-out scores; the scores of everybody else among all clients."""

FEWEST_IN_GROUPS = 10
HELD_OUT_FOLDS = 3


@dataclass
class ModelInputs:
    """Features and rankers, made when the first stage needs them: a resumed run may need none."""

    register: Register
    graph: CompanyGraph
    settings: Settings
    plan: FeaturePlan

    @cached_property
    def device(self) -> str:
        return device_of(self.settings.device)

    @cached_property
    def features(self) -> Features:
        return build_features(self.plan, self.register, self.graph, propagator_for(self.device))

    @cached_property
    def label_features(self) -> ClientsAround:
        return ClientsAround(self.features, propagator_for(self.device))

    def rankers(self) -> list[Ranker]:
        chosen = self.settings
        return rankers(
            chosen.rankers, chosen.classifier, self.label_features.encodings, self.device, chosen.prior
        )


@dataclass(frozen=True)
class Scored:
    """What the rankers say of everybody.

    scores: raw scores (n,) by ranker, NaN for the clients; workshop: what the models saw; models, held: the folders
    of the trained models and of the held-out scores; folders: those of this run's own stages.
    """

    scores: Mapping[str, Floats]
    judgement: Judgement
    model_inputs: ModelInputs
    models: Path
    heldout: Path
    folders: Mapping[str, Path]


@dataclass(frozen=True)
class Evaluated(Scored):
    """What the rankers say of everybody, and how well they find held-out clients."""

    evaluation: Evaluation


def settings_of(
    manifest: Json, companies: Path, links: Path | None, clients: Path | None, out: Path, top: int
) -> Settings:
    """The settings of a finished run, over other files."""
    kept = {
        key: manifest["settings"][key]
        for key in ("exclude", "seed", "device", "classifier", "rankers", "store", "columns")
    }
    lists = {"exclude": tuple(kept["exclude"]), "rankers": tuple(kept["rankers"])}
    own = clients or Path(manifest["settings"]["clients"])
    return Settings(companies, own, out, links, **{**kept, **lists}, top=top)


def check(settings: Settings) -> None:
    """Raise before any work is done when the classifier cannot be used."""
    check_classifier(settings.classifier)


def train(
    run: Run,
    register: Register,
    graph: CompanyGraph,
    cohort: Cohort,
    settings: Settings,
    console: Console,
    key: Json,
) -> Evaluated:
    """Train on all folds, hold out by every split, choose; each a stage of the run."""
    with console.stage("deriving features") as progress:
        model_inputs = ModelInputs(register, graph, settings, plan_features(register, graph))
    with console.stage("training") as progress:
        model = run.stage("model", key, lambda folder: _train(folder, model_inputs, cohort, progress))
    with console.stage("training on held-out splits") as progress:
        heldout = run.stage(
            "heldout", key, lambda folder: _hold_out(folder, model, model_inputs, cohort, progress)
        )
    scores = _read_scores(model / SCORES)
    with console.stage("evaluating") as progress:
        evaluation = evaluate_saved(heldout, register, settings.to_json(), progress)
    folders = {"model": model, "heldout": heldout}
    return Evaluated(scores, read_judgement(heldout), model_inputs, model, heldout, folders, evaluation)


def _folds(cohort: Cohort, k: int) -> int:
    """At most k folds, with at least two clients in each."""
    return max(2, min(k, len(cohort.clients) // 2))


def _train(folder: Path, model_inputs: ModelInputs, cohort: Cohort, progress: Progress) -> None:
    settings = model_inputs.settings
    folds = random_folds(cohort, _folds(cohort, settings.folds), settings.seed)
    fitted = cross_fit(
        model_inputs.rankers,
        model_inputs.features,
        model_inputs.label_features,
        cohort,
        folds,
        settings.seed,
        progress,
    )
    save_models(fitted.models, settings.classifier, model_inputs.label_features.encodings, folder)
    (folder / "features.json").write_text(json.dumps(model_inputs.plan.to_json()), "utf-8")
    table = {"company_id": model_inputs.register.ids(), "fold": folds, **fitted.scores}
    pq.write_table(pa.table(table), folder / FITTED)
    scores = score_others(
        fitted.models, model_inputs.features, model_inputs.label_features, cohort.clients, folds, progress
    )
    pq.write_table(pa.table(scores), folder / SCORES)


def _read_scores(path: Path) -> dict[str, Floats]:
    table = pq.read_table(path)
    return {name: table[name].to_numpy() for name in table.column_names if name not in ("company_id", "fold")}


def _hold_out(
    folder: Path, model: Path, model_inputs: ModelInputs, cohort: Cohort, progress: Progress
) -> None:
    """Every split's held-out scores, then the choice, the prior and the calibration they lead to."""
    results = []
    for result, companies in _splits(model, model_inputs, cohort, progress):
        save_held_out(result, companies, folder / f"{result.split}.parquet")
        results.append(result)
    save_judgement(judge(results, _read_scores(model / FITTED), cohort, model_inputs.settings), folder)


def _splits(
    model: Path, model_inputs: ModelInputs, cohort: Cohort, progress: Progress
) -> Iterator[tuple[HeldOut, Ints]]:
    seed = model_inputs.settings.seed
    folds = pq.read_table(model / FITTED, columns=["fold"])["fold"].to_numpy()
    yield _held_out("random", cohort, cohort.clients, folds, _read_scores(model / FITTED))

    def fit(hidden: Cohort, folds: Folds) -> dict[str, Floats]:
        return cross_fit(
            model_inputs.rankers,
            model_inputs.features,
            model_inputs.label_features,
            hidden,
            folds,
            seed,
            progress,
        ).scores

    group = model_inputs.graph.ownership.group
    k = _folds(cohort, HELD_OUT_FOLDS)
    sizes = np.bincount(group, minlength=cohort.n_companies)
    if (sizes[group[cohort.clients]] > 1).sum() >= FEWEST_IN_GROUPS:
        grouped = group_folds(cohort, group, k, seed)
        yield _held_out("groups", cohort, cohort.clients, grouped, fit(cohort, grouped))
    later = time_holdout(cohort)
    if later is not None and len(cohort.clients) - len(later[1]) >= FEWEST_IN_GROUPS:
        earlier = ~np.isin(cohort.clients, later[1])
        past = replace(cohort, clients=cohort.clients[earlier], won=cohort.won[earlier])
        dealt = random_folds(past, k, seed)
        yield _held_out("time", cohort, later[1], dealt, fit(past, dealt))


def _held_out(
    split: str, cohort: Cohort, held_out: Ints, folds: Folds, scores: dict[str, Floats]
) -> tuple[HeldOut, Ints]:
    """The candidates and the held-out clients as a split, and who they are."""
    mask = cohort.candidates()
    mask[held_out] = True
    companies = np.flatnonzero(mask).astype(np.int32)
    of_them = {name: values[companies] for name, values in scores.items()}
    return HeldOut(split, folds[companies], np.isin(companies, held_out), of_them), companies


def model_inputs_of(models: Path, register: Register, graph: CompanyGraph, settings: Settings) -> ModelInputs:
    """The features that trained models look at, over this register and graph."""
    plan = json.loads((models / "features.json").read_text("utf-8"))
    return ModelInputs(register, graph, settings, FeaturePlan.from_json(plan))


def apply(
    run: Path, register: Register, graph: CompanyGraph, cohort: Cohort, settings: Settings, console: Console
) -> Evaluated:
    """Score a newer register with the models of a finished run, each company by the models that did not train on it."""
    trained = _trained(run)
    models, heldout = trained / "model", trained / "heldout"
    model_inputs = model_inputs_of(models, register, graph, settings)
    with console.stage("scoring") as progress:
        fitted = load_models(models, model_inputs.device)
        folds = folds_of(models, register)
        scores = score_others(
            fitted, model_inputs.features, model_inputs.label_features, cohort.clients, folds, progress
        )
    with console.stage("evaluating") as progress:
        evaluation = evaluation_of(run, settings.to_json(), progress)
    return Evaluated(scores, read_judgement(heldout), model_inputs, models, heldout, {}, evaluation)


def reopen(run: Path, register: Register, graph: CompanyGraph, settings: Settings) -> Scored:
    """What a finished run said of everybody, from its folder."""
    trained = _trained(run)
    models, heldout = trained / "model", trained / "heldout"
    model_inputs = model_inputs_of(models, register, graph, settings)
    return Scored(
        _published_scores(run, register), read_judgement(heldout), model_inputs, models, heldout, {}
    )


def evaluation_of(run: Path, settings: Json, progress: Progress = silent) -> Evaluation:
    """How well the models of a finished run find held-out clients."""
    trained = _trained(run)
    return evaluate_saved(trained / "heldout", load_register(trained / "register"), settings, progress)


def _trained(run: Path) -> Path:
    """The run whose models a run has: a run that only scored took them from another."""
    manifest = read_manifest(run)
    return _trained(Path(manifest["inputs"]["run"]["path"])) if "run" in manifest["inputs"] else run


def _published_scores(run: Path, register: Register) -> dict[str, Floats]:
    """Raw scores (n,) of every ranker, NaN for companies that were not ranked."""
    table = pq.read_table(run / "scores.parquet")
    place = pc.index_in(table["company_id"].combine_chunks(), value_set=register.ids()).to_numpy()
    scores = {}
    for name in table.column_names:
        if name in RANKERS:
            scores[name] = np.full(register.n_companies, np.nan, np.float32)
            scores[name][place] = table[name].to_numpy()
    return scores


def folds_of(models: Path, register: Register) -> Folds:
    """The fold of each company (n,), NONE for one that the models do not know."""
    fitted = pq.read_table(models / FITTED, columns=["company_id", "fold"])
    place = pc.index_in(register.ids(), value_set=fitted["company_id"].combine_chunks())
    known = pc.fill_null(fitted["fold"].combine_chunks().take(place), NONE)
    return np.asarray(known.to_numpy(zero_copy_only=False), np.int8)

"""The middle part of a run on a newer register: scores by the models of an earlier run, which are not trained again."""

from __future__ import annotations

from datetime import UTC, datetime

from graphlead.common.console import Console
from graphlead.common.files import link, read_json, write_json
from graphlead.core.errors import InputError, damaged
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.judge import read_judgement
from graphlead.ingest.records import load_register
from graphlead.learn.crossfit import score_others
from graphlead.learn.registry import load_models
from graphlead.pipeline.changes import changes, gone_between
from graphlead.pipeline.drifted import RegisterInputs, drift_notes, save_drift, score_pair
from graphlead.pipeline.expected import expected_of
from graphlead.pipeline.finished import FinishedRun, read_changes
from graphlead.pipeline.lost import share_lost
from graphlead.pipeline.rank import Ranking
from graphlead.pipeline.scored import Judged, left_out_of, model_inputs_of
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

MOST_LOST = 0.5
"""The share of what the models find beyond chance that a newer register may lack, a choice."""


def apply(
    run: Run, earlier: FinishedRun, sources: Sources, settings: Settings, console: Console, *, force: bool
) -> Judged:
    """Score a newer register with the models of a finished run, each company by models that did not train on it.

    The hits expected are those of the same share of the newer list, of the clients won by the dates of the newer client
    list. The models and their evaluation become results of this run too, so it no longer needs the earlier one.
    Raises InputError where the newer register lacks too much of what they were trained with, unless ``force``.
    """
    changed = _compare(run, earlier, sources, settings, console, force=force)
    trained = run.stage("trained", lambda folder: _take_over(earlier.folder, folder))
    judgement = read_judgement(trained.judgement)
    model_inputs = model_inputs_of(trained, sources.register, sources.graph, settings)
    with console.stage("scoring") as progress:
        scores = score_others(
            load_models(trained.model, model_inputs.device),
            model_inputs.features,
            model_inputs.around_all(sources.cohort),
            sources.cohort,
            left_out_of(trained, sources.register),
            progress,
        )
    return Judged(
        scores=judgement.settled(scores),
        judgement=judgement,
        expected=expected_of(judgement, sources.cohort, settings, datetime.now(UTC).date()),
        model_inputs=model_inputs,
        trained=trained,
        heldout=trained.heldout,
        notes=changed,
    )


def _compare(
    run: Run, earlier: FinishedRun, sources: Sources, settings: Settings, console: Console, *, force: bool
) -> tuple[str, ...]:
    """What is different from the register of the earlier run; each difference is a warning."""
    gone = gone_between(earlier.register, earlier.graph, sources.register, sources.graph)

    def make(folder: RunFolder) -> None:
        lost = share_lost(earlier, gone)
        found = changes(earlier.register, earlier.cohort.clients, sources.register, gone, lost)
        write_json(folder.changes, {"changes": list(found), "lost": lost})

    with console.stage("comparing with the earlier register"):
        compared = run.stage("changes", make)
    lost = read_json(compared.changes)["lost"]
    if lost > MOST_LOST and not force:
        raise InputError(
            f"with {gone.text()}, which are not there any more, {lost:.0%} of what the models find beyond chance is "
            "gone.",
            where=str(settings.companies if gone.columns else settings.links or settings.companies),
            remedy="Give files that have them, train on the newer ones by `graphlead run`, or go on by --force.",
        )
    found = read_changes(compared)
    for change in found:
        console.warn(change)
    return found


def since_trained(run: Run, earlier: FinishedRun, ranking: Ranking, console: Console) -> tuple[str, ...]:
    """A note on every input, or on the scores, that changed by much since the earlier run."""

    def make(folder: RunFolder) -> None:
        register = run.made("register")
        assert register is not None  # noqa: S101, the first stage of every run
        now = RegisterInputs(load_register(register.register))
        scores = score_pair("score", earlier.scores["score"], ranking.scores["score"])
        save_drift(folder, earlier.path, RegisterInputs(earlier.whole_register), now, scores)

    with console.stage("comparing with what the models learned from"):
        return drift_notes(run.stage("drift", make))


def _take_over(source: RunFolder, target: RunFolder) -> None:
    for part in (source.model, source.heldout, source.judgement):
        if not part.exists():
            raise damaged(part)
        link(part, target.path / part.name)

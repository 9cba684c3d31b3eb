"""The commands on runs from end to end: from files to a lead list, its reasons and the report, and on finished runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, scratch
from graphlead.common.memory import at_most
from graphlead.common.outputs import check_folder
from graphlead.common.parallel import meanwhile
from graphlead.core.clients import Match
from graphlead.core.errors import damage
from graphlead.core.evaluation import Evaluation
from graphlead.core.profile import Profile
from graphlead.core.register import Register
from graphlead.core.settings import Settings, bytes_of
from graphlead.evaluate.judge import evaluate_saved
from graphlead.graph.build import build_graph
from graphlead.ingest import ingest, read_list
from graphlead.learn.registry import import_early
from graphlead.match import match_clients
from graphlead.match.cohort import cohort_of
from graphlead.match.same.build import find_same
from graphlead.pipeline import score as scoring
from graphlead.pipeline import store as storing
from graphlead.pipeline import train as training
from graphlead.pipeline.deliver import collect_results, hand_over, report
from graphlead.pipeline.drifted import drift_notes
from graphlead.pipeline.exclude import without
from graphlead.pipeline.explain import Explained, explain_company
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.gather import check_columns, gather, profiling, warn_of
from graphlead.pipeline.outputs import check_run, parts_of, report_to_replace
from graphlead.pipeline.rank import rank
from graphlead.pipeline.resolve import review_answers
from graphlead.pipeline.result import Result
from graphlead.pipeline.scored import Judged, evaluated
from graphlead.profile.build import profile_clients
from graphlead.profile.files import PROFILE, SEGMENTS, save_profile
from graphlead.profile.leaks.files import save_leaks, without_leaks
from graphlead.profile.leaks.find import find_leaks
from graphlead.runs.manifest import hash_inputs, hash_run, unchanged
from graphlead.runs.need import refuse_beyond_memory
from graphlead.runs.run import open_run
from graphlead.stores.registry import OWN, STORES


def discover(
    settings: Settings, console: Console, *, config: Path | None = None, beside: Path | None = None
) -> Result:
    """Find the companies most likely to become clients: train, evaluate, score every company, write the lead list.

    config: the file that the settings are from, if any; like the inputs, it is not replaced by a result. beside: a run
    for other clients on the same register, which is not read again; its companies never to propose count here too.
    """
    check_run(settings.out, [config, *settings.inputs().values(), *(parts_of(beside) if beside else ())])
    settings = training.checked(settings)
    storing.check(settings.store, settings.out)
    inputs = hash_inputs(settings.inputs()) | ({"run": hash_run(beside)} if beside else {})
    with (
        at_most(settings.memory_bytes),
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json()) as run,
    ):
        with meanwhile(partial(import_early, () if run.has("model") else settings.rankers)):
            sources = gather(run, settings, console, beside=FinishedRun(beside) if beside else None)
        with profiling(run, sources, settings, console) as profiled:
            judged = training.train(run, sources, settings, console)
        result = hand_over(run, sources, judged, profiled, settings, console)
        _load(settings, console)
        return result


def score_again(
    run: Path,
    companies: Path,
    links: Path | None,
    out: Path,
    console: Console,
    *,
    clients: Path | None,
    top: int,
    memory: str | None = None,
    force: bool = False,
) -> Result:
    """Apply the models of a finished run to a newer register, without training again.

    force: even where the newer register lacks most of what they go by, or is larger than memory.
    """
    check_run(out, [companies, links, clients, *parts_of(run)])
    if not force:
        refuse_beyond_memory(run, companies, bytes_of(memory) if memory else None)
    earlier = FinishedRun(run)
    own = clients or earlier.settings.clients
    settings = replace(
        earlier.settings,
        companies=companies,
        links=links,
        clients=own,
        out=out,
        top=top,
        memory=memory,
    )
    inputs = hash_inputs({"companies": companies, "links": links, "clients": clients})
    with (
        at_most(settings.memory_bytes),
        disk_errors(out),
        open_run(out, inputs | {"run": hash_run(run)}, settings.to_json()) as newer,
    ):
        sources = gather(newer, settings, console, earlier)
        with profiling(newer, sources, settings, console) as profiled:
            judged = scoring.apply(newer, earlier, sources, settings, console, force=force)
        result = hand_over(newer, sources, judged, profiled, settings, console, earlier)
        _load(settings, console)
        return result


def _load(settings: Settings, console: Console) -> None:
    """Load a run that was just published into the graph database that was asked for; its own store is built later."""
    if settings.store != OWN:
        with console.stage(f"loading into {STORES[settings.store].title}") as progress:
            storing.push(FinishedRun(settings.out), settings.store, progress=progress)


def match_list(settings: Settings, console: Console) -> Match:
    """The client list resolved against the register, without a run; nothing is written."""
    inputs = hash_inputs({**settings.inputs(), "links": None})
    with (
        at_most(settings.memory_bytes),
        scratch() as folder,
        disk_errors(folder.parent),
        unchanged(inputs),
    ):
        with console.stage("reading the register") as progress:
            register, _ = ingest(
                settings.companies, None, folder, overrides=settings.columns, progress=progress
            )
        with console.stage("matching the list") as progress:
            answers = review_answers(settings.reviewed)
            return match_clients(read_list(settings.clients), register, reviewed=answers, progress=progress)


def evaluate_run(run: Path, console: Console) -> Evaluation:
    """The evaluation of a finished run, from its held-out scores."""
    finished = FinishedRun(run)
    with console.stage("evaluating") as progress:
        share, seed = finished.expected.share, finished.settings.seed
        return evaluate_saved(finished.folder.heldout, finished.judgement, share, seed, progress)


def profile_list(settings: Settings, console: Console) -> Profile:
    """The clients against the register, without a run; the files of the profile go to ``settings.out``."""
    check_folder(settings.out, (PROFILE, SEGMENTS), settings.inputs().values())
    inputs = hash_inputs(settings.inputs())
    with scratch() as folder, disk_errors(folder.parent), unchanged(inputs):
        with console.stage("reading the register") as progress:
            full, _ = ingest(
                settings.companies,
                settings.links,
                folder,
                overrides=settings.columns,
                seed=settings.seed,
                progress=progress,
            )
        check_columns(settings, full)
        with console.stage("matching the list") as progress:
            match = match_clients(read_list(settings.clients), full, progress=progress)
        with console.stage("finding the records of one company") as progress:
            same = find_same(full, progress=progress)
        files = (str(settings.companies), str(settings.clients))
        cohort = cohort_of(full.ids(), match, None, same, dead=full.ended(), files=files)
        with console.stage("looking for columns that give the clients away") as progress:
            leaks = find_leaks(full, cohort, exclude=settings.exclude, keep=settings.keep, progress=progress)
            save_leaks(leaks, full, folder)
            register = without_leaks(without(full, settings.exclude), leaks, folder)
        warn_of(leaks, console)
        with console.stage("profiling the clients") as progress:
            graph = build_graph(register)
            profile = profile_clients(register, graph, cohort, seed=settings.seed, progress=progress)
    found = tuple(leak.sentence for leak in leaks if leak.sentence)
    profile = replace(profile, notes=(*found, *profile.notes))
    with disk_errors(settings.out):
        save_profile(profile, settings.out)
    return profile


def explain_lead(run: Path, company: str, console: Console) -> tuple[Explained, Register]:
    """Why a company of a finished run ranks where it does, and the run's register."""
    finished = FinishedRun(run)
    with console.stage("looking for reasons") as progress:
        return explain_company(finished, company, progress), finished.register


def report_run(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    finished = FinishedRun(run)
    report_to_replace(run)
    with console.stage("reading the run"):
        folder, sources, judgement = finished.folder, finished.sources, finished.judgement
        share, seed = finished.expected.share, finished.settings.seed
        evaluation = evaluate_saved(folder.heldout, judgement, share, seed)
        judged = Judged(**vars(finished.scored), heldout=folder.heldout, notes=finished.changes)
        scored = evaluated(judged, evaluation, drift_notes(folder))
        ranking = rank(sources, scored, finished.settings)
        metrics = read_json(folder.metrics)
        with damage(folder.metrics):
            apart, outcomes = dict(metrics["duplicates"]), metrics.get("outcomes")
        profile, evidence = finished.profile, finished.evidence
        result = collect_results(folder, sources, scored, ranking, profile, evidence, apart, outcomes)
    with console.stage("writing the report"), disk_errors(folder.report):
        report(folder, result, sources, scored)
    return folder.report

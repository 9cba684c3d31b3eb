"""The whole story: files, register, matched clients, graph, profile, models, evaluation, lead list, reasons, report."""

from __future__ import annotations

import tempfile
from pathlib import Path

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.clients import Match
from graphlead.core.evaluation import Evaluation
from graphlead.core.profile import Profile
from graphlead.core.register import Register
from graphlead.core.settings import Settings
from graphlead.explain.files import load_evidence
from graphlead.graph.build import build_graph
from graphlead.ingest import ingest, read_list
from graphlead.match import match_clients
from graphlead.match.cohort import cohort_of
from graphlead.pipeline import store as storing
from graphlead.pipeline import train as training
from graphlead.pipeline.deliver import EVIDENCE, REPORT, Result, collect_results, hand_over, report
from graphlead.pipeline.explain import Explained, explain_company
from graphlead.pipeline.gather import INPUTS, excluded, gather, reopen, review_answers, stage_key
from graphlead.pipeline.rank import rank
from graphlead.pipeline.train import Evaluated
from graphlead.profile.build import profile_clients
from graphlead.profile.files import load_profile, save_profile
from graphlead.runs.run import hash_inputs, open_run, read_manifest


def discover(settings: Settings, console: Console) -> Result:
    """Find the companies most likely to become clients: train, evaluate, score everybody, write the lead list."""
    training.check(settings)
    storing.check(settings.store)
    inputs = hash_inputs(settings.inputs())
    with open_run(settings.out) as run:
        sources = gather(run, inputs, settings, console)
        trained = training.train(run, sources.register, sources.graph, sources.cohort, settings, console,
                                 key=stage_key(inputs, settings, *INPUTS))  # fmt: skip
        result = hand_over(run, sources, trained, settings, inputs, console)
        _keep_graph(settings, console)
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
) -> Result:
    """Apply the models of a finished run to a newer register, without training again."""
    settings = training.settings_of(read_manifest(run), companies, links, clients, out, top)
    finished = read_manifest(run)["finished"]
    inputs: Json = hash_inputs({"companies": companies, "links": links, "clients": clients})
    inputs["run"] = {"path": run.as_posix(), "finished": finished}
    with open_run(out) as newer:
        sources = gather(newer, inputs, settings, console, earlier=run)
        scored = training.apply(run, sources.register, sources.graph, sources.cohort, settings, console)
        result = hand_over(newer, sources, scored, settings, inputs, console)
        _keep_graph(settings, console)
        return result


def _keep_graph(settings: Settings, console: Console) -> None:
    """Put a run that was just published into its graph stores."""
    with console.stage("keeping the graph") as progress:
        storing.build_embedded(settings.out, progress=progress)
    if settings.store == "neo4j":
        with console.stage("loading into Neo4j") as progress:
            storing.push(settings.out, progress=progress)


def match_list(settings: Settings, console: Console) -> Match:
    """The client list resolved against the register, without a run; nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        with console.stage("reading the register") as progress:
            register, _ = ingest(
                settings.companies, None, Path(folder), overrides=settings.columns, progress=progress
            )
        with console.stage("matching the list") as progress:
            answers = review_answers(settings.reviewed)
            return match_clients(read_list(settings.clients), register, reviewed=answers, progress=progress)


def evaluate_run(run: Path, console: Console) -> Evaluation:
    """The evaluation of a finished run, from its held-out scores."""
    manifest = read_manifest(run)
    with console.stage("evaluating") as progress:
        return training.evaluation_of(run, manifest["settings"], progress)


def profile_list(settings: Settings, console: Console) -> Profile:
    """The clients against the register, without a run; the files of the profile go to ``settings.out``."""
    with tempfile.TemporaryDirectory() as folder:
        with console.stage("reading the register") as progress:
            full, _ = ingest(
                settings.companies,
                settings.links,
                Path(folder),
                overrides=settings.columns,
                seed=settings.seed,
                progress=progress,
            )
        settings.check_excluded(column.name for column in full.columns)
        register = full.without(excluded(full, settings.exclude))
        with console.stage("matching the list") as progress:
            match = match_clients(read_list(settings.clients), full, progress=progress)
        cohort = cohort_of(full.ids(), match, None, files=(str(settings.companies), str(settings.clients)))
        with console.stage("profiling the clients") as progress:
            graph = build_graph(register)
            profile = profile_clients(register, graph, cohort, seed=settings.seed, progress=progress)
    save_profile(profile, settings.out)
    return profile


def profile_run(run: Path) -> Profile:
    """The profile of a finished run's clients."""
    read_manifest(run)
    return load_profile(run / "profile")


def explain_lead(run: Path, company: str, console: Console) -> tuple[Explained, Register]:
    """Why a company of a finished run ranks where it does, and the run's register."""
    with console.stage("looking for reasons") as progress:
        return explain_company(run, company, progress)


def report_run(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    with console.stage("reading the run"):
        sources, settings = reopen(run)
        reopened = training.reopen(run, sources.register, sources.graph, settings)
        scored = Evaluated(**vars(reopened), evaluation=training.evaluation_of(run, settings.to_json()))
        ranking = rank(sources, scored, settings)
        evidence = load_evidence(run / EVIDENCE, sources.register.ids())
        result = collect_results(run, sources, scored, ranking, evidence)
    with console.stage("writing the report"):
        report(run / REPORT, result, sources, scored)
    return run / REPORT

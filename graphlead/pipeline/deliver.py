"""The last part of a run: reasons for every lead, the report, and files that appear all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.console import Console
from graphlead.common.files import write_json, write_parquet
from graphlead.common.parallel import meanwhile
from graphlead.common.spreadsheets import write_csv
from graphlead.common.workbooks import Made
from graphlead.core.arrays import NONE, Ints, Json
from graphlead.core.contracts import Progress
from graphlead.core.evaluation import Evaluation
from graphlead.core.evidence import Evidence
from graphlead.core.profile import Profile
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.judge import evaluate_saved
from graphlead.explain.files import load_evidence, save_evidence
from graphlead.match.same.duplicates import find_duplicates, with_duplicates
from graphlead.pipeline.came_back import came_back
from graphlead.pipeline.content import content_of
from graphlead.pipeline.explain import explain_companies, whitespace_ties
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.rank import Ranking, companies_of, rank, set_apart, with_apart
from graphlead.pipeline.result import Result
from graphlead.pipeline.score import since_trained
from graphlead.pipeline.scored import Evaluated, Judged, evaluated
from graphlead.pipeline.store import remember
from graphlead.pipeline.summary import counts_of, summary_of
from graphlead.report.evidence import as_series, with_clients, with_evidence
from graphlead.report.html.build import write_report
from graphlead.report.noise import noise_text
from graphlead.report.workbooks.leads import write_leads, write_review
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run
from graphlead.tasks.leads import first_clients


def hand_over(
    run: Run,
    sources: Sources,
    judged: Judged,
    profiled: Callable[[], Profile],
    settings: Settings,
    console: Console,
    earlier: FinishedRun | None = None,
) -> Result:
    """Write every result of a run into its folder and return them.

    profiled: gives the clients against the register; earlier: the run of which the models were applied; what changed
    since is noted.
    """
    with meanwhile(partial(_evaluate, judged, settings.seed, console)) as evaluation:
        with console.stage("ranking"):
            ranking = rank(sources, judged, settings)
        notes = () if earlier is None else since_trained(run, earlier, ranking, console)
        with console.stage("finding the reasons") as progress:
            why = run.stage("evidence", lambda folder: _explain(sources, judged, ranking, folder, progress))
        judged.model_inputs.let_go()
        scored = evaluated(judged, evaluation(), notes)
    with console.stage("writing the results"):
        evidence = load_evidence(why.evidence, sources.register.ids())
        apart, outcomes = set_apart(ranking), came_back(sources, scored, settings.top)
        result = collect_results(run.folder, sources, scored, ranking, profiled(), evidence, apart, outcomes)
        made = run.provenance
        with meanwhile(
            lambda: run.stage("results", lambda folder: _write(folder, result, ranking, sources, scored))
        ) as written:
            run.stage("report", lambda folder: _present(folder, result, sources, scored, made))
            written()
        manifest = run.manifest(device=scored.model_inputs.device, ranker=scored.judgement.choice.name)
        run.publish(manifest)
        remember(FinishedRun(run.folder.path), result.scores, scored.expected.grades)
    cost = {"seconds": manifest["seconds"], "peak_mb": manifest["peak_mb"]}
    return replace(result, summary=result.summary | cost)


def _evaluate(judged: Judged, seed: int, console: Console) -> Evaluation:
    with console.stage("evaluating") as progress:
        return evaluate_saved(judged.heldout, judged.judgement, judged.expected.share, seed, progress)


def report(folder: RunFolder, result: Result, sources: Sources, scored: Evaluated) -> None:
    """Write the report of a run."""
    content = content_of(sources, scored, result)
    write_report(folder.report, content)


def _present(folder: RunFolder, result: Result, sources: Sources, scored: Evaluated, made: Made) -> None:
    """Write what people open: the report and the workbooks."""
    with meanwhile(partial(_workbooks, folder, result, sources, made)) as written:
        report(folder, result, sources, scored)
        written()


def _workbooks(folder: RunFolder, result: Result, sources: Sources, made: Made) -> None:
    found = [result.summary["expected"], *result.summary["notes"]]
    write_leads(
        folder.workbook(folder.leads),
        result.leads,
        result.whitespace,
        result.duplicates,
        sources.register,
        made,
        list(filter(None, found)),
        [each.name for each in (folder.leads, folder.whitespace, folder.duplicates)],
    )
    write_review(folder.workbook(folder.review), with_duplicates(sources.clients, result.duplicates), made)


def _explain(
    sources: Sources,
    scored: Judged,
    ranking: Ranking,
    folder: RunFolder,
    progress: Progress,
) -> None:
    leads = companies_of(ranking.leads, sources.register)
    evidence = explain_companies(scored, sources.cohort, leads, progress, ranking.standing)
    save_evidence(evidence, sources.register.ids(), folder.evidence)


def collect_results(
    folder: RunFolder,
    sources: Sources,
    scored: Evaluated,
    ranking: Ranking,
    profile: Profile,
    evidence: Sequence[Evidence],
    apart: dict[str, int],
    outcomes: Json | None,
) -> Result:
    """The lists with their reasons, and everything beside them.

    apart, outcomes: see ``set_apart`` and ``came_back``.
    """
    register = sources.register
    leads = with_evidence(ranking.leads, evidence, profile, register, sources.clients)
    beside = companies_of(ranking.whitespace, register)
    ties = whitespace_ties(register, sources.graph, sources.cohort, beside)
    first = first_clients(sources.cohort, sources.graph.ownership, beside)
    whitespace = with_clients(ranking.whitespace, ties, first, _relations(sources, beside), register)
    duplicates = find_duplicates(
        register, sources.clients, sources.suppressed, sources.cohort, sources.same, sources.outcomes
    )
    scores = ranking.scores.assign(nearest_client_id=_nearest(ranking, leads, whitespace))
    summary = summary_of(folder, sources, scored, ranking, apart, outcomes)
    return Result(
        folder=folder.path,
        leads=leads,
        whitespace=whitespace,
        duplicates=duplicates,
        scores=scores,
        companies=ranking.companies,
        hits=ranking.hits,
        metrics=scored.evaluation.metrics,
        summary=summary,
        profile=profile,
        evidence=evidence,
    )


def _nearest(ranking: Ranking, leads: pd.DataFrame, whitespace: pd.DataFrame) -> pd.Series[str]:
    """The id of the nearest client of each candidate, missing for those on neither list."""
    place = np.full(len(ranking.scores), NONE, np.int64)
    place[np.flatnonzero(ranking.scores["rank"].notna())[: len(leads)]] = np.arange(len(leads))
    place[whitespace["rank_all"].to_numpy() - 1] = len(leads) + np.arange(len(whitespace))
    given = pd.concat([leads["nearest_client_id"], whitespace["client_id"]]).to_numpy(object)
    ids = pa.array(given, pa.string(), from_pandas=True)
    return as_series(ids.take(pa.array(place, mask=place == NONE)))


def _relations(sources: Sources, companies: Ints) -> tuple[Ints, pa.Array]:
    """For each company (m,) the client that it is related to at one place, NONE for none, and by what, else null."""
    cohort, related = sources.cohort, sources.same.related
    client_of = np.full(cohort.n_companies, NONE, np.int32)
    client_of[cohort.company[cohort.clients]] = cohort.clients
    listed = np.concatenate([cohort.clients, cohort.twins])
    client, group = related.to(listed, cohort.n_companies)
    shared = related.shared.take(pa.array(group[companies], mask=client[companies] == NONE))
    clients = np.where(client[companies] == NONE, NONE, client_of[cohort.company[client[companies]]])
    return clients, pc.binary_join_element_wise("no ownership link known; ", shared.cast(pa.string()), "")


def _write(folder: RunFolder, result: Result, ranking: Ranking, sources: Sources, scored: Evaluated) -> None:
    write_csv(folder.leads, result.leads)
    write_csv(folder.whitespace, result.whitespace)
    table = with_apart(result.scores, ranking.apart)
    write_parquet(folder.scores, table, repeated=("nearest_client_id", "record_of"))
    write_csv(folder.clients, sources.clients.table)
    if sources.outcomes:
        write_csv(folder.came_back, sources.outcomes.match.table)
    write_csv(folder.duplicates, result.duplicates)
    write_csv(folder.review, with_duplicates(sources.clients, result.duplicates))
    evaluation = scored.evaluation
    metrics = {
        "verdict": evaluation.verdict,
        "ranker": asdict(scored.judgement.choice),
        "expected_hits": [asdict(each) for each in ranking.hits],
        "dead": len(sources.cohort.dead),
        "counts": counts_of(result.summary),
        "prior": dict(zip(("low", "point", "high"), scored.judgement.prior, strict=True)),
        "notes": result.summary["notes"],
        **{name: result.summary[name] for name in ("outcomes",) if name in result.summary},
        "leaks": [asdict(leak) for leak in sources.leaks],
        "duplicates": result.summary["duplicates"],
        "excluded": [asdict(each) for each in ranking.leanings],
        "metrics": evaluation.metrics.to_dict("records"),
        "segments": evaluation.segments.to_dict("records"),
    }
    write_json(folder.metrics, metrics)
    folder.noise.write_text(noise_text(sources.noise), "utf-8")
    columns = [asdict(column) for column in sources.register.columns]
    write_json(folder.plan, {"columns": columns})

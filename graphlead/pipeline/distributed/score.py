"""The story of scoring by an engine: from a register to scores and leads, by the models of a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import scratch, write_parquet
from graphlead.common.memory import at_most
from graphlead.common.spreadsheets import write_csv
from graphlead.core.arrays import Floats
from graphlead.core.contracts import Progress
from graphlead.core.errors import SettingsError
from graphlead.core.features import Level
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Column, Role
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.engines.duckdb import quoted
from graphlead.engines.parquet import files_of
from graphlead.engines.registry import check_engine, open_engine
from graphlead.engines.tables import ROW, Tables
from graphlead.features.build import FeaturePlan
from graphlead.features.distributed.labels import around_of, label_features
from graphlead.features.distributed.meaning import meaning_of
from graphlead.features.distributed.memberships import NUMBERS, entries_of, memberships_of
from graphlead.features.distributed.plan import Numbered
from graphlead.features.distributed.structure import structure_of
from graphlead.features.distributed.walk import walk, ways_of
from graphlead.features.seeds import client_weights
from graphlead.learn.registry import RANKERS, load_models
from graphlead.match.distributed.resolve import USED
from graphlead.pipeline.distributed.form import Source
from graphlead.pipeline.distributed.known import COMPANIES, IDS, PLACED, Known, known_of
from graphlead.pipeline.distributed.scoring import Scoring, scores_of
from graphlead.pipeline.expected import expected_of
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.rank import Ranking, rank, with_apart
from graphlead.pipeline.scored import ModelInputs, Scored
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import BY_ENGINE, hash_inputs, hash_run
from graphlead.runs.run import open_run
from graphlead.runs.stages import MODELS, Stage, table

DOORS = (
    *MODELS, "engines.registry", "evaluate.judge", "features.distributed.entries", "features.distributed.labels",
    "features.distributed.meaning", "features.distributed.memberships", "features.distributed.structure",
    "features.distributed.walk", "match.distributed.resolve",
    "pipeline.distributed.known", "pipeline.distributed.scoring", "pipeline.rank", "tasks",
)  # fmt: skip
"""The modules that compute the scores and the lists."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A register to score, see ``form.Source``, and where the results go.

    clients: a newer client list; by default the companies that were clients for the run. engine, master: see
    ``engines.registry``.
    """

    run: Path
    companies: Path
    links: Path
    out: Path
    clients: Path | None = None
    engine: str
    master: str = ""
    top: int = 500
    memory: str | None = None


def score_by_engine(job: Job, console: Console) -> dict[str, object]:
    """Score the companies of a register by the models of a finished run, without one machine holding it.

    The folder ``out`` gets scores.parquet, leads.csv and whitespace.csv as ``score`` makes them, but for the reasons
    and the nearest clients, which are left out as the report and the store are; with a client list also clients.csv and
    review.csv. Returns the counts. Raises SettingsError and InputError for what an engine cannot score.
    """
    check_engine(job.engine, job.master)
    check_run(job.out, [job.companies, job.links, job.clients, *parts_of(job.run)])
    earlier = FinishedRun(job.run)
    _check(earlier)
    settings = replace(
        earlier.settings,
        companies=job.companies,
        links=job.links,
        out=job.out,
        top=job.top,
        memory=job.memory,
    )
    inputs = hash_inputs(_files(job)) | {"run": hash_run(job.run)}
    stages = table(Stage(name="scored", inputs=tuple(inputs), settings=("top",), doors=DOORS))
    counts: dict[str, object] = {}
    with (
        at_most(settings.memory_bytes),
        disk_errors(job.out),
        open_run(job.out, inputs, settings.to_json(), stages, BY_ENGINE) as run,
    ):
        run.stage("scored", lambda folder: _write(folder, job, earlier, settings, console))
        counts = {"verb": BY_ENGINE, "engine": job.engine, "master": job.master}
        run.publish(run.manifest(device="cpu", **counts))
    return counts | {"folder": job.out.as_posix()}


def _files(job: Job) -> Mapping[str, Path]:
    parts = {"companies": job.companies, "links": job.links}
    files = {
        f"{name} {path.name}" if source.is_dir() else name: path
        for name, source in parts.items()
        for path in files_of(source)
    }
    return files | ({"clients": job.clients} if job.clients else {})


def _check(earlier: FinishedRun) -> None:
    """Raise where the run has what an engine cannot do."""
    whole = [name for name in earlier.settings.rankers if not RANKERS[name].row_wise]
    if whole:
        raise SettingsError(
            f"{whole[0]} needs the whole graph on one machine.",
            where="engine",
            remedy="Leave --engine out, or train a run without it.",
        )


def _write(folder: RunFolder, job: Job, earlier: FinishedRun, settings: Settings, console: Console) -> None:
    with ExitStack() as stack:
        work = stack.enter_context(scratch(job.out))
        with console.stage("reading and cleaning") as progress:
            source = _source(job, earlier, work / "cleaned", progress)
        engine = stack.enter_context(open_engine(job.engine, job.master, work))
        job = replace(job, companies=source.companies, links=source.links or job.links)
        known, ranking = _ranking(Tables(engine, work), job, earlier, settings, console)
    table = with_apart(ranking.scores.assign(nearest_client_id=pd.Series(dtype="string")), ranking.apart)
    write_parquet(folder.scores, table, repeated=("nearest_client_id", "record_of"))
    write_csv(folder.leads, ranking.leads)
    write_csv(folder.whitespace, ranking.whitespace)
    if job.clients:
        write_csv(folder.clients, known.clients.table)
        write_csv(folder.review, known.clients.review)


def _source(job: Job, earlier: FinishedRun, folder: Path, progress: Progress) -> Source:
    """The files of the register in the form of a cleaned one."""
    columns = [*earlier.register.understood.values()]
    if job.clients:
        columns += [column for column in earlier.whole_register.columns if column.role in USED]
    return Source(job.companies, job.links).cleaned(columns, folder, earlier.settings.columns, progress)


def _ranking(
    tables: Tables, job: Job, earlier: FinishedRun, settings: Settings, console: Console
) -> tuple[Known, Ranking]:
    with console.stage("reading ids, places and owners"):
        known, numbered = _read(tables, job, earlier)
    if job.clients:
        with console.stage(f"matching {job.clients.name}") as progress:
            known = replace(known, clients=known.found(job.clients, None, progress))
    known.write_known()
    with console.stage("reading what each company has by itself"):
        entries_of(tables, numbered, "companies_agreed")
    with console.stage("counting who is in which group"):
        memberships_of(tables, numbered, known.n, known.kinds(numbered), known.owned())
    with console.stage("what words mean"):
        meaning_of(tables, numbered)
    with console.stage("features of links"):
        structure_of(tables, numbered, tables.folder / NUMBERS)
    around = around_of(known.cohort, numbered)
    with console.stage("clients in the groups of each company"):
        label_features(tables, around, known.cohort)
    weights = client_weights(known.cohort.won)
    with console.stage("walking from the clients"):
        start = (known.n * weights).astype(np.float32)
        at = known.cohort.clients.astype(np.int64)
        walk(tables, ways_of(tables, numbered, known.n), at, start)
    with console.stage("scoring"):
        models = load_models(earlier.folder.model, "cpu")
        scores = scores_of(tables, Scoring.of(around, models, weights), IDS, known.n)
    with console.stage("ranking"):
        return known, _ranked(known, numbered.plan, earlier.judgement.settled(scores), settings)


def _read(tables: Tables, job: Job, earlier: FinishedRun) -> tuple[Known, Numbered]:
    """Make the tables of the companies and of the links, and what one machine keeps of them."""
    tables.engine.read(COMPANIES, job.companies, number=ROW)
    tables.engine.read("links", job.links)
    known, plan = known_of(tables, earlier), earlier.model_inputs.plan
    numbered = Numbered(plan, _used(plan, known.register.columns))
    _agreed(tables, numbered, known)
    return known, numbered


def _ranked(known: Known, plan: FeaturePlan, scores: Mapping[str, Floats], settings: Settings) -> Ranking:
    """The lists from the raw scores (n,) of each ranker."""
    sources, judgement = _sources(known), known.earlier.judgement
    inputs = ModelInputs(register=sources.register, graph=sources.graph, settings=settings, plan=plan)
    scored = Scored(
        scores=scores,
        judgement=judgement,
        expected=expected_of(judgement, known.cohort, settings, datetime.now(UTC).date()),
        model_inputs=inputs,
        trained=known.earlier.folder,
    )
    return rank(sources, scored, settings)


def _used(plan: FeaturePlan, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns that the plan uses, with the id and the names."""
    levels: list[Level] = [
        *plan.attributes.common,
        *(each for some in plan.relations.crossed for each in some),
    ]
    names = {*plan.attributes.numeric, *plan.attributes.ordered, *plan.relations.texts}
    names |= {name for level in levels for name in (level.column, *level.within)}
    own = (Role.ID, Role.NAME)
    return tuple(c for c in columns if c.role is not Role.IGNORED and (c.name in names or c.role in own))


def _agreed(tables: Tables, numbered: Numbered, known: Known) -> None:
    """Make the table of the columns that features come from, places in the spelling of most companies there."""
    agreed = set(known.agree_on_places())
    columns = ", ".join(
        f"{'p' if c.name in agreed else 'c'}.{quoted(c.name)} AS {quoted(c.name)}" for c in numbered.columns
    )
    tables.engine.sql(
        "companies_agreed",
        f"SELECT c.{ROW} AS {ROW}, {columns} FROM {COMPANIES} AS c JOIN {PLACED} AS p ON c.{ROW} = p.{ROW}",
    )


def _sources(known: Known) -> Sources:
    earlier = known.earlier
    graph = CompanyGraph(nodes={"company": known.n}, keys={}, edges={}, ownership=known.ownership)
    return Sources(
        register=known.register,
        noise=earlier.noise,
        graph=graph,
        clients=known.clients,
        suppressed=earlier.suppressed,
        same=known.same,
        cohort=known.cohort,
        leaks=earlier.leaks,
        outcomes=earlier.outcomes,
    )

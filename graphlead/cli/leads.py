"""From a register and a client list to leads: run, score, evaluate, explain and report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli import compare, experiments, recommend_runs, sales_runs, segment
from graphlead.cli.engines import engine_for, score_by_engine
from graphlead.cli.options import (
    AsJson,
    Clients,
    Config,
    Engine,
    Exclude,
    Keep,
    Links,
    Master,
    Memory,
    Neutral,
    Quiet,
    Rankers,
    Reviewed,
    RunFolder,
    SomeRegister,
    Store,
    console_of,
    separated,
    settings_of,
)
from graphlead.core.errors import SettingsError, refuse_given
from graphlead.core.settings import Given, help_of
from graphlead.runs.manifest import verb_of

if TYPE_CHECKING:
    import pandas as pd

    from graphlead.common.console import Console
    from graphlead.core.arrays import Json
    from graphlead.core.evaluation import Evaluation


def run(
    *,
    companies: SomeRegister = None,
    links: Links = None,
    clients: Clients = None,
    suppress: Annotated[Path | None, typer.Option(help=help_of("suppress"))] = None,
    out: Annotated[Path | None, typer.Option(help=help_of("out"))] = None,
    config: Config = None,
    exclude: Exclude = None,
    keep: Keep = None,
    neutral: Neutral = None,
    reviewed: Reviewed = None,
    outcomes: Annotated[Path | None, typer.Option(help=help_of("outcomes"))] = None,
    seed: Annotated[int | None, typer.Option(help=help_of("seed"))] = None,
    device: Annotated[str | None, typer.Option(help=help_of("device"))] = None,
    top: Annotated[int | None, typer.Option(help=help_of("top"))] = None,
    expect: Annotated[int | None, typer.Option(help=help_of("expect"))] = None,
    prior: Annotated[float | None, typer.Option(help=help_of("prior"))] = None,
    classifier: Annotated[str | None, typer.Option(help=help_of("classifier"))] = None,
    rankers: Rankers = None,
    store: Store = None,
    memory: Memory = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """From a register and a client list to a ranked list of leads."""
    given = Given(
        companies=companies, links=links, clients=clients, suppress=suppress, out=out,
        exclude=separated(exclude), keep=separated(keep), neutral=neutral, reviewed=reviewed, outcomes=outcomes,
        seed=seed, device=device, top=top, expect=expect, prior=prior, classifier=classifier,
        rankers=separated(rankers), store=store, memory=memory,
    )  # fmt: skip
    settings, console = settings_of(config, given), console_of(quiet, as_json)

    from graphlead.pipeline.discover import discover
    from graphlead.report.summary import summary_text

    result = discover(settings, console, config=config)
    console.outcome(summary_text(result.summary), result.summary)


NewerCases = Annotated[Path | None, typer.Option("--open", help="Open cases, for a run of a sales verb.")]
NewerEvents = Annotated[
    list[Path] | None,
    typer.Option("--events", help="Newer events, for one that learned from some. Repeatable."),
]
NewerItems = Annotated[
    Path | None, typer.Option("--items", help="Products of the events, where they changed.")
]
ScoredOn = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day of scoring, for a run of a sales verb."),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Even where most of what the models go by is missing, or memory is short."),
]


def score(
    *,
    folder: RunFolder,
    companies: SomeRegister = None,
    out: Annotated[Path, typer.Option(help=help_of("out"))],
    links: Links = None,
    clients: Clients = None,
    open_: NewerCases = None,
    events: NewerEvents = None,
    items: NewerItems = None,
    as_of: ScoredOn = None,
    top: Annotated[int | None, typer.Option(min=1, help=help_of("top"))] = None,
    memory: Memory = None,
    force: Force = False,
    engine: Engine = None,
    master: Master = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Apply a trained run to a newer register, or to newer open cases, without training again."""
    console, verb = console_of(quiet, as_json), verb_of(folder)
    sales = {"--open": open_, "--events": events, "--items": items, "--as-of": as_of}
    given = {
        "--companies": companies, "--links": links, "--clients": clients, "--memory": memory, "--force": force,
        "--engine": engine, "--master": master,
    }  # fmt: skip
    if verb == "experiment":
        experiments.score(folder, out, console, {**given, **sales, "--top": top})
        return
    if verb != "run":
        sales_runs.refuse(verb, folder, given, "Give --open, or --events, with what is to be scored.")
        if verb == "recommend":
            sales_runs.refuse(verb, folder, {"--open": open_}, "Give --events with newer orders.")
            recommend_runs.score(folder, out, console, events=events or (), items=items, as_of=as_of, top=top)
            return
        sales_runs.score(
            folder, out, console, opened=open_, events=events or (), items=items, as_of=as_of, top=top
        )
        return
    sales_runs.refuse(verb, folder, sales, "Give --companies with a newer register.")
    _score_register(
        folder, companies, links, clients, out, console, top=top or 500, memory=memory, force=force,
        engine=engine or "", master=master or "",
    )  # fmt: skip


def _score_register(
    folder: Path,
    companies: Path | None,
    links: Path | None,
    clients: Path | None,
    out: Path,
    console: Console,
    *,
    top: int,
    memory: str | None,
    force: bool,
    engine: str,
    master: str,
) -> None:
    if engine or master:
        refuse_given({"--force": force}, "--engine", where="score", remedy="Leave one of them out.")
        engine = engine or "duckdb"
    elif companies and links and not force:
        engine = engine_for(folder, companies, memory, console)
    if engine:
        score_by_engine(
            folder, companies, links, out, console, clients=clients, top=top, memory=memory,
            engine=engine, master=master,
        )  # fmt: skip
        return

    from graphlead.common.files import check_readable

    if companies is None:
        raise SettingsError(
            "companies is missing.", where="score", remedy="Give --companies with a register."
        )
    check_readable((companies, links, clients))

    from graphlead.pipeline.discover import score_again
    from graphlead.report.summary import summary_text

    result = score_again(
        folder, companies, links, out, console, clients=clients, top=top, memory=memory, force=force
    )
    console.outcome(summary_text(result.summary), result.summary)


def evaluate(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """The models of a run side by side on what was held out, and whether the graph helps."""
    console, verb = console_of(quiet, as_json), verb_of(folder)
    if verb != "run":
        (recommend_runs if verb == "recommend" else sales_runs).evaluate(folder, console)
        return

    from graphlead.pipeline.discover import evaluate_run
    from graphlead.pipeline.finished import FinishedRun
    from graphlead.tasks import task_of

    evaluation = evaluate_run(folder, console)
    content: Json = {
        "verdict": evaluation.verdict,
        "notes": list(evaluation.notes),
        "metrics": _records(evaluation.metrics),
        "segments": _records(evaluation.segments),
    }
    metrics = task_of(FinishedRun(folder).settings.task).metrics
    console.outcome(evaluation_text(evaluation, metrics), content)


def explain(
    *,
    company: Annotated[
        str, typer.Argument(help="The id of a company, or its name; of a sales run, the id of a case.")
    ],
    folder: RunFolder,
    cypher: Annotated[bool, typer.Option("--cypher", help="With the query that shows each tie.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Why a company, or a case, ranks where it does: what moved its score, and for companies the way to them."""
    console, verb = console_of(quiet, as_json), verb_of(folder)
    if verb != "run":
        sales_runs.refuse(verb, folder, {"--cypher": cypher}, "Leave it out.")
        sales_runs.explain(folder, company, console)
        return

    from graphlead.explain.files import entries
    from graphlead.explain.text import explanation
    from graphlead.pipeline.discover import explain_lead

    found, register = explain_lead(folder, company, console)
    lines = explanation(
        found.evidence, found.name, found.score, found.rank, found.leads, assumed=found.assumed, cypher=cypher
    )
    facts = {"name": found.name, "score": found.score, "rank": found.rank, "leads": found.leads}
    console.outcome("\n".join(lines), facts | entries([found.evidence], register.ids())[0])


REPORTS = {
    "compare": compare.report, "experiment": experiments.report, "segment": segment.report,
    "recommend": recommend_runs.report,
}  # fmt: skip
"""What writes the report of a run, where it is of another verb than the sales verbs."""


def report(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Write the report of a finished run once more, from its folder."""
    console, verb = console_of(quiet, as_json), verb_of(folder)
    if verb != "run":
        REPORTS.get(verb, sales_runs.report)(folder, console)
        return

    from graphlead.pipeline.discover import report_run

    path = report_run(folder, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})


def evaluation_text(evaluation: Evaluation, metrics: Sequence[str]) -> str:
    """One table of these metrics per split, one row per ranker; then the verdict and the notes."""
    tables = [
        _split_table(str(split), rows, metrics)
        for split, rows in evaluation.metrics.groupby("split", sort=False)
    ]
    return "\n".join([*tables, evaluation.verdict, *(f"Note: {note}" for note in evaluation.notes)])


def _split_table(split: str, rows: pd.DataFrame, metrics: Sequence[str]) -> str:
    from graphlead.common.console import laid_out

    values = rows.pivot_table(index="ranker", columns="metric", values="value", sort=False)
    shown = [name for name in metrics if name in values]
    cells = [
        [ranker, *line] for ranker, line in zip(values.index, values[shown].to_numpy().tolist(), strict=True)
    ]
    return laid_out(f"Held out: {split}", ["ranker", *shown], cells)


def _records(table: pd.DataFrame) -> list[Json]:
    """Rows as plain values, missing ones as null."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]

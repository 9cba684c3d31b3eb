"""From a register and a client list to leads: run, score, evaluate, explain and report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.cli.options import (
    AsJson,
    Clients,
    Config,
    Exclude,
    Keep,
    Links,
    Neutral,
    Quiet,
    Rankers,
    Register,
    Reviewed,
    RunFolder,
    SomeRegister,
    Store,
    console_of,
    separated,
    settings_of,
)
from graphlead.core.settings import Given, help_of

if TYPE_CHECKING:
    import pandas as pd

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
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """From a register and a client list to a ranked list of leads."""
    given = Given(
        companies=companies, links=links, clients=clients, suppress=suppress, out=out,
        exclude=separated(exclude), keep=separated(keep), neutral=neutral, reviewed=reviewed, outcomes=outcomes,
        seed=seed, device=device, top=top, expect=expect, prior=prior, classifier=classifier,
        rankers=separated(rankers), store=store,
    )  # fmt: skip
    settings, console = settings_of(config, given), console_of(quiet, as_json)

    from graphlead.pipeline.discover import discover
    from graphlead.report.summary import summary_text

    result = discover(settings, console, config=config)
    console.outcome(summary_text(result.summary), result.summary)


def score(
    *,
    folder: RunFolder,
    companies: Register,
    out: Annotated[Path, typer.Option(help=help_of("out"))],
    links: Links = None,
    clients: Clients = None,
    top: Annotated[int, typer.Option(min=1, help=help_of("top"))] = 500,
    force: Annotated[
        bool, typer.Option("--force", help="Even where most of what the models go by is missing.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Apply a trained run to a newer register, without training again."""
    from graphlead.common.files import check_readable

    check_readable((companies, links, clients))
    console = console_of(quiet, as_json)

    from graphlead.pipeline.discover import score_again
    from graphlead.report.summary import summary_text

    result = score_again(folder, companies, links, out, console, clients=clients, top=top, force=force)
    console.outcome(summary_text(result.summary), result.summary)


def evaluate(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """The rankers of a run side by side on held-out clients, and whether the graph helps."""
    from graphlead.pipeline.discover import evaluate_run
    from graphlead.pipeline.finished import FinishedRun
    from graphlead.tasks import task_of

    console = console_of(quiet, as_json)
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
    company: Annotated[str, typer.Argument(help="The id of a company, or its name.")],
    folder: RunFolder,
    cypher: Annotated[bool, typer.Option("--cypher", help="With the query that shows each tie.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Why a company ranks where it does: what moved its score, the nearest clients, and the way to them."""
    from graphlead.explain.files import entries
    from graphlead.explain.text import explanation
    from graphlead.pipeline.discover import explain_lead

    console = console_of(quiet, as_json)
    found, register = explain_lead(folder, company, console)
    lines = explanation(
        found.evidence, found.name, found.score, found.rank, found.leads, assumed=found.assumed, cypher=cypher
    )
    facts = {"name": found.name, "score": found.score, "rank": found.rank, "leads": found.leads}
    console.outcome("\n".join(lines), facts | entries([found.evidence], register.ids())[0])


def report(*, folder: RunFolder, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Write the report of a finished run once more, from its folder."""
    from graphlead.pipeline.discover import report_run

    console = console_of(quiet, as_json)
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

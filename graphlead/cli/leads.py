"""What the verbs of the command line do. Imported only when one of them runs, for it brings everything along."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console, laid_out
from graphlead.common.files import disk_errors, write_whole
from graphlead.common.spreadsheets import write_csv
from graphlead.core.arrays import Json
from graphlead.core.errors import SettingsError
from graphlead.core.evaluation import Evaluation
from graphlead.core.settings import Settings, template
from graphlead.explain.files import entries
from graphlead.explain.text import told
from graphlead.ingest import understand
from graphlead.pipeline import discover as pipeline
from graphlead.profile.sentences import summary
from graphlead.report.summary import counted, summary_text
from graphlead.world import WorldSettings, make_world
from graphlead.world.truth import against_truth, truth_text

SHOWN_METRICS = ("recall@1%", "recall@5%", "recall@10%", "lift@5%", "precision@100", "ap", "auc")
"""The metrics of the table on the console; metrics.json has all."""

A_CLIENT_IN = 20
MOST_CLIENTS = 2000
"""A demo's clients: one in so many companies, at most so many."""


def run(config: Path | None, flags: Mapping[str, object], console: Console) -> None:
    """Find the next clients."""
    result = pipeline.discover(Settings.load(config, **flags), console)
    console.outcome(summary_text(result.summary), result.summary)


def init(paths: Mapping[str, Path | None], target: Path, console: Console, *, force: bool) -> None:
    """Write a configuration file from the data at hand."""
    if target.exists() and not force:
        raise SettingsError(
            "the file exists already.", where=str(target), remedy="Use --force, or another name with -o."
        )
    companies = paths["companies"]
    if companies is None:
        raise SettingsError("companies is missing.", where="init", remedy="Give --companies FILE.")
    columns = understand(companies)
    written = {key: path and _seen_from(target.parent, path) for key, path in paths.items()}
    with disk_errors(target.parent):
        write_whole(target, lambda part: part.write_text(template(columns, written), "utf-8"))
    console.outcome(
        f"{target} tells how {counted(len(columns), 'column')} of {companies} were understood. Edit it, then:\n"
        f"  graphlead run --config {target}",
        {"config": str(target), "columns": {column.name: str(column.role) for column in columns}},
    )


def match(
    clients: Path, companies: Path, out: Path, console: Console, *, review: Path | None, reviewed: Path | None
) -> None:
    """Resolve a client list against the register."""
    if out.resolve() == clients.resolve():
        raise SettingsError("the output would replace the list.", where=str(out), remedy="Give another -o.")
    found = pipeline.match_list(clients, companies, console, columns={}, reviewed=reviewed)
    with disk_errors(out.parent):
        write_csv(out, found.table)
        if review is not None:
            write_csv(review, found.review)
    counts = found.counts()
    lines = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    hint = "" if review or not counts["review"] else " Add --review FILE for the candidates to choose from."
    console.outcome(
        f"{counted(len(found.table), 'line')}: {lines}. Written to {out}.{hint}", {**counts, "file": str(out)}
    )


def evaluate(folder: Path, console: Console) -> None:
    """The rankers side by side on held-out clients."""
    evaluation = pipeline.evaluate_run(folder, console)
    content: Json = {
        "verdict": evaluation.verdict,
        "prior": list(evaluation.prior),
        "notes": list(evaluation.notes),
        "metrics": _records(evaluation.metrics),
        "segments": _records(evaluation.segments),
    }
    console.outcome(evaluation_text(evaluation), content)


def profile(folder: Path | None, flags: Mapping[str, object], console: Console) -> None:
    """The clients against the register."""
    if folder is not None:
        given = [f"--{name}" for name, value in flags.items() if value is not None]
        if given:
            raise SettingsError(
                f"--run does not go with {given[0]}.", where="profile", remedy="Give one or the other."
            )
        found, written = pipeline.profile_run(folder), folder / "profile"
    else:
        settings = Settings.load(None, **flags)
        found, written = pipeline.profile_list(settings, console), settings.out
    path = written / "profile.json"
    content = json.loads(path.read_text("utf-8"))
    console.outcome("\n".join([*summary(found), "", f"All of it: {path}"]), content)


def explain(folder: Path, company: str, console: Console, *, cypher: bool) -> None:
    """Why a company ranks where it does."""
    found, register = pipeline.explain_lead(folder, company, console)
    lines = told(found.evidence, found.name, found.score, found.rank, found.ranked, cypher=cypher)
    facts = {"name": found.name, "score": found.score, "rank": found.rank, "ranked": found.ranked}
    console.outcome("\n".join(lines), facts | entries([found.evidence], register.ids())[0])


def report(folder: Path, console: Console) -> None:
    """Write the report once more."""
    path = pipeline.report_run(folder, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})


def score(
    folder: Path,
    companies: Path,
    links: Path | None,
    out: Path,
    console: Console,
    *,
    clients: Path | None,
    top: int,
) -> None:
    """Apply a trained run to a newer register."""
    if out.resolve() == folder.resolve():
        raise SettingsError(
            "the results would replace the run.", where=str(out), remedy="Give another --out."
        )
    result = pipeline.score_again(folder, companies, links, out, console, clients=clients, top=top)
    console.outcome(summary_text(result.summary), result.summary)


def demo(folder: Path, console: Console, *, companies: int, seed: int) -> None:
    """Make a world, run on it, and hold the ranking against its truth."""
    clients = min(companies // A_CLIENT_IN, MOST_CLIENTS)
    wanted = WorldSettings(companies=companies, clients=clients, seed=seed)
    with disk_errors(folder), console.stage("making a world") as progress:
        world = make_world(folder / "world", wanted, progress)
    out = folder / "run"
    settings = Settings(world.companies, world.clients, out, world.links, world.past, seed=seed)
    result = pipeline.discover(settings, console)
    against = against_truth(result.scores, world.truth)
    text = f"{summary_text(result.summary)}\n{truth_text(against)}\nThe lead list: {out / 'leads.csv'}"
    console.outcome(text, {**result.summary, "truth": against})


def evaluation_text(evaluation: Evaluation) -> str:
    """A table a split, a ranker a row; the verdict and the notes."""
    tables = []
    for split, rows in evaluation.metrics.groupby("split", sort=False):
        values = rows.pivot_table(index="ranker", columns="metric", values="value", sort=False)
        shown = [name for name in SHOWN_METRICS if name in values]
        cells = [
            [ranker, *line]
            for ranker, line in zip(values.index, values[shown].to_numpy().tolist(), strict=True)
        ]
        tables.append(laid_out(f"Held out: {split}", ["ranker", *shown], cells))
    low, point, high = evaluation.prior
    prior = f"Clients-to-be among the others: {point:.2%} ({low:.2%} to {high:.2%})."
    return "\n".join([*tables, prior, evaluation.verdict, *(f"Note: {note}" for note in evaluation.notes)])


def _records(table: pd.DataFrame) -> list[Json]:
    """Rows as plain values, missing ones as null."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def _seen_from(folder: Path, path: Path) -> Path:
    """A relative path as it reads from the configuration file's folder."""
    return path if path.is_absolute() else Path(os.path.relpath(path, folder or "."))

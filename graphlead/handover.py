"""The end of the story: scores become probabilities, the lead list, and files that appear all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.carriers import Cohort, CompanyGraph, Json, Match, Noise, Register
from graphlead.config import Settings
from graphlead.console import Console
from graphlead.evaluate.leaning import Leaning, leaning
from graphlead.report.exports import write_csv, write_json, write_parquet
from graphlead.report.leads import lead_table
from graphlead.runs import Run
from graphlead.training import Scored


@dataclass(frozen=True)
class Result:
    """What a run hands over. ``scores`` has every candidate, ``leads`` the net-new ones to call, best first."""

    folder: Path
    leads: pd.DataFrame
    whitespace: pd.DataFrame
    scores: pd.DataFrame
    metrics: pd.DataFrame
    summary: Json


@dataclass(frozen=True)
class Sources:
    """A register, its graph, and the lists resolved against it; ``folders`` are the stages they were made in."""

    register: Register
    noise: Noise
    graph: CompanyGraph
    clients: Match
    suppressed: Match | None
    cohort: Cohort
    folders: Mapping[str, Path]


def hand_over(
    run: Run, sources: Sources, scored: Scored, settings: Settings, inputs: Json, console: Console
) -> Result:
    """Write every result of a run into its folder and tell what they say."""
    with console.stage("writing the lead list"):
        scores = _scores(sources, scored)
        leads, whitespace = lead_table(
            scores, sources.register, sources.cohort, sources.graph.ownership,
            prior=scored.judgement.prior[1], top=settings.top,
        )  # fmt: skip
        leanings = _leanings(sources.register, scores, settings)
        notes = (*scored.evaluation.notes, *(each.sentence() for each in leanings))
        scored = replace(scored, evaluation=replace(scored.evaluation, notes=notes))
        scores = scores.drop(columns="company")
        summary = _summary(run, sources, scored, scores, leads, whitespace)
        result = Result(run.out, leads, whitespace, scores, scored.evaluation.metrics, summary)
        key = {
            "inputs": inputs,
            "settings": settings.to_json(),
            "stages": [p.name for p in scored.folders.values()],
        }
        made = run.stage("results", key, lambda folder: _write(folder, result, sources, scored, leanings))
        entries = (
            {path.name: path for path in sorted(made.iterdir())} | dict(sources.folders) | scored.folders
        )
        manifest = run.manifest(
            inputs=inputs,
            settings=settings.to_json(),
            device=scored.device,
            ranker=scored.judgement.choice.name,
        )
        summary |= {"seconds": manifest["seconds"], "peak_mb": manifest["peak_mb"]}
        run.publish(entries, manifest)
    return result


def _scores(sources: Sources, scored: Scored) -> pd.DataFrame:
    """One row a candidate, best first: company (its index), company_id, score, rank, and a column a ranker."""
    candidates = np.flatnonzero(sources.cohort.candidates()).astype(np.int32)
    raw = scored.judgement.final(scored.scores, candidates)
    table = pd.DataFrame({
        "company": candidates,
        "company_id": sources.register.ids().take(pa.array(candidates)).to_pandas(),
        "score": scored.judgement.calibration(raw),
        "rank": 0,
        **{name: values[candidates] for name, values in scored.scores.items()},
    }).iloc[np.argsort(-raw, kind="stable")]  # fmt: skip
    return table.assign(rank=np.arange(1, len(table) + 1)).reset_index(drop=True)


def _summary(
    run: Run,
    sources: Sources,
    scored: Scored,
    scores: pd.DataFrame,
    leads: pd.DataFrame,
    whitespace: pd.DataFrame,
) -> Json:
    counts = sources.clients.counts()
    choice = scored.judgement.choice
    files = ("leads.csv", "whitespace.csv", "scores.parquet", "review.csv", "metrics.json")
    return {
        "companies": sources.register.n_companies,
        "links": sources.register.n_links,
        "set_aside": sources.noise.n_set_aside,
        "suppressed": len(sources.cohort.suppressed),
        "scored": len(scores),
        "leads": len(leads),
        "whitespace": len(whitespace),
        "clients": {"lines": len(sources.clients.table), **counts},
        "prior": list(scored.judgement.prior),
        "ranker": " and ".join(choice.members),
        "reason": choice.reason,
        "verdict": scored.evaluation.verdict,
        "notes": list(scored.evaluation.notes),
        "files": {name: (run.out / name).as_posix() for name in files},
    }


def _leanings(register: Register, scores: pd.DataFrame, settings: Settings) -> list[Leaning]:
    """What the columns that were left out still have to do with the ranking; ``scores`` is best first."""
    best_first = pa.array(scores["company"])
    return [
        leaning(name, register.read(name).column(0).take(best_first), settings.top)
        for name in settings.exclude
    ]


def _write(
    folder: Path, result: Result, sources: Sources, scored: Scored, leanings: Sequence[Leaning]
) -> None:
    write_csv(result.leads, folder / "leads.csv")
    write_csv(result.whitespace, folder / "whitespace.csv")
    write_parquet(result.scores, folder / "scores.parquet")
    write_csv(sources.clients.table, folder / "clients.csv")
    write_csv(sources.clients.review, folder / "review.csv")
    evaluation = scored.evaluation
    metrics = {
        "verdict": evaluation.verdict,
        "ranker": asdict(scored.judgement.choice),
        "prior": dict(zip(("low", "point", "high"), scored.judgement.prior, strict=True)),
        "notes": evaluation.notes,
        "excluded": [asdict(each) for each in leanings],
        "metrics": evaluation.metrics.to_dict("records"),
        "segments": evaluation.segments.to_dict("records"),
    }
    write_json(metrics, folder / "metrics.json")
    (folder / "noise.txt").write_text(noise_text(sources.noise), "utf-8")
    columns = [asdict(column) for column in sources.register.columns]
    write_json({"columns": columns}, folder / "plan.json")


def noise_text(noise: Noise) -> str:
    """The noise report as text, a finding a paragraph."""
    lines = [
        f"{len(noise.findings)} findings; {noise.n_set_aside:,} records set aside with their reasons.",
        "",
    ]
    for finding in noise.findings:
        column = f", column {finding.column}" if finding.column else ""
        lines.append(f"{finding.check} ({finding.table}{column}): {finding.message} [{finding.action}]")
        lines += [f"    {example}" for example in finding.examples]
    return "\n".join(lines) + "\n"


def tell_reading(console: Console, register: Register, noise: Noise) -> None:
    """Say how the columns were understood and what the cleaning found: the plan, before anything is learned."""
    rows = [
        [column.name, f"{column.role}{f' ({column.scheme})' if column.scheme else ''}", column.reason]
        for column in register.columns
    ]
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], rows)  # fmt: skip
    console.table(
        "What the cleaning found (noise.txt has it all):",
        ["check", "count", "what was done"],
        [
            [f"{finding.check} ({finding.column or finding.table})", finding.count, finding.action]
            for finding in noise.findings
        ],
    )

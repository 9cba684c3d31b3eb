"""What a run says of itself at its end: how many of what, the verdict, and the notes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.core.sources import Sources
from graphlead.pipeline.rank import Ranking
from graphlead.pipeline.scored import Evaluated
from graphlead.report.expected import hits_sentence
from graphlead.report.html.figures import listed
from graphlead.report.outcomes import outcome_notes
from graphlead.runs.layout import RunFolder


def summary_of(
    folder: RunFolder,
    sources: Sources,
    scored: Evaluated,
    ranking: Ranking,
    apart: dict[str, int],
    outcomes: Json | None,
) -> Json:
    """What a run's last lines and ``--json`` have. apart, outcomes: see ``set_apart`` and ``came_back``."""
    choice = scored.judgement.choice
    return {
        "companies": sources.register.n_companies,
        "links": sources.register.n_links,
        "set_aside": sources.noise.n_set_aside,
        "suppressed": len(sources.cohort.suppressed),
        "dead": len(sources.cohort.dead),
        "scored": len(ranking.scores),
        "leads": len(ranking.leads),
        "duplicates": apart,
        "whitespace": len(ranking.whitespace),
        "clients": {"lines": len(sources.clients.table), **sources.clients.counts()},
        **({"outcomes": outcomes} if outcomes else {}),
        "expected": hits_sentence(ranking.hits, scored.expected.wins),
        "expected_hits": [asdict(each) for each in ranking.hits],
        "prior": list(scored.judgement.prior),
        "ranker": listed(list(choice.members)),
        "reason": choice.reason,
        "verdict": scored.evaluation.verdict,
        "notes": _notes(sources, scored, ranking, outcomes),
        "files": {path.name: path.as_posix() for path in _shown(folder)},
    }


def _shown(folder: RunFolder) -> tuple[Path, ...]:
    """The files that a summary lists."""
    return (
        folder.leads,
        folder.workbook(folder.leads),
        folder.whitespace,
        folder.duplicates,
        folder.report,
        folder.scores,
        folder.review,
        folder.workbook(folder.review),
        folder.metrics,
    )


def _notes(sources: Sources, scored: Evaluated, ranking: Ranking, outcomes: Json | None) -> list[str]:
    leaks = (leak.sentence for leak in sources.leaks if leak.sentence)
    return [
        *leaks,
        *outcome_notes(outcomes),
        *_neutral_note(scored),
        *scored.expected.wins.notes,
        *scored.evaluation.notes,
        *(each.sentence() for each in ranking.leanings),
    ]


def _neutral_note(scored: Evaluated) -> list[str]:
    column = scored.model_inputs.settings.neutral
    return [
        f"The list is neutral by {column}: companies are ranked within each value, and every value has the share of "
        "the list that it has of all companies to call. The figures on held-out clients are those of the order before."
    ] if column else []  # fmt: skip


def counts_of(summary: Json) -> Json:
    """How many there are of each kind that the summary counts; of clients, those that were matched."""
    counted = ("companies", "links", "set_aside", "suppressed", "dead", "scored", "leads", "whitespace")
    return {**{name: int(summary[name]) for name in counted}, "clients": int(summary["clients"]["matched"])}

"""What `score`, `evaluate`, `explain` and `report` do with a finished run of a sales verb."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.errors import refuse_given

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.core.arrays import Json
    from graphlead.pipeline.sales.explain import ExplainedCase

FIGURES = {
    "auc": "AUC", "auc_low": "from", "auc_high": "to", "ap": "AP", "accuracy": "accuracy", "brier": "Brier",
    "ece": "ECE", "lift_20": "lift of the first fifth",
}  # fmt: skip
HELDOUT = {**FIGURES, "c_index": "concordance", "precision_at_threshold": "precision at the threshold",
           "recall_at_threshold": "recall there"}  # fmt: skip
CUTS = {"threshold": "from", "cases": "cases", "precision": "precision", "recall": "recall", "value": "value"}
STRONGEST = 0.05
"""The step in log-odds from which a column has a line of its own, as for reasons."""


def refuse(verb: str, run: Path, given: Mapping[str, object], remedy: str) -> None:
    """Raise SettingsError for the first of these options that was given: it does not go with this run."""
    refuse_given(given, f"the run of a `graphlead {verb}`", where=str(run), remedy=remedy)


def score(
    run: Path,
    out: Path,
    console: Console,
    *,
    opened: Path | None,
    events: Sequence[Path],
    items: Path | None,
    as_of: str | None,
    top: int | None,
) -> None:
    """Score newer open cases, without training again."""
    from graphlead.common.files import check_readable

    check_readable((opened, *events, items))

    from graphlead.pipeline.sales.score import Newer, score_cases

    newer = Newer(open=opened, events=tuple(events), items=items, as_of=as_of, top=top)
    result = score_cases(run, newer, out, console)
    console.outcome(result.text, result.summary)


def evaluate(run: Path, console: Console) -> None:
    """The models of the run side by side, as measured on held-out cases."""
    from graphlead.pipeline.sales.finished import FinishedSales

    metrics = FinishedSales(run).metrics
    console.outcome(evaluation_text(metrics), metrics)


def explain(run: Path, case: str, console: Console) -> None:
    """Why a case has its probability."""
    from graphlead.pipeline.sales.explain import explain_case
    from graphlead.pipeline.sales.finished import FinishedSales

    finished = FinishedSales(run)
    with console.stage("looking for reasons"):
        found = explain_case(finished, case)
    console.outcome(explanation(found, finished.verb), found.to_json())


def report(run: Path, console: Console) -> None:
    """Write the report once more."""
    from graphlead.pipeline.sales.report import report_sales

    path = report_sales(run, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})


def evaluation_text(metrics: Json) -> str:
    """The models, the thresholds, what to expect of open cases, late columns, the register and notes."""
    from graphlead.common.console import laid_out
    from graphlead.report.sales.words import leak_sentences, model_name, promise

    models = [{**each, "model": model_name(each["model"])} for each in metrics["models"]]
    cuts = [name for name in CUTS if any(row[name] is not None for row in metrics["thresholds"])]
    heldout = ", ".join(
        f"{HELDOUT.get(name, name)} {_cell(value)}"
        for name, value in metrics["heldout"].items()
        if value is not None
    )
    lines = [
        laid_out("Held-out cases", ["model", *FIGURES.values()], _rows(models, ["model", *FIGURES])),
        f"Chosen: {model_name(metrics['chosen'])}. To be expected of open cases: {heldout}.",
        laid_out("By threshold", [CUTS[name] for name in cuts], _rows(metrics["thresholds"], cuts)),
        *(f"Known only afterwards: {line}" for line in leak_sentences(metrics)),
        promise(metrics),
        (metrics["graph"] or {}).get("text", ""),
        *(f"Note: {note}" for note in metrics["notes"]),
    ]
    return "\n".join(filter(None, lines))


def explanation(found: ExplainedCase, verb: str) -> str:
    """The probability and the place of a case, what to do, the reasons, and what each column does to the odds."""
    from graphlead.report.summary import counted

    lines = [_headline(found, verb)]
    lines += [f"To do: {found.action}"] if found.action else []
    lines += ["Why:", *(f"  {each}" for each in found.reasons)] if found.reasons else []
    lines += ["What each column does to the odds, against those of the average case:"]
    moving = [each for each in found.contributions if abs(each[2]) >= STRONGEST]
    lines += [f"  {name}: {value or 'not filled in'}: {_moved(odds)}" for name, value, odds in moving]
    if others := len(found.contributions) - len(moving):
        lines += [f"  {counted(others, 'other column')} hardly change{'s' if others == 1 else ''} them"]
    return "\n".join(lines)


def _headline(found: ExplainedCase, verb: str) -> str:
    from graphlead.report.sales.words import WORDS

    words = WORDS[verb]
    became = {None: "open", True: words.happened, False: f"known not to {words.happens}"}[found.outcome]
    place = f", rank {found.rank:,} of {found.scored:,}" if found.rank else ""
    seen = "" if found.heldout else ", by models that learned from it"
    return f"{found.id} ({became}): {found.probability:.1%} to {words.happens}{place}{seen}."


def _moved(odds: float) -> str:
    return f"{'raises' if odds > 0 else 'lowers'} them to {math.exp(odds):.2g} times"


def _rows(entries: Sequence[Json], names: Sequence[str]) -> list[list[object]]:
    return [[_number(entry.get(name)) for name in names] for entry in entries]


def _number(value: object) -> object:
    return math.nan if value is None else value


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)

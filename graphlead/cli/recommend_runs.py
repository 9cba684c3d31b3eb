"""What `score`, `evaluate` and `report` do with a finished run of `recommend`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.core.arrays import Json

COLUMNS = ("model", "ndcg_10", "low", "high", "recall", "coverage", "novelty")
NAMES = ("way", "NDCG@10", "from", "to", "recall", "items recommended", "novelty")


def score(
    run: Path,
    out: Path,
    console: Console,
    *,
    events: Sequence[Path],
    items: Path | None,
    as_of: str | None,
    top: int | None,
) -> None:
    """Recommend from newer orders, without comparing or training again."""
    from graphlead.common.files import check_readable

    check_readable((*events, items))

    from graphlead.pipeline.recommend.score import NewerOrders, recommend_again

    newer = NewerOrders(events=tuple(events), items=items, as_of=as_of, top=top)
    result = recommend_again(run, newer, out, console)
    console.outcome(result.text, result.summary)


def evaluate(run: Path, console: Console) -> None:
    """The ways to recommend side by side, as measured at the earlier day."""
    from graphlead.pipeline.recommend.finished import FinishedRecommend

    metrics = FinishedRecommend(run).metrics
    console.outcome(evaluation_text(metrics), metrics)


def report(run: Path, console: Console) -> None:
    """Write the report once more."""
    from graphlead.pipeline.recommend.finished import report_recommend

    path = report_recommend(run, console)
    console.outcome(f"Written to {path}.", {"file": str(path)})


def evaluation_text(metrics: Json) -> str:
    """All ways with their figures, the chosen one, and notes."""
    from graphlead.common.console import laid_out
    from graphlead.report.recommend.words import model_name

    rows = [[model_name(each["model"]), *(each[name] for name in COLUMNS[1:])] for each in metrics["models"]]
    test = metrics["backtest"]
    title = (
        f"What {test['customers']:,} customers bought from {' and from '.join(test['cuts'])} on"
        if test
        else "Not compared"
    )
    lines = [
        laid_out(title, list(NAMES), rows) if rows else title,
        f"Chosen: {model_name(metrics['chosen'])}.",
        *(f"Note: {note}" for note in metrics["notes"]),
    ]
    return "\n".join(lines)

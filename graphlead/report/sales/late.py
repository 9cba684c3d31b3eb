"""Columns known only afterwards, and whether the register helps: the two verdicts on what a model may see."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.core.late import LEFT_OUT
from graphlead.report.sales.shown import percent, three


def late_rows(metrics: Json) -> list[Json]:
    """A row for each column known only afterwards, those left out first."""
    rows = [_row(leak) for leak in metrics.get("leaks") or ()]
    return sorted(rows, key=lambda row: not row["out"])


def _row(leak: Json) -> Json:
    return {
        "column": leak["column"],
        "verdict": leak["verdict"],
        "out": leak["verdict"] == LEFT_OUT,
        "why": leak["why"],
        **{name: three(leak.get(f"auc_{name}")) for name in ("alone", "with", "without")},
        "known": percent(leak.get("filled_known")),
        "open": percent(leak.get("filled_open")),
    }


def graph_view(metrics: Json) -> Json | None:
    """The verdict on the register, with the figures behind it; None where none was given."""
    graph = metrics.get("graph")
    if not graph:
        return None
    return {
        "text": graph["text"],
        "matched": percent(graph.get("matched")),
        "without": three(graph.get("auc_without")),
        "with": three(graph.get("auc_with")),
    }

"""All models of a run side by side."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.html.figures import from_to
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.shown import NONE, known, percent, three
from graphlead.report.sales.words import model_name, rate


def models_view(content: SalesContent) -> Json:
    """Every model, the greatest AUC first, and the accuracy of expecting the more frequent outcome of every case."""
    metrics = content.metrics
    rows = [_row(model, model["model"] == metrics["chosen"]) for model in metrics["models"]]
    rows.sort(key=lambda row: row["auc"] if known(row["auc"]) else 0.0, reverse=True)
    return {"rows": rows, "frequent": max(rate(metrics), 1 - rate(metrics))}


def _row(model: Json, chosen: bool) -> Json:
    """A model's figures, as numbers for the chart and as text for the table."""
    return {
        "name": model_name(model["model"]),
        "model": model["model"],
        "chosen": chosen,
        **{
            f"{name}{end}": model.get(f"{name}{end}")
            for name in ("auc", "accuracy")
            for end in ("", "_low", "_high")
        },
        "auc_text": three(model.get("auc")),
        "auc_interval": _interval(three(model.get("auc_low")), three(model.get("auc_high"))),
        "accuracy_text": percent(model.get("accuracy")),
        "accuracy_interval": _interval(
            percent(model.get("accuracy_low")), percent(model.get("accuracy_high"))
        ),
        "ap": three(model.get("ap")),
        "brier": three(model.get("brier")),
        "ece": three(model.get("ece")),
        "lift": f"{model['lift_20']:.1f}×" if known(model.get("lift_20")) else NONE,
    }


def _interval(low: str, high: str) -> str:
    return "" if NONE in (low, high) else from_to(low, high)

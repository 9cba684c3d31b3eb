"""The tables of the page of `recommend`."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Json
from graphlead.report.html.figures import count, percent
from graphlead.report.recommend.content import RecommendContent
from graphlead.report.recommend.words import model_name

CUSTOMERS, ITEMS, MODELS, PROSPECTS = 6, 20, 12, 50
"""Entries shown; all are in the files."""
LINES = 5
"""Items shown of an example."""


def examples(content: RecommendContent) -> list[Json]:
    """Some customers with their first items: spread evenly from those with the surest first item to the others."""
    table = content.recommendations
    first = table[table["rank"] == 1].sort_values(["score", "customer"], ascending=[False, True])
    places = np.linspace(0, len(first) - 1, CUSTOMERS + 2)[1:-1].astype(int)
    chosen = list(dict.fromkeys(first["customer"].to_numpy()[places])) if len(first) else []
    return [
        {
            "customer": customer,
            "rows": table.loc[table["customer"] == customer, ["rank", "item", "why"]]
            .head(LINES)
            .to_dict("records"),
        }
        for customer in chosen
    ]


def most_recommended(content: RecommendContent) -> list[Json]:
    """The items on most lists, with their share of the customers."""
    table = content.recommendations
    customers = table["customer"].nunique()
    counts = table.groupby("item").size().reset_index(name="lists")
    counts = counts.sort_values(["lists", "item"], ascending=[False, True]).head(ITEMS)
    return [
        {
            "item": str(item),
            "lists": int(lists),
            "share": lists / customers,
            "text": percent(lists / customers),
        }
        for item, lists in zip(counts["item"], counts["lists"], strict=True)
    ]


def models(content: RecommendContent) -> Json:
    """The ways that were compared, the best first, and the chosen one among them."""
    metrics = content.metrics
    rows = [_row(each, each["model"] == metrics["chosen"]) for each in metrics["models"]]
    shown = [row for place, row in enumerate(rows) if place < MODELS or row["chosen"]]
    return {"rows": rows, "shown": shown}


def _row(model: Json, chosen: bool) -> Json:
    return {
        "name": model_name(model["model"]),
        "chosen": chosen,
        **{name: model[name] for name in ("ndcg_10", "low", "high", "coverage")},
        "ndcg_text": f"{model['ndcg_10']:.3f}",
        "interval": f"{model['low']:.3f} to {model['high']:.3f}",
        "recall": percent(model["recall"]),
        "coverage_text": percent(model["coverage"]),
        "novelty": f"{model['novelty']:.1f}",
    }


def prospects(content: RecommendContent) -> Json | None:
    """The first of those who want the product; None where no product was named."""
    table = content.prospects
    if table is None:
        return None
    known = table["known"].value_counts()
    rows = [
        {**row, "score": f"{100 * row['score']:.1f} %"} for row in table.head(PROSPECTS).to_dict("records")
    ]
    return {"rows": rows, "all": count(len(table)), "kinds": {kind: count(n) for kind, n in known.items()}}

"""The sentences of the page and the summary of `recommend`."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.html.figures import count
from graphlead.report.recommend.content import RecommendContent

MODELS = {
    "ease": "EASE",
    "mixed": "EASE and cosine",
    "cosine": "Cosine of items",
    "popular": "Popularity",
    "recent": "Popularity of the last 60 days",
    "als": "ALS",
}
EXTRAS = {"alive": "weighed by liveness", "fading": "with fading purchases"}


def model_name(name: str) -> str:
    """What a candidate such as "ease 300, alive" is called on the page."""
    first, *extras = name.split(", ")
    model, _, penalty = first.partition(" ")
    strength = f", penalty {penalty}" if penalty else ""
    return ", ".join([f"{MODELS.get(model, model)}{strength}", *(EXTRAS.get(each, each) for each in extras)])


def chosen(metrics: Json) -> Json | None:
    """The figures of the chosen way at the earlier day."""
    return next((each for each in metrics["models"] if each["model"] == metrics["chosen"]), None)


def popular(metrics: Json) -> Json | None:
    """Those of plain popularity."""
    return next((each for each in metrics["models"] if each["model"] == "popular"), None)


def headline(content: RecommendContent) -> str:
    """What was done, in a sentence."""
    metrics = content.metrics
    known, new = metrics["customers"], metrics["new_customers"]
    more = f" and {count(new)} who have not bought yet" if new else ""
    what = "items" if content.repeat else "items that they have not bought before"
    return f"{content.top} {what} for each of {count(known)} customers{more}, by {model_name(metrics['chosen'])}."


def expectation(content: RecommendContent) -> str:
    """How good the lists were at the earlier day."""
    metrics = content.metrics
    best, plain, test = chosen(metrics), popular(metrics), metrics["backtest"]
    if best is None or test is None:
        return "There is too little history to measure how good the lists are."
    beside = f", against {plain['ndcg_10']:.3f} for the most popular items" if plain else ""
    return (
        f"On {test['cut']}, judged by what {count(test['customers'])} customers bought until {test['until']}, its "
        f"NDCG@10 was {best['ndcg_10']:.3f} ({best['low']:.3f} to {best['high']:.3f}){beside}."
    )

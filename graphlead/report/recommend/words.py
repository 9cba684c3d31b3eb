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
EXTRAS = {
    "alive": "weighed by liveness",
    "rarity 0.1": "weighed by rarity",
    "rarity 0.2": "weighed by rarity twice as much",
    "fading": "with fading purchases",
}


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


def kinds(content: RecommendContent) -> str:
    """How the recommendations come about, in a sentence each."""
    found = content.metrics["recommended"]
    says = {
        "together": "because of what else the customer bought",
        "content": "because of how an item, or a customer, is described",
        "popular": "because many buy it, as nothing else speaks for any item",
    }
    return "; ".join(f"{count(found[kind])} {text}" for kind, text in says.items() if found.get(kind)) + "."


def newcomers(content: RecommendContent) -> str:
    """Whether customers without a purchase get what those like them buy."""
    trial = content.metrics["newcomers"]
    if trial is None or not content.metrics["new_customers"]:
        return ""
    way = "what customers described alike buy" if trial["helps"] else "what everybody buys"
    return (
        f"Customers who have not bought yet get {way}: for {count(trial['customers'])} known customers taken as new "
        f"ones, the NDCG@10 was {trial['content_ndcg_10']:.3f} by likeness and {trial['popular_ndcg_10']:.3f} by "
        "popularity."
    )


def wanting(content: RecommendContent) -> str:
    """How good the ranks for a product were at the earlier day."""
    found = content.metrics["product"]
    if not found or "auc" not in found:
        return ""
    return (
        f"At the earlier day, customers were ranked so for {count(found['items'])} items: the chance that one who then "
        f"bought the item stood above one who did not was {found['auc']:.2f} on average (AUC)."
    )

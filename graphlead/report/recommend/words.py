"""The sentences of the page and the summary of `recommend`."""

from __future__ import annotations

from datetime import date

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
    days = "On " + " and ".join(test["cuts"])
    return (
        f"{days}, judged by what {count(test['customers'])} customers bought in the days after, its NDCG@10 was "
        f"{best['ndcg_10']:.3f} ({best['low']:.3f} to {best['high']:.3f}){beside}."
    )


def judged(test: Json) -> str:
    """By what the ways were compared."""
    days = (date.fromisoformat(test["until"]) - date.fromisoformat(test["cut"])).days
    cuts = " and before ".join(test["cuts"])
    mean = ", averaged" if len(test["cuts"]) > 1 else ""
    return (
        f"Every way was given what was bought before {cuts}, and judged by what {count(test['customers'])} customers "
        f"bought in the {days} days from then on{mean}."
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
    """What the scores for a product mean, and how good its ranks were at the earlier days."""
    found, table = content.metrics["product"], content.prospects
    if not found or table is None:
        return ""
    lately = found["lately"]
    asked, bought = count(lately["asked"]), count(lately["bought"])
    texts = [
        f"A probability is the chance of buying it within {found['within']} days. Of {asked} customers who did not "
        f"have it {lately['days']} days before, {bought} bought it since, and so many are expected again."
    ]
    others = table["known"] != "customer"
    if others.any():
        texts.append(
            f"Of the companies, {table.loc[others, 'score'].sum():.1f} are expected to become customers by it, as many "
            "as lately did; discovery says which ones are likelier, not how many."
        )
    if "auc" in found:
        texts.append(
            f"At earlier days, the chance that a customer who then bought an item stood above one who did not was "
            f"{found['auc']:.2f} on average (AUC)."
        )
    return " ".join(texts)

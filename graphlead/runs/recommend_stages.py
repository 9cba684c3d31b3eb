"""The stages of `recommend`, from orders to what each customer is offered next."""

from __future__ import annotations

from graphlead.core.sales import MOST_EVENTS, event_name
from graphlead.runs.stages import Stage, table

EVENTS = tuple(event_name(at) for at in range(MOST_EVENTS))
MODELS = (
    "recommenders.backtest",
    "recommenders.registry",
    "recommenders.fresh",
    "recommenders.newcomers",
    "recommenders.wanting",
)

RECOMMEND_STAGES = table(
    Stage(
        name="purchases",
        inputs=(*EVENTS, "items", "customers", "earlier"),
        settings=("id", "item", "as_of", "columns", "exclude"),
        doors=(
            "ingest.cases.events.purchases", "ingest.cases.events.purchase_files", "ingest.cases.events.people",
            "common.words.services",
        ),
    ),
    Stage(
        name="choice",
        after=("purchases",),
        inputs=("earlier",),
        settings=("within", "models", "repeat", "product", "seed"),
        doors=MODELS,
    ),
    Stage(name="model", after=("choice",), inputs=("earlier",), settings=("seed",), doors=MODELS),
    Stage(
        name="prospects",
        after=("model",),
        inputs=("companies", "links", "run", "reviewed"),
        settings=("product", "within", "seed"),
        doors=(
            "recommenders.wanting", "recommenders.rates", "common.spreadsheets", "match.resolve", "ingest.build",
            "report.workbooks.leads",
            "graph.build",
            "features.build", "learn.registry", "evaluate.judge", "explain.explain", "tasks",
        ),
    ),
    Stage(
        name="results",
        after=("model", "prospects"),
        settings=("top", "repeat", "within"),
        doors=(
            "pipeline.recommend.drifted", "profile.drift.build", "recommenders.lists", "recommenders.newcomers",
            "recommenders.rates",
        ),
    ),
    Stage(name="report", after=("results",), doors=("report.recommend.build", "report.workbooks.lists")),
)  # fmt: skip
"""In the order in which they run. ``earlier`` is the run of which the model is applied again; ``prospects`` is there
only where a product was named."""

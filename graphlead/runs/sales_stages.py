"""The stages of a sales verb, from tables to a list to work."""

from __future__ import annotations

from graphlead.core.sales import MOST_EVENTS, event_name
from graphlead.runs.stages import Stage, table

EVENTS = tuple(event_name(at) for at in range(MOST_EVENTS))

SALES_STAGES = table(
    Stage(
        name="cases",
        inputs=("leads", "customers", "open", *EVENTS, "items", "deals", "earlier"),
        settings=(
            "verb", "outcome", "positive", "id", "item", "duration", "as_of", "within", "active", "columns",
            "exclude", "keep", "seed",
        ),
        doors=("ingest.cases.tables", "ingest.cases.deals", "ingest.cases.events.build", "ingest.cases.files"),
    ),
    Stage(
        name="register", inputs=("companies", "links", "earlier"), settings=("seed",), doors=("ingest.build",)
    ),
    Stage(name="graph", after=("register",), doors=("graph.build", "graph.files")),
    Stage(
        name="match",
        after=("cases", "register"),
        inputs=("run", "reviewed"),
        doors=("common.spreadsheets", "ingest.lists", "match.resolve", "match.files"),
    ),
    Stage(
        name="around",
        after=("match", "graph"),
        inputs=("run", "earlier"),
        settings=("seed",),
        doors=("features.around", "features.build", "learn.cases.splits"),
    ),
    Stage(
        name="leaks",
        after=("cases",),
        inputs=("earlier",),
        settings=("keep", "seed"),
        doors=("profile.late.find", "learn.cases.quick"),
    ),
    Stage(
        name="model",
        after=("cases", "around", "leaks"),
        inputs=("earlier",),
        settings=("automl", "seed"),
        doors=("learn.cases.fit", "learn.cases.hazard", "learn.cases.quick"),
    ),
    Stage(
        name="results",
        after=("model",),
        settings=("threshold", "top", "cost", "gain", "action", "as_of"),
        doors=(
            "common.spreadsheets", "evaluate.cases.figures", "explain.cases.reasons", "pipeline.drifted",
            "profile.drift.build", "report.sales.lists", "report.workbooks.sales", "tasks.actions", "tasks.policy",
        ),
    ),
    Stage(name="report", after=("results",), doors=("report.sales.build",)),
)  # fmt: skip
"""In the order in which they run. ``earlier`` is the run of the same verb of which the models are applied again;
``register``, ``graph``, ``match`` and ``around`` are there only where a register, or a run that has one, was given."""

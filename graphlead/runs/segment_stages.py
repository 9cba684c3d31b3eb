"""The stages of `graphlead segment`, from orders or a table of customers to segments."""

from __future__ import annotations

from graphlead.runs.sales_stages import EVENTS
from graphlead.runs.stages import Stage, table

SEGMENT_STAGES = table(
    Stage(
        name="read",
        inputs=("customers", *EVENTS, "earlier"),
        settings=("id", "item", "as_of", "columns", "exclude"),
        doors=(
            "ingest.cases.customers", "ingest.cases.wide", "ingest.cases.files", "ingest.cases.events.purchases",
            "ingest.cases.events.purchase_files",
        ),
    ),
    Stage(
        name="noise",
        after=("read",),
        settings=("noise", "exclude", "seed"),
        doors=("profile.customers.noise.build", "profile.customers.purchased", "profile.customers.surveyed"),
    ),
    Stage(
        name="model",
        after=("read", "noise"),
        inputs=("earlier",),
        settings=("exclude", "seed"),
        doors=("profile.customers.build", "profile.customers.purchased", "profile.customers.surveyed"),
    ),
    Stage(
        name="results",
        after=("model", "noise"),
        settings=("offers", "noise", "as_of", "seed"),
        doors=("profile.customers.build", "profile.customers.curves"),
    ),
    Stage(name="report", after=("results",), doors=("report.segments.build", "report.workbooks.lists")),
)  # fmt: skip
"""In the order in which they run. ``earlier`` is the run of which the segments are applied again."""

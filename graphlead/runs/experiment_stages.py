"""The stages of the experiment verb: a list dealt into arms, and results that are read."""

from __future__ import annotations

from graphlead.runs.stages import Stage, table

ASSIGN_STAGES = table(
    Stage(
        name="results",
        inputs=("table",),
        settings=("holdout", "explore", "by", "id", "seed"),
        doors=("experiments.assign.deal", "experiments.assign.base", "experiments.rows"),
    ),
    Stage(name="report", after=("results",), doors=("report.experiments.build", "report.workbooks.lists")),
)
READ_STAGES = table(
    Stage(
        name="uplift",
        inputs=("table", "outcomes", "open"),
        settings=("arm", "control", "outcome", "positive", "value", "id", "exclude", "seed"),
        doors=("experiments.uplift.learning",),
    ),
    Stage(
        name="results",
        after=("uplift",),
        inputs=("table", "outcomes"),
        settings=("arm", "control", "outcome", "positive", "value", "cost", "id"),
        doors=("experiments.read.deliver",),
    ),
    Stage(name="report", after=("results",), doors=("report.experiments.build",)),
)
"""In the order in which they run; ``uplift`` is there only where a table of open cases was given."""
SCORE_STAGES = table(
    Stage(name="results", inputs=("open", "earlier"), doors=("experiments.uplift.score",)),
    Stage(name="report", after=("results",), doors=("report.experiments.build",)),
)
"""``earlier`` is the reading of which the models are applied again."""

"""The stages of a comparison."""

from __future__ import annotations

from graphlead.runs.stages import Stage, table

COMPARE_STAGES = table(
    Stage(
        name="results",
        inputs=("old", "new", "old_run", "new_run", "outcomes"),
        settings=("outcome", "positive", "id", "exclude"),
        doors=("ingest.pairs.read", "profile.drift.build", "evaluate.cases.happened"),
    ),
    Stage(name="report", after=("results",), doors=("report.compare.build",)),
)
"""In the order in which they run. ``old`` and ``new`` are tables, ``old_run`` and ``new_run`` finished runs."""

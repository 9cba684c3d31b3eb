"""The stages of a comparison."""

from __future__ import annotations

from graphlead.runs.stages import Stage, table

COMPARE_STAGES = table(
    Stage(
        name="results",
        inputs=("old", "new", "old_run", "new_run", "outcomes"),
        settings=("outcome", "positive", "id", "exclude"),
        doors=(
            "ingest.pairs.read", "profile.drift.build", "evaluate.cases.happened", "experiments.compare.offers",
            "experiments.compare.segments",
        ),
    ),
    Stage(name="report", after=("results",), doors=("report.compare.build",)),
)  # fmt: skip
"""In the order in which they run. ``old`` and ``new`` are tables, ``old_run`` and ``new_run`` finished runs; the
seed is kept, and nothing depends on it."""

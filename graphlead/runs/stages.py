"""The stages of a run: the dependencies of each, and the key by which a finished one is found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphlead.runs.code import hashes_behind

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

LAYOUT = "runs.layout"
"""The module of file names, which are part of every result."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage and everything its results depend on.

    after: stages that it builds on, as far as a run has them; inputs: input files by name; settings: fields of
    Settings; doors: the modules of the package that compute the results from those of the stages in ``after``.
    """

    name: str
    after: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()

    def key(self, inputs: Json, settings: Json, keys: Mapping[str, str], maker: str) -> str:
        """A hash over all dependencies: inputs by content, code by its text, ``keys`` those of earlier stages.

        maker: the module of the function that makes the results; it counts if it is part of graphlead.
        """
        own = [maker.removeprefix("graphlead.")] if maker.startswith("graphlead.") else []
        return short_hash({
            "after": {name: keys.get(name) for name in self.after},
            "inputs": {name: inputs[name]["sha256"] for name in self.inputs if name in inputs},
            "settings": {name: settings[name] for name in self.settings},
            "code": hashes_behind((*self.doors, *own, LAYOUT)),
        })  # fmt: skip


def table(*stages: Stage) -> dict[str, Stage]:
    """Stages by name."""
    return {stage.name: stage for stage in stages}


def short_hash(content: Json) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


TRAINING = ("task", "seed", "rankers", "classifier", "prior", "device")
MODELS = (
    "match.cohort", "features.build", "features.labels", "features.propagate", "learn.crossfit", "learn.registry",
    "pipeline.scored",
)  # fmt: skip
"""The modules that compute a model's inputs, train it and score with it."""
RESULTS = (
    "evaluate.judge", "explain.ties.ties", "match.applied", "match.same.duplicates", "pipeline.came_back",
    "pipeline.result", "pipeline.standing", "pipeline.summary", "report.evidence", "report.noise", "report.outcomes",
)  # fmt: skip
"""The modules that compute the results from the ranking and the reasons."""

STAGES = table(
    Stage(
        name="register",
        inputs=("companies", "links"),
        settings=("columns", "seed"),
        doors=("ingest.build", "pipeline.take_over"),
    ),
    Stage(
        name="match",
        after=("register",),
        inputs=("clients", "reviewed", "run"),
        doors=("common.spreadsheets", "ingest.lists", "match.resolve", "match.files"),
    ),
    Stage(
        name="suppressed",
        after=("register",),
        inputs=("suppress", "run"),
        doors=("ingest.lists", "match.resolve", "match.files"),
    ),
    Stage(
        name="outcomes",
        after=("register",),
        inputs=("outcomes", "run"),
        doors=("common.spreadsheets", "ingest.lists", "match.outcomes", "match.files"),
    ),
    Stage(name="same", after=("register",), doors=("match.same.build", "match.same.files")),
    Stage(
        name="leaks",
        after=("register", "match", "suppressed", "outcomes", "same"),
        inputs=("run",),
        settings=("exclude", "keep"),
        doors=("match.cohort", "profile.leaks.find", "profile.leaks.files"),
    ),
    Stage(
        name="graph",
        after=("register", "leaks"),
        settings=("exclude",),
        doors=("graph.build", "graph.files", "pipeline.exclude"),
    ),
    Stage(
        name="profile",
        after=("graph", "match", "suppressed", "outcomes", "same"),
        settings=("seed",),
        doors=("match.cohort", "profile.build", "profile.files"),
    ),
    Stage(
        name="model",
        after=("graph", "match", "suppressed", "outcomes", "same"),
        settings=("folds", *TRAINING),
        doors=(*MODELS, "evaluate.blend", "evaluate.sample", "evaluate.splits"),
    ),
    Stage(
        name="heldout",
        after=("model",),
        settings=TRAINING,
        doors=(*MODELS, "tasks", "evaluate.splits", "evaluate.files"),
    ),
    Stage(
        name="judgement",
        after=("heldout",),
        settings=("task", "prior", "rankers", "seed"),
        doors=("evaluate.judge", "learn.registry", "tasks"),
    ),
    Stage(name="trained", inputs=("run",), doors=("common.files",)),
    Stage(
        name="changes",
        after=("graph",),
        inputs=("run",),
        settings=("expect", *TRAINING),
        doors=(*MODELS, "evaluate.judge", "pipeline.changes", "pipeline.lost"),
    ),
    Stage(
        name="drift",
        after=("match", "suppressed", "outcomes", "same", "trained", "changes"),
        inputs=("run",),
        settings=("expect", "prior", "neutral", *TRAINING),
        doors=(
            *MODELS, "core.drift", "evaluate.judge", "evaluate.neutral", "pipeline.drifted", "pipeline.rank",
            "profile.drift.build",
        ),
    ),
    Stage(
        name="evidence",
        after=("graph", "match", "suppressed", "outcomes", "same", "judgement", "trained"),
        settings=("task", "top", "seed", "device", "expect", "prior", "neutral"),
        doors=(
            *MODELS, "evaluate.judge", "evaluate.leaning", "evaluate.neutral", "tasks", "explain.explain",
            "explain.files", "pipeline.rank", "pipeline.explain", "pipeline.standing",
        ),
    ),
    Stage(
        name="results",
        after=("profile", "evidence", "changes", "drift"),
        settings=("top", "seed", "exclude"),
        doors=("common.spreadsheets", *RESULTS),
    ),
    Stage(
        name="report",
        after=("profile", "evidence", "changes", "drift"),
        settings=("top", "seed", "exclude"),
        doors=(
            *RESULTS, "evaluate.assumptions", "report.html.build", "report.html.names", "report.html.plane",
            "report.workbooks.leads", "pipeline.content", "pipeline.assumptions",
        ),
    ),
)  # fmt: skip
"""In the order in which they run; a run that scores has ``trained``, ``changes`` and ``drift`` for ``model``,
``heldout`` and ``judgement``."""

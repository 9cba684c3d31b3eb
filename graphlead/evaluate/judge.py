"""What the held-out scores say: which ranker is chosen, what its scores are worth, how good it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.columns import coded
from graphlead.core.arrays import Floats, Ints, Json
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress
from graphlead.core.evaluation import Evaluation
from graphlead.core.register import Register, Role
from graphlead.core.settings import Settings
from graphlead.evaluate.calibrate import Calibration, calibrate
from graphlead.evaluate.choose import Choice, blend_among, choose, with_blend
from graphlead.evaluate.curves import lift_curves
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.files import load_held_out
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.prior import estimate_prior

SPLITS = ("groups", "random", "time")
"""The held-out splits, the one closest to a list of net-new leads first: the verdict is drawn on it."""

CHOICE = "choice.json"


@dataclass(frozen=True)
class Judgement:
    """The chosen ranker, the prior as (low, point, high), and the map from its scores to probabilities."""

    choice: Choice
    prior: tuple[float, float, float]
    calibration: Calibration

    def final(self, scores: Mapping[str, Floats], candidates: Ints, rows: Ints | None = None) -> Floats:
        """The chosen ranker's raw scores of the candidates, or of ``rows``; a blend ranks among the candidates."""
        wanted = candidates if rows is None else rows
        if len(self.choice.members) == 1:
            return scores[self.choice.members[0]][wanted]
        return blend_among(scores, self.choice.members, candidates, wanted)


def judge(
    results: list[HeldOut], scores: Mapping[str, Floats], cohort: Cohort, settings: Settings
) -> Judgement:
    """Choose by the held-out splits; the prior and the calibration come from ``scores`` (n,), held out for clients."""
    results = sorted(results, key=lambda result: SPLITS.index(result.split))
    choice = choose(results, settings.seed)
    unsure = Judgement(choice, (0.0, 0.0, 0.0), Calibration(np.zeros(1), np.full(1, 0.5)))
    candidates = np.flatnonzero(cohort.candidates()).astype(np.int32)
    won, rest = (unsure.final(scores, candidates, rows) for rows in (cohort.clients, candidates))
    given = settings.prior
    prior = (given, given, given) if given else estimate_prior(won, rest, settings.seed)
    return Judgement(choice, prior, calibrate(won, rest, prior[1]))


def save_judgement(judgement: Judgement, heldout: Path) -> None:
    content = {
        "choice": asdict(judgement.choice),
        "prior": judgement.prior,
        "calibration": judgement.calibration.to_json(),
    }
    (heldout / CHOICE).write_text(json.dumps(content), "utf-8")


def read_judgement(heldout: Path) -> Judgement:
    saved = json.loads((heldout / CHOICE).read_text("utf-8"))
    choice = Choice(saved["choice"]["name"], tuple(saved["choice"]["members"]), saved["choice"]["reason"])
    low, point, high = saved["prior"]
    return Judgement(choice, (low, point, high), Calibration.from_json(saved["calibration"]))


def evaluate_saved(heldout: Path, register: Register, settings: Json, progress: Progress) -> Evaluation:
    """Evaluate the held-out scores that a run saved, by segment of place and industry too."""
    judgement = read_judgement(heldout)
    columns = register.names_of(Role.REGION, Role.COUNTRY)[:1] + register.names_of(Role.INDUSTRY)[:1]
    values = {name: coded(register, name) for name in columns}
    results = [
        replace(
            result,
            segments={name: column.take(companies).cast(pa.string()) for name, column in values.items()},
        )
        for result, companies in _saved_splits(heldout)
    ]
    return evaluate(with_blend(results, judgement.choice), judgement.prior, int(settings["seed"]), progress)


def curves_saved(heldout: Path, seed: int) -> pd.DataFrame:
    """What a list of any length finds, from the held-out scores that a run saved."""
    judgement = read_judgement(heldout)
    results = [result for result, _ in _saved_splits(heldout)]
    return lift_curves(with_blend(results, judgement.choice), judgement.prior, seed)


def _saved_splits(heldout: Path) -> Iterator[tuple[HeldOut, Ints]]:
    for split in SPLITS:
        path = heldout / f"{split}.parquet"
        if path.exists():
            yield load_held_out(path)

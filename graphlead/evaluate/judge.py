"""From held-out scores to the chosen ranker, the prior, the calibration, and the evaluation."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Floats, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.evaluation import Evaluation
from graphlead.evaluate.blend import blend_among
from graphlead.evaluate.calibrate import Calibration, calibrate
from graphlead.evaluate.choose import Choice, choose, with_blend
from graphlead.evaluate.curves import lift_curves
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.files import load_held_out
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.prior import estimate_prior


@dataclass(frozen=True)
class Judgement:
    """The chosen ranker, the prior as (low, point, high), and the map from its scores to probabilities.

    splits: those it was judged by, the one that the verdict is drawn on first.
    """

    choice: Choice
    prior: tuple[float, float, float]
    calibration: Calibration
    splits: tuple[str, ...]

    def final(self, scores: Mapping[str, Floats], candidates: Ints, rows: Ints | None = None) -> Floats:
        """The chosen ranker's raw scores of the candidates or of ``rows``; a blend ranks these among the candidates."""
        wanted = candidates if rows is None else rows
        if len(self.choice.members) == 1:
            return scores[self.choice.members[0]][wanted]
        return blend_among(scores, self.choice.members, candidates, wanted)


def judge(
    results: Sequence[HeldOut],
    scores: Mapping[str, Floats],
    cohort: Cohort,
    among: Collection[str],
    prior: float | None,
    seed: int,
) -> Judgement:
    """Blend the rankers ``among`` these that the held-out splits keep, the first of which the verdict is drawn on.

    The prior and the calibration come from ``scores`` (n,), held out for the clients. prior: the share of clients-to-be
    among the unlabelled where it is known; None to estimate it.
    """
    splits = tuple(result.split for result in results)
    choice = choose([_only(result, among) for result in results], seed)
    unsure = Judgement(choice, (0.0, 0.0, 0.0), Calibration(np.zeros(1), np.full(1, 0.5)), splits)
    candidates = np.flatnonzero(cohort.candidates()).astype(np.int32)
    won, rest = (unsure.final(scores, candidates, rows) for rows in (cohort.clients, candidates))
    share = (prior, prior, prior) if prior else estimate_prior(won, rest, seed)
    return replace(unsure, prior=share, calibration=calibrate(won, rest, share[1]))


def _only(result: HeldOut, rankers: Collection[str]) -> HeldOut:
    """The split with the scores of these rankers alone."""
    return replace(result, scores={name: result.scores[name] for name in result.scores if name in rankers})


def save_judgement(judgement: Judgement, path: Path) -> None:
    """Write a judgement as JSON."""
    content = {
        "choice": asdict(judgement.choice),
        "prior": judgement.prior,
        "calibration": judgement.calibration.to_json(),
        "splits": judgement.splits,
    }
    path.write_text(json.dumps(content), "utf-8")


def read_judgement(path: Path) -> Judgement:
    """The judgement that ``save_judgement`` wrote."""
    saved = json.loads(path.read_text("utf-8"))
    chosen = saved["choice"]
    by_fold = {split: tuple(map(tuple, folds)) for split, folds in chosen["by_fold"].items()}
    choice = Choice(chosen["name"], tuple(chosen["members"]), chosen["reason"], by_fold)
    low, point, high = saved["prior"]
    calibration = Calibration.from_json(saved["calibration"])
    return Judgement(choice, (low, point, high), calibration, tuple(saved["splits"]))


def evaluate_saved(heldout: Path, judgement: Judgement, seed: int, progress: Progress = silent) -> Evaluation:
    """Evaluate the held-out scores that a run saved in this folder, by segment too."""
    results = with_blend(load_held_out(heldout, judgement.splits), judgement.choice)
    return evaluate(results, judgement.prior, seed, progress)


def curves_saved(heldout: Path, judgement: Judgement, seed: int) -> pd.DataFrame:
    """Lift curves (see ``lift_curves``) from the held-out scores that a run saved in this folder."""
    results = with_blend(load_held_out(heldout, judgement.splits), judgement.choice)
    return lift_curves(results, judgement.prior, seed)

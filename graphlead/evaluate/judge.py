"""From held-out scores to the chosen ranker, the prior, the recall of tomorrow's clients, and the evaluation."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from graphlead.core.arrays import Floats, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.evaluation import Evaluation
from graphlead.evaluate.blend import blend_among
from graphlead.evaluate.choose import Choice, choose, with_blend
from graphlead.evaluate.curves import lift_curves
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.files import load_held_out
from graphlead.evaluate.heldout import HeldOut, at_random
from graphlead.evaluate.metrics import Prior
from graphlead.evaluate.prior import HIGHEST, estimate_prior
from graphlead.evaluate.recall import DRIFT, Recall, recall_of


@dataclass(frozen=True)
class Judgement:
    """The chosen ranker, the prior as (low, point, high), and its recall of tomorrow's clients.

    Of the prior only ``high`` bears a claim: how many of the others can be clients-to-be at the most. splits: those it
    was judged by, the one that the verdict is drawn on first.
    """

    choice: Choice
    prior: Prior
    recall: Recall
    splits: tuple[str, ...]

    def final(
        self,
        scores: Mapping[str, Floats],
        candidates: Ints,
        rows: Ints | None = None,
        weight: Floats | None = None,
    ) -> Floats:
        """The chosen ranker's raw scores of the candidates or of ``rows``; a blend ranks these among the candidates,
        each of which stands for ``weight`` companies, or for one.
        """
        wanted = candidates if rows is None else rows
        if len(self.choice.members) == 1:
            return scores[self.choice.members[0]][wanted]
        return blend_among(scores, self.choice.members, candidates, wanted, weight)


def judge(
    results: Sequence[HeldOut],
    scores: Mapping[str, Floats],
    cohort: Cohort,
    among: Collection[str],
    prior: float | None,
    seed: int,
) -> Judgement:
    """Blend the rankers ``among`` these that the held-out splits keep, the first of which the verdict is drawn on.

    The prior comes from ``scores`` (n,), held out for the clients, of the clients and of the unlabelled companies of
    the random split. prior: the share of clients-to-be among the unlabelled where it is known; None to estimate it.
    """
    splits = tuple(result.split for result in results)
    choice = choose([_only(result, among) for result in results])
    recall = recall_of(with_blend(results, choice), choice.name)
    judgement = Judgement(choice, (prior or 0.0,) * 3, recall, splits)
    if prior is not None:
        return judgement
    split = at_random(results)
    candidates, weight = split.companies[~split.held_out], split.weight[~split.held_out]
    won, rest = (judgement.final(scores, candidates, rows, weight) for rows in (cohort.clients, candidates))
    return replace(judgement, prior=_drifted(estimate_prior(won, rest, seed, weight)))


def _drifted(prior: Prior) -> Prior:
    """The prior with a bound that also holds where tomorrow's clients are harder to find than those held out.

    Without it the bound was below what came true for 7 of 19 sellers of US filings, with it for 1.
    """
    low, point, high = prior
    return low, point, min(high / DRIFT, HIGHEST)


def _only(result: HeldOut, rankers: Collection[str]) -> HeldOut:
    """The split with the scores of these rankers alone."""
    return replace(result, scores={name: result.scores[name] for name in result.scores if name in rankers})


def save_judgement(judgement: Judgement, path: Path) -> None:
    """Write a judgement as JSON."""
    content = {
        "choice": asdict(judgement.choice),
        "prior": judgement.prior,
        "recall": judgement.recall.to_json(),
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
    return Judgement(choice, (low, point, high), Recall.from_json(saved["recall"]), tuple(saved["splits"]))


def evaluate_saved(
    heldout: Path, judgement: Judgement, share: Prior, seed: int, progress: Progress = silent
) -> Evaluation:
    """Evaluate the held-out scores that a run saved in this folder, by segment too.

    share: low, point and high share of clients to be won among the unlabelled.
    """
    results = with_blend(load_held_out(heldout, judgement.splits), judgement.choice)
    return evaluate(results, share, seed, progress)


def curves_saved(heldout: Path, judgement: Judgement, seed: int) -> pd.DataFrame:
    """Lift curves (see ``lift_curves``) from the held-out scores that a run saved in this folder."""
    results = with_blend(load_held_out(heldout, judgement.splits), judgement.choice)
    return lift_curves(results, seed)

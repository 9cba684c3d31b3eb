"""From held-out scores to the chosen ranker, the prior, the recall of tomorrow's clients, and the evaluation."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import read_json
from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import damage
from graphlead.core.evaluation import Evaluation
from graphlead.evaluate.blend import Alone, Among
from graphlead.evaluate.called import Called, won_before_rejected
from graphlead.evaluate.choose import Choice, choose, with_blend
from graphlead.evaluate.curves import lift_curves
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.files import load_held_out
from graphlead.evaluate.heldout import HeldOut, at_random
from graphlead.evaluate.metrics import Prior
from graphlead.evaluate.prior import HIGHEST, estimate_prior
from graphlead.evaluate.recall import DRIFT, Recall, recall_of
from graphlead.evaluate.settle import Bases, settled, stand_ins


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The chosen ranker, the prior as (low, point, high), and its recall of tomorrow's clients.

    bases: the rankers that others are built on; stand_ins: those of them that take the place of the others.
    Of the prior only ``high`` bears a claim: how many of the others can be clients-to-be at the most. splits: those it
    was judged by, the one that the verdict is drawn on first.
    """

    choice: Choice
    bases: Bases
    stand_ins: Bases
    prior: Prior
    recall: Recall
    splits: tuple[str, ...]

    def settled(self, scores: Mapping[str, Floats]) -> dict[str, Floats]:
        """The scores (n,) by ranker with those of the stand-ins in the place of the others'."""
        return {name: scores[self.stand_ins.get(name, name)] for name in scores}

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
        among = self.among(scores, candidates, weight)
        if rows is None:
            return among.own()
        return among.of({name: scores[name][rows] for name in self.choice.members})

    def among(
        self, scores: Mapping[str, Floats], candidates: Ints, weight: Floats | None = None
    ) -> Among | Alone:
        """The candidates by the chosen ranker, sorted once for any number of others beside them; see ``final``."""
        if len(self.choice.members) == 1:
            return Alone(scores, next(iter(self.choice.members)), candidates)
        return Among(scores, self.choice.members, candidates, weight)


def judge(
    results: Sequence[HeldOut],
    among: Collection[str],
    bases: Bases,
    prior: float | None,
    seed: int,
    *,
    few: bool = False,
) -> Judgement:
    """Blend the rankers ``among`` these, each counting by what it finds of the clients held out at random.

    few: whether the clients are too few to decide. bases: the rankers that others are built on, see ``settle``.
    prior: the share of clients-to-be among the unlabelled where it is known; None to estimate it from the scores of the
    random split.
    """
    splits = tuple(result.split for result in results)
    bases = {name: base for name, base in bases.items() if name in results[0].scores}
    done = [settled(result, bases) for result in results]
    choice = choose([_only(result, among) for result in done], few)
    recall = recall_of(with_blend(done, choice), choice.name)
    instead = stand_ins(results, bases)
    judgement = Judgement(
        choice=replace(
            choice, members={instead.get(name, name): share for name, share in choice.members.items()}
        ),
        bases=bases,
        stand_ins=instead,
        prior=(prior or 0.0,) * 3,
        recall=recall,
        splits=splits,
    )
    if prior is not None:
        return judgement
    split = at_random(done)
    others = np.flatnonzero(~split.held_out).astype(np.int32)
    clients, weight = np.flatnonzero(split.held_out).astype(np.int32), split.weight[others]
    won, rest = (judgement.final(split.scores, others, rows, weight) for rows in (clients, others))
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
        "bases": judgement.bases,
        "stand_ins": judgement.stand_ins,
        "prior": judgement.prior,
        "recall": judgement.recall.to_json(),
        "splits": judgement.splits,
    }
    path.write_text(json.dumps(content), "utf-8")


def read_judgement(path: Path) -> Judgement:
    """The judgement that ``save_judgement`` wrote. Raises RunFolderError when it is missing or damaged."""
    saved = read_json(path)
    with damage(path):
        chosen = saved["choice"]
        by_fold = {split: tuple(folds) for split, folds in chosen["by_fold"].items()}
        choice = Choice(chosen["name"], chosen["members"], chosen["reason"], by_fold)
        low, point, high = saved["prior"]
        return Judgement(
            choice=choice,
            bases=saved["bases"],
            stand_ins=saved["stand_ins"],
            prior=(low, point, high),
            recall=Recall.from_json(saved["recall"]),
            splits=tuple(saved["splits"]),
        )


def evaluate_saved(
    heldout: Path, judgement: Judgement, share: Prior, seed: int, progress: Progress = silent
) -> Evaluation:
    """Evaluate the held-out scores that a run saved in this folder, by segment too.

    share: low, point and high share of clients to be won among the unlabelled.
    """
    return evaluate(_judged(heldout, judgement), share, seed, progress)


def curves_saved(heldout: Path, judgement: Judgement, seed: int) -> pd.DataFrame:
    """Lift curves (see ``lift_curves``) from the held-out scores that a run saved in this folder."""
    return lift_curves(_judged(heldout, judgement), seed)


def called_saved(heldout: Path, judgement: Judgement, won: Ints, rejected: Ints) -> Called | None:
    """How the chosen ranker orders won and rejected companies by the held-out scores that a run saved in this folder;
    see ``won_before_rejected``.
    """
    split = at_random(_judged(heldout, judgement))
    return won_before_rejected(split, judgement.choice.name, won, rejected)


def _judged(heldout: Path, judgement: Judgement) -> list[HeldOut]:
    """The splits as they were judged: with the scores of the stand-ins and of the blend."""
    results = load_held_out(heldout, judgement.splits)
    return with_blend([settled(result, judgement.bases) for result in results], judgement.choice)

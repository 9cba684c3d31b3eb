"""Won before rejected: pairs within folds, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from graphlead.evaluate.called import FEWEST, won_before_rejected
from graphlead.evaluate.heldout import HeldOut

WON, REJECTED = np.arange(FEWEST, dtype=np.int32), np.arange(FEWEST, 3 * FEWEST, dtype=np.int32)


def held_out(scores: np.ndarray, fold: np.ndarray) -> HeldOut:
    clients = np.arange(len(scores)) < FEWEST
    return HeldOut(
        split="random",
        fold=fold.astype(np.int8),
        held_out=clients,
        scores={"x": scores.astype(np.float32)},
        company=np.arange(len(scores), dtype=np.int32),
    )


def test_within_one_fold_it_is_the_area_under_the_curve() -> None:
    scores = np.random.default_rng(0).integers(0, 20, 4 * FEWEST).astype(float)
    found = won_before_rejected(held_out(scores, np.zeros(4 * FEWEST)), "x", WON, REJECTED)
    assert found is not None
    assert (found.won, found.rejected) == (FEWEST, 2 * FEWEST)
    assert found.before == pytest.approx(roc_auc_score(np.arange(3 * FEWEST) < FEWEST, scores[: 3 * FEWEST]))
    assert found.low < found.before < found.high


def test_scores_of_different_folds_are_not_compared() -> None:
    """Each fold has its own scale: in the second all scores are higher, and in each the won ones are."""
    fold = np.arange(3 * FEWEST) % 2
    scores = 10.0 * fold + (np.arange(3 * FEWEST) < FEWEST)
    found = won_before_rejected(held_out(scores, fold), "x", WON, REJECTED)
    assert found is not None
    assert (found.before, found.high) == (1.0, 1.0)


def test_of_too_few_nothing_is_claimed() -> None:
    result = held_out(np.zeros(3 * FEWEST), np.zeros(3 * FEWEST))
    assert won_before_rejected(result, "x", WON[1:], REJECTED) is None
    assert won_before_rejected(result, "x", WON, REJECTED[: FEWEST - 1]) is None

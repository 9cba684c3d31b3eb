"""The network or its linear part, as held-out clients decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphlead.core.arrays import Flags, Floats
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.settle import settled, stand_ins

CLIENTS, OTHERS, FOLDS = 60, 600, 3
N = CLIENTS + OTHERS
BASES = {"gnn": "linear"}


def scores(ahead: float, seed: int = 0) -> Floats:
    """Clients, who come first, stand out by so much."""
    draw = np.random.default_rng(seed).normal(size=N)
    return (draw + ahead * (np.arange(N) < CLIENTS)).astype(np.float32)


def split(gnn: Floats, linear: Floats, name: str = "random") -> HeldOut:
    return HeldOut(
        split=name,
        fold=(np.arange(N) % FOLDS).astype(np.int8),
        held_out=np.arange(N) < CLIENTS,
        scores={"pagerank": scores(1, seed=9), "linear": linear, "gnn": gnn},
    )


def in_fold(*folds: int) -> Flags:
    return np.isin(np.arange(N) % FOLDS, folds)


def taken(result: HeldOut) -> list[str]:
    """The ranker that the scores under the network's name are of, fold by fold."""
    done = settled(result, BASES).scores
    assert set(done) == set(result.scores)
    for name in ("pagerank", "linear"):
        np.testing.assert_array_equal(done[name], result.scores[name])
    folds = [in_fold(fold) for fold in range(FOLDS)]
    return [
        next(name for name in ("linear", "gnn") if (done["gnn"][here] == result.scores[name][here]).all())
        for here in folds
    ]


def test_the_network_stays_where_it_finds_more() -> None:
    result = split(gnn=scores(3), linear=scores(1, seed=1))
    assert stand_ins([result], BASES) == {}
    assert taken(result) == ["gnn"] * FOLDS


@pytest.mark.parametrize("monotone", [1, 2])
def test_the_linear_part_stands_in_where_it_finds_as_many(monotone: float) -> None:
    """Scores on another scale but in the same order find the same clients."""
    result = split(gnn=monotone * scores(2), linear=scores(2))
    assert stand_ins([result], BASES) == BASES
    assert taken(result) == ["linear"] * FOLDS


def test_the_linear_part_stands_in_where_it_finds_more() -> None:
    result = split(gnn=scores(1, seed=1), linear=scores(3))
    assert stand_ins([result], BASES) == BASES
    assert taken(result) == ["linear"] * FOLDS


def test_clients_held_out_at_random_decide_for_the_list() -> None:
    better, worse = (scores(3), scores(1, seed=1)), (scores(1, seed=1), scores(3))
    groups, random = split(*better, name="groups"), split(*worse)
    assert stand_ins([groups, random], BASES) == BASES
    assert stand_ins([replace(groups, split="random"), replace(random, split="groups")], BASES) == {}


def test_the_clients_of_the_other_folds_decide_for_a_fold() -> None:
    """The network ranks the clients of one fold last, so it is taken in that fold alone: there nobody knows of it."""
    good, linear = scores(3), scores(2.5, seed=1)
    spoiled = np.where(in_fold(0) & (np.arange(N) < CLIENTS), -9, good).astype(np.float32)
    result = split(gnn=spoiled, linear=linear)
    assert taken(result) == ["gnn", "linear", "linear"]


@pytest.mark.parametrize("fold", range(FOLDS))
def test_the_clients_of_a_fold_have_no_say_in_it(fold: int) -> None:
    random = np.random.default_rng(fold)
    for _ in range(20):
        gnn, linear = (scores(1, seed=int(random.integers(1_000_000))) for _ in range(2))
        other = np.where(in_fold(fold), random.permutation(gnn), gnn).astype(np.float32)
        before, after = taken(split(gnn, linear)), taken(split(other, linear))
        assert after[fold] == before[fold]


def test_what_has_no_base_is_left_as_it_is() -> None:
    result = split(gnn=scores(1, seed=1), linear=scores(3))
    assert stand_ins([result], {}) == {}
    for name, values in settled(result, {}).scores.items():
        np.testing.assert_array_equal(values, result.scores[name])


def test_the_held_out_scores_themselves_are_not_overwritten() -> None:
    result = split(gnn=scores(1, seed=1), linear=scores(3))
    before = result.scores["gnn"].copy()
    assert not np.array_equal(settled(result, BASES).scores["gnn"], before)
    np.testing.assert_array_equal(result.scores["gnn"], before)

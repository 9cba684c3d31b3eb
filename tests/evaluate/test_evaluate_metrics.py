from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from graphlead.core.errors import CarrierError
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import (
    Curve,
    auc,
    average_precision,
    best_threshold,
    draw_prior,
    from_the_top,
    interval,
    measure,
    true_auc,
)
from graphlead.evaluate.positions import Positions, Resamples, positions, resample

PRIOR = (0.01, 0.02, 0.04)


def one_fold(positive: list[float], unlabelled: list[float]) -> HeldOut:
    scores = np.array(positive + unlabelled, np.float32)
    held_out = np.arange(len(scores)) < len(positive)
    return HeldOut(
        split="random", fold=np.zeros(len(scores), np.int8), held_out=held_out, scores={"gnn": scores}
    )


def placed(result: HeldOut, seed: int = 0) -> tuple[Positions, Resamples]:
    resamples = resample(result, seed)
    return positions(result, result.scores["gnn"], resamples), resamples


def places(positive: list[float], unlabelled: list[float], seed: int = 0) -> tuple[Positions, Resamples]:
    return placed(one_fold(positive, unlabelled), seed)


def planted(distance: float, n_pos: int = 300, n: int = 30_000, seed: int = 0) -> tuple[Positions, Resamples]:
    rng = np.random.default_rng(seed)
    return places((rng.normal(size=n_pos) + distance).tolist(), rng.normal(size=n).tolist(), seed)


def test_positions_by_hand() -> None:
    # Ten unlabelled 0..9: 9.5 has none ahead, 7.5 two, -1 all ten; 4 is tied with one that has five ahead.
    at, _ = places([9.5, 7.5, 4, -1], list(range(10)))
    assert at.low[0] == pytest.approx([0, 0.2, 0.5, 1])
    assert at.high[0] == pytest.approx([0, 0.2, 0.6, 1])
    assert at.found(0.15)[0].tolist() == [1, 0, 0, 0]
    assert at.found(0.3)[0].tolist() == [1, 1, 0, 0]
    assert at.found(0.55)[0] == pytest.approx([1, 1, 0.5, 0])
    assert at.middle()[0] == pytest.approx([0, 0.2, 0.55, 1])


def test_tied_clients_are_spread_over_their_tie() -> None:
    at, _ = places([1, 3, 1], [1, 1, 1, 1, 0])
    assert at.spread()[0] == pytest.approx([0.2, 0, 0.6])


def test_held_out_clients_do_not_push_each_other_out() -> None:
    at, _ = places([10.0] * 50, list(range(10)))
    assert at.found(0.01)[0].sum() == 50


def test_clients_are_ranked_within_their_fold() -> None:
    scores = np.array([5, 500, 4, 6, 400, 600], np.float32)
    held_out = np.array([True, True, False, False, False, False])
    fold = np.array([0, 1, 0, 0, 1, 1], np.int8)
    at, _ = placed(HeldOut(split="random", fold=fold, held_out=held_out, scores={"gnn": scores}))
    assert at.low[0].tolist() == [0.5, 0.5]
    assert at.n_unlabelled == 4


@settings(max_examples=30)
@given(n_pos=st.integers(1, 30), n=st.integers(1, 200), k=st.integers(1, 4))
def test_constant_scores_find_exactly_the_share_looked_at(n_pos: int, n: int, k: int) -> None:
    fold = np.concatenate([np.arange(n_pos) % k, np.arange(n + k) % k]).astype(np.int8)
    held_out = np.arange(len(fold)) < n_pos
    scores = np.zeros(len(fold), np.float32)
    at, resamples = placed(HeldOut(split="random", fold=fold, held_out=held_out, scores={"gnn": scores}))
    measured = measure(at, resamples, PRIOR, 0)
    for cut, share in (("1%", 0.01), ("5%", 0.05), ("10%", 0.1), ("top 100", min(1, 100 / (n + k)))):
        assert measured[f"recall@{cut}"] == pytest.approx((share, share, share))
        assert measured[f"lift@{cut}"][0] == pytest.approx(1)
    assert measured["auc"] == pytest.approx((0.5, 0.5, 0.5))
    assert measured["auc_true"][0] == pytest.approx(0.5)


@settings(max_examples=40)
@given(n_pos=st.integers(1, 40), n=st.integers(1, 100), ties=st.booleans(), seed=st.integers(0, 99))
def test_auc_and_average_precision_agree_with_scikit_learn(n_pos: int, n: int, ties: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive, unlabelled = rng.normal(size=n_pos) + 1, rng.normal(size=n)
    if ties:
        positive, unlabelled = np.round(positive), np.round(unlabelled)
    at, resamples = places(positive.tolist(), unlabelled.tolist())
    truth = np.repeat([1, 0], [n_pos, n])
    scores = np.concatenate([positive, unlabelled]).astype(np.float32)
    assert auc(at, resamples)[0] == pytest.approx(roc_auc_score(truth, scores))
    if not ties:
        assert average_precision(from_the_top(at, resamples))[0] == pytest.approx(
            average_precision_score(truth, scores)
        )


def test_average_precision_of_ties_is_that_of_a_list_in_random_order() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 0], [50, 950])
    shuffled = [average_precision_score(truth, rng.random(1000)) for _ in range(400)]
    curve = from_the_top(*places([1.0] * 50, [1.0] * 950))
    # A shuffled list has luck at its top now and then; ties spread evenly have none.
    assert np.percentile(shuffled, 2) < average_precision(curve)[0] < np.mean(shuffled)


def test_corrected_auc_recovers_the_auc_against_true_negatives() -> None:
    rng = np.random.default_rng(1)
    prior, n = 0.3, 40_000
    positive = rng.normal(size=4000) + 1.5
    negative = rng.normal(size=round(n * (1 - prior)))
    hidden = rng.normal(size=round(n * prior)) + 1.5
    against_all = auc(*places(positive.tolist(), [*negative, *hidden]))
    truth = np.repeat([1, 0], [len(positive), len(negative)])
    expected = roc_auc_score(truth, np.concatenate([positive, negative]))
    assert against_all[0] < expected - 0.08
    assert true_auc(against_all, np.full(len(against_all), prior))[0] == pytest.approx(expected, abs=0.01)


def test_best_threshold_by_hand() -> None:
    # 4 clients, 100 unlabelled, prior 0.1. Three clients have one company ahead, the last has 50.
    # At the third: r = 3/4, q = 1/100 < prior r = 0.075, so the list is all clients:
    # F1 = 2 * 0.075 / 0.175 = 6/7.
    curve = Curve(np.array([[0.01, 0.01, 0.01, 0.5]]), np.ones((1, 4)), 100)
    best = best_threshold(curve, np.array([0.1]))
    assert best["f1"][0] == pytest.approx(6 / 7)
    assert best["f1_recall"][0] == pytest.approx(3 / 4)
    assert best["f1_precision"][0] == pytest.approx(1)
    assert best["lee_liu"][0] == pytest.approx(0.75**2 / 0.01)


def test_estimated_f1_is_that_of_the_hidden_clients() -> None:
    rng = np.random.default_rng(3)
    n, hidden = 50_000, 10_000
    unlabelled = rng.normal(size=n)
    unlabelled[:hidden] += 2
    curve = from_the_top(*places((rng.normal(size=20_000) + 2).tolist(), unlabelled.tolist()))
    found = np.cumsum(np.argsort(-unlabelled) < hidden)
    true_f1 = 2 * found / (np.arange(1, n + 1) + hidden)
    best = best_threshold(curve, np.full(len(curve.places), 0.2))
    assert best["f1"][0] == pytest.approx(true_f1.max(), abs=0.01)


def test_intervals_cover_the_truth_at_their_nominal_rate() -> None:
    # With clients 1 further up, recall in the top 10 % is P(Z > 1.2816 - 1) = 0.3891.
    covered = 0
    for seed in range(100):
        at, resamples = planted(1.0, n_pos=100, n=5000, seed=seed)
        _, low, high = measure(at, resamples, PRIOR, 0)["recall@10%"]
        covered += low <= 0.3891 <= high
    assert 87 <= covered <= 100


def test_more_clients_give_narrower_intervals() -> None:
    widths = []
    for n_pos in (50, 800):
        _, low, high = measure(*planted(1.0, n_pos), PRIOR, 0)["auc"]
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.35)


def test_interval_holds_its_value() -> None:
    assert interval(np.array([5.0, 1, 2, 3])) == pytest.approx((5, 1.05, 5))


def test_prior_draws_have_the_interval_asked_for() -> None:
    drawn = np.concatenate([draw_prior((0.005, 0.01, 0.04), 200, seed)[1:] for seed in range(20)])
    assert np.percentile(drawn, (2.5, 50, 97.5)) == pytest.approx([0.005, 0.01, 0.04], rel=0.12)
    assert draw_prior((0.01, 0.01, 0.01), 5, 0) == pytest.approx(np.full(6, 0.01))


def test_resamples_start_with_the_sample_itself_and_follow_the_seed() -> None:
    result = one_fold([1.0] * 30, [0.0] * 50)
    drawn, again = resample(result, 0), resample(result, 0)
    assert (drawn.clients[0] == 1).all()
    assert (drawn.companies[0] == 1).all()
    assert (drawn.clients == again.clients).all()
    assert len(drawn) == 201
    assert (drawn.clients != resample(result, 1).clients).any()


def test_intervals_count_the_luck_of_the_companies_at_the_top() -> None:
    # Half of the 400 clients stand above all companies, the others just below the first of them: with 40
    # companies between, average precision hangs on how many these are.
    positive, top = [10.0] * 200 + [5.0] * 200, np.linspace(6, 7, 40).tolist()
    at, resamples = places(positive, top + [0.0] * 2000)
    fixed = Resamples(resamples.clients, np.ones_like(resamples.companies), resamples.block)
    result = one_fold(positive, top + [0.0] * 2000)
    still = positions(result, result.scores["gnn"], fixed)
    width, narrow = (
        np.ptp(average_precision(from_the_top(p, r))[1:]) for p, r in ((at, resamples), (still, fixed))
    )
    assert width > 1.3 * narrow


def test_held_out_names_what_is_wrong() -> None:
    fold, held_out = np.zeros(3, np.int8), np.array([True, False, False])
    good = np.zeros(3, np.float32)
    with pytest.raises(CarrierError, match="3 scores of gnn"):
        HeldOut(split="random", fold=fold, held_out=held_out, scores={"gnn": good[:2]})
    with pytest.raises(CarrierError, match="finite scores of gnn"):
        HeldOut(
            split="random", fold=fold, held_out=held_out, scores={"gnn": np.array([0, np.nan, 1], np.float32)}
        )
    with pytest.raises(CarrierError, match="at least one held-out"):
        HeldOut(split="random", fold=fold, held_out=np.zeros(3, np.bool_), scores={"gnn": good})
    with pytest.raises(CarrierError, match="at least one ranker"):
        HeldOut(split="random", fold=fold, held_out=held_out, scores={})
    with pytest.raises(CarrierError, match="a fold for each"):
        HeldOut(split="random", fold=fold[:1], held_out=held_out, scores={"gnn": good})
    with pytest.raises(CarrierError, match="segments of region"):
        HeldOut(
            split="random",
            fold=fold,
            held_out=held_out,
            scores={"gnn": good},
            segments={"region": np.array(["a"])},
        )
    with pytest.raises(CarrierError, match="unlabelled companies in every fold, got none in"):
        HeldOut(split="random", fold=np.array([1, 0, 0], np.int8), held_out=held_out, scores={"gnn": good})

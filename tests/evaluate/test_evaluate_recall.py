"""Recall of tomorrow's clients: what held-out clients planted at known ranks give, and the hits that follow."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from graphlead.core.errors import CarrierError, InputError
from graphlead.core.expected import HIGHEST, Wins
from graphlead.evaluate.expected import expected_hits
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.recall import DRIFT, Recall, drift, recall_of

N = 6400
WINS = Wins(count=100, deviation=0.3, months=24, basis="dates", past=100)


def held_out(ranks: Sequence[int], split: str = "random", n: int = N) -> HeldOut:
    """Held-out clients with exactly these many of n unlabelled companies ahead."""
    scores = np.concatenate([-np.array(ranks, float) + 0.5, -np.arange(n, dtype=float)]).astype(np.float32)
    mine = np.arange(len(scores)) < len(ranks)
    return HeldOut(split=split, fold=np.zeros(len(scores), np.int8), held_out=mine, scores={"gnn": scores})


def at(curve: Recall, rank: float, n: int = N) -> float:
    return float(np.interp(rank / n, np.r_[0, curve.shares], np.r_[0, curve.recall]))


def spread(first: int, then: int) -> list[int]:
    """``first`` clients evenly among the first 100 companies, and ``then`` evenly among all."""
    return [*np.linspace(1, 99, first).astype(int), *np.linspace(101, N - 1, then).astype(int)]


def test_drift_rises_from_the_top_to_none_at_the_end() -> None:
    shares = drift(np.array([0.0, 100, 500, N]), N)
    assert shares[0] == DRIFT
    assert shares[-1] == pytest.approx(1)
    assert (np.diff(shares) > 0).all()
    assert shares[1] == pytest.approx(0.6, abs=0.03)


def test_random_folds_are_corrected_for_drift() -> None:
    curve = recall_of([held_out(spread(100, 100))], "gnn")
    wanted = (100.5 / 200.5) * drift(np.array([100.0]), N)[0]
    assert at(curve, 100) == pytest.approx(wanted, rel=0.01)
    assert curve.recall[-1] == 1


def test_with_a_split_by_time_it_is_the_geometric_mean_of_both() -> None:
    both = recall_of([held_out(spread(100, 100)), held_out(spread(10, 90), "time")], "gnn")
    wanted = np.sqrt((100.5 / 200.5) * drift(np.array([100.0]), N)[0] * (10.5 / 100.5))
    assert at(both, 100) == pytest.approx(wanted, rel=0.01)


def test_the_first_split_stands_for_chance_and_others_are_not_mixed_in() -> None:
    groups, random = held_out(spread(20, 80), "groups"), held_out(spread(80, 20))
    np.testing.assert_array_equal(
        recall_of([groups, random], "gnn").recall, recall_of([groups], "gnn").recall
    )


def test_hits_per_company_never_rise_down_the_list() -> None:
    """All clients lie between the ranks 200 and 400, so the first 200 look empty."""
    curve = recall_of([held_out(list(range(200, 400)))], "gnn")
    slope = np.diff(curve.recall, prepend=0) / np.diff(curve.shares, prepend=0)
    assert (np.diff(slope) <= 1e-9).all()
    assert (slope > 0).all()
    # They are spread evenly over the first 400 instead.
    assert at(curve, 200) == pytest.approx(at(curve, 400) / 2, rel=0.01)


def test_few_held_out_clients_are_less_sure() -> None:
    few, many = recall_of([held_out(spread(5, 5))], "gnn"), recall_of([held_out(spread(500, 500))], "gnn")
    assert (few.deviation[:-1] > many.deviation[:-1]).all()


def test_a_list_shorter_than_the_first_band_has_one_band() -> None:
    curve = recall_of([held_out([1, 3, 5], n=12)], "gnn")
    assert (curve.shares.tolist(), curve.recall.tolist()) == ([1], [1])


def test_the_curve_survives_json_and_nonsense_is_refused() -> None:
    curve = recall_of([held_out(spread(10, 10))], "gnn")
    again = Recall.from_json(json.loads(json.dumps(curve.to_json())))
    np.testing.assert_array_equal(again.recall, curve.recall)
    with pytest.raises(CarrierError):
        Recall(np.array([0.5, 1.0]), np.array([0.9, 0.8]), np.zeros(2))
    with pytest.raises(InputError, match="not a recall curve"):
        Recall.from_json({"shares": [1.0]})


def test_hits_are_wins_times_recall_and_scores_sum_to_them() -> None:
    curve = recall_of([held_out(spread(100, 100))], "gnn")
    expected = expected_hits(WINS, curve, N)
    raw = np.arange(N, 0, -1).astype(np.float32)
    scores = expected.scores(raw, raw)
    assert scores.sum() == pytest.approx(100)
    assert scores[:100].sum() == pytest.approx(100 * at(curve, 100), rel=0.01)


def test_on_a_newer_register_the_same_share_of_the_list_has_the_same_recall() -> None:
    curve = recall_of([held_out(spread(100, 100))], "gnn")
    raw = np.arange(2 * N, 0, -1).astype(np.float32)
    scores = expected_hits(WINS, curve, 2 * N).scores(raw, raw)
    assert scores[:200].sum() == pytest.approx(100 * at(curve, 100), rel=0.01)
    assert scores.sum() == pytest.approx(100)


def test_no_band_is_called_certain() -> None:
    many = Wins(count=3000, deviation=0.3, months=24, basis="expect")
    expected = expected_hits(many, recall_of([held_out(spread(100, 10))], "gnn"), N)
    raw = np.arange(N, 0, -1).astype(np.float32)
    scores = expected.scores(raw, raw)
    assert scores.max() <= HIGHEST
    assert scores[0] > 0.9
    assert (np.diff(scores) < 0).all()
    assert scores.sum() < 3000

"""Lift curves against places worked out by hand, against the metrics, and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.evaluate.curves import lift_curves, recall_at, shares_of
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import recall
from graphlead.evaluate.positions import positions, resample

PRIOR = (0.01, 0.02, 0.04)


def held_out(
    split: str = "random", n: int = 2000, clients: int = 80, seed: int = 0, steps: int = 0
) -> HeldOut:
    """Clients a good standard deviation above the others; scores in ``steps`` a unit, 0 for no ties."""
    rng = np.random.default_rng(seed)
    mask = np.arange(n) < clients
    scores = {name: rng.normal(size=n) + lift * mask for name, lift in (("gnn", 1.2), ("tabular", 0.8))}
    rounded = {name: np.round(s * steps) / steps if steps else s for name, s in scores.items()}
    of_type = {name: s.astype(np.float32) for name, s in rounded.items()}
    return HeldOut(split=split, fold=rng.integers(0, 3, n).astype(np.int8), held_out=mask, scores=of_type)


def test_a_list_finds_the_clients_that_stand_on_it() -> None:
    # 100 unlabelled 0..99; clients with 0, 10 and 50 of them ahead.
    scores = np.array([200, 89.5, 49.5, *range(100)], np.float32)
    result = HeldOut(
        split="random", fold=np.zeros(103, np.int8), held_out=np.arange(103) < 3, scores={"gnn": scores}
    )
    curve = lift_curves([result], seed=0).set_index("length")["recall"]
    assert curve.loc[10.0] == pytest.approx(1 / 3)
    assert curve[(curve.index > 10.5) & (curve.index < 50)].to_numpy() == pytest.approx(2 / 3)
    assert curve[curve.index > 50.5].to_numpy() == pytest.approx(1)


@pytest.mark.parametrize("steps", [0, 3])
def test_the_curve_goes_through_the_metrics(steps: int) -> None:
    results = [held_out("groups", steps=steps), held_out("time", 900, 40, seed=4, steps=steps)]
    metrics = evaluate(results, PRIOR, seed=7).metrics
    curves = lift_curves(results, seed=7)
    unlabelled = {"groups": 1920, "time": 860}
    for row in metrics[
        metrics["metric"].str.startswith("recall@") & (metrics["ranker"] != "random")
    ].itertuples():
        cut = str(row.metric).removeprefix("recall@")
        n = unlabelled[str(row.split)]
        length = min(int(cut[4:]), n) if cut.startswith("top ") else n * float(cut[:-1]) / 100
        same = curves[(curves["split"] == row.split) & (curves["ranker"] == row.ranker)]
        point = same.iloc[int(np.argmin(np.abs(same["length"] - length)))]
        assert point[["length", "recall", "low", "high"]].tolist() == pytest.approx(
            [length, row.value, row.low, row.high]
        )


def test_the_whole_list_finds_everybody_and_intervals_hold_the_value() -> None:
    curves = lift_curves([held_out()], seed=0)
    assert (curves["low"] <= curves["recall"]).all()
    assert (curves["recall"] <= curves["high"]).all()
    last = curves.groupby("ranker").last()
    assert last["share"].tolist() == [1, 1]
    assert last["recall"].to_numpy() == pytest.approx(1)
    assert curves.groupby("ranker")["recall"].is_monotonic_increasing.all()


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 4))
def test_one_pass_counts_as_each_share_by_itself(seed: int, steps: int) -> None:
    result = held_out(n=300, clients=20, seed=seed, steps=steps)
    resamples = resample(result, seed)
    at = positions(result, result.scores["gnn"], resamples)
    shares = shares_of(at.n_unlabelled)
    expected = np.stack([recall(at, resamples, share) for share in shares], axis=1)
    assert recall_at(at, resamples, shares) == pytest.approx(expected)


def test_a_list_of_fewer_companies_than_the_shortest() -> None:
    scores = np.array([5, 1.5, 3, 2, 1], np.float32)
    result = HeldOut(
        split="random", fold=np.zeros(5, np.int8), held_out=np.arange(5) < 2, scores={"gnn": scores}
    )
    curve = lift_curves([result], seed=0)
    assert curve["length"].iloc[-1] == 3
    assert curve["recall"].iloc[0] == 0.5
    assert curve["recall"].iloc[-1] == 1


def test_without_a_split_there_is_no_curve() -> None:
    assert lift_curves([], seed=0).empty

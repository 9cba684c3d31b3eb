"""The graph network is its linear part, which is the ranker ``linear``, plus what it learned beyond that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from planted_towns import planted
from safetensors.numpy import load_file

from graphlead.core.arrays import Floats
from graphlead.core.contracts import Ranker, RankerSetup
from graphlead.learn.rankers import gnn
from graphlead.learn.rankers.gnn import DecoupledGnn
from graphlead.learn.rankers.tabular import linear
from graphlead.learn.trained import CLIP

SETUP = RankerSetup("xgboost", (), "cpu")


@pytest.fixture(scope="module")
def network() -> DecoupledGnn:
    return DecoupledGnn(SETUP).fit(*planted().training(), seed=1)


def scores_of(ranker: Ranker) -> Floats:
    """The scores of companies that the ranker did not train on."""
    return ranker.score(*planted().unseen())


def deep(weights: dict[str, Floats]) -> Floats:
    """The part of the scores that two hidden layers add, in numpy, without what dropout leaves out in training."""
    features, rows, nearby = planted().unseen()
    own = features.attributes.numeric[rows]
    inputs = np.hstack([nearby, own, np.isnan(own), features.structure[rows]])
    scaled = np.nan_to_num((inputs - weights["mean"]) / weights["deviation"]).clip(-CLIP, CLIP)
    hidden = np.maximum(scaled @ weights["network.entering"] + weights["network.bias"], 0)
    hidden = np.maximum(hidden @ weights["network.mixing"] + weights["network.mixing_bias"], 0)
    return np.asarray((hidden @ weights["network.out"]).ravel() + weights["network.offset"], np.float32)


def test_a_score_is_that_of_the_linear_part_and_of_the_deep_part(
    network: DecoupledGnn, tmp_path: Path
) -> None:
    network.save(tmp_path)
    beyond = deep(load_file(tmp_path / "gnn.safetensors"))
    alone = scores_of(linear(SETUP).fit(*planted().training(), seed=1))
    assert np.abs(beyond).max() > 0.1
    np.testing.assert_allclose(scores_of(network), alone + beyond, atol=1e-4)


def test_the_linear_part_is_the_ranker_linear(network: DecoupledGnn, tmp_path: Path) -> None:
    network.save(tmp_path)
    linear(SETUP).fit(*planted().training(), seed=1).save(tmp_path)
    inside, alone = (load_file(tmp_path / f"{name}.safetensors") for name in ("gnn-linear", "linear"))
    assert set(inside) == set(alone)
    for name, values in alone.items():
        np.testing.assert_array_equal(inside[name], values)


def test_saved_and_loaded_it_scores_the_same(network: DecoupledGnn, tmp_path: Path) -> None:
    network.save(tmp_path)
    loaded = DecoupledGnn(SETUP).load(tmp_path)
    np.testing.assert_array_equal(scores_of(loaded), scores_of(network))


def test_the_seed_decides_the_scores(network: DecoupledGnn) -> None:
    again, other = (scores_of(DecoupledGnn(SETUP).fit(*planted().training(), seed=seed)) for seed in (1, 2))
    np.testing.assert_array_equal(again, scores_of(network))
    assert np.abs(other - again).max() > 0.01


def test_chunks_do_not_change_the_scores(network: DecoupledGnn, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scores_of(network)
    monkeypatch.setattr(gnn, "CHUNK", 7)
    np.testing.assert_allclose(scores_of(network), whole, atol=1e-5)
    features, rows, nearby = planted().unseen()
    assert network.score(features, rows[:0], nearby[:0]).shape == (0,)


def test_the_prior_decides_the_loss(network: DecoupledGnn) -> None:
    rare, common = (
        scores_of(DecoupledGnn(RankerSetup("xgboost", (), "cpu", prior)).fit(*planted().training(), seed=1))
        for prior in (0.001, 0.3)
    )
    np.testing.assert_array_equal(rare, scores_of(network))
    assert np.abs(common - rare).max() > 0.01

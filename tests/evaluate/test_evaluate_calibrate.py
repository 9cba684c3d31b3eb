from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.core.errors import CarrierError, InputError
from graphlead.evaluate.calibrate import Calibration, calibrate


@settings(max_examples=60)
@given(
    n_pos=st.integers(1, 60),
    n=st.integers(1, 300),
    prior=st.floats(1e-5, 0.95),
    digits=st.integers(0, 6),
    seed=st.integers(0, 999),
)
def test_mean_is_the_prior_and_the_ranking_stays(
    n_pos: int, n: int, prior: float, digits: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    unlabelled = np.round(rng.normal(size=n), digits).astype(np.float32)
    positive = np.round(rng.normal(size=n_pos) + 1, digits).astype(np.float32)
    calibration = calibrate(positive, unlabelled, prior)
    assert calibration(unlabelled).mean() == pytest.approx(prior, rel=1e-9)
    everybody = np.unique(np.concatenate([unlabelled, positive, [-50, 50]]).astype(np.float32))
    probabilities = calibration(everybody)
    assert (np.diff(probabilities) > 0).all()
    assert probabilities[0] > 0
    assert probabilities[-1] < 1


def test_equal_scores_get_equal_probabilities() -> None:
    scores = np.array([0.1, 0.2, 0.2, 0.7], np.float32)
    _, one, two, _ = calibrate(scores, scores, 0.1)(scores)
    assert one == two


def test_probabilities_are_those_planted() -> None:
    rng = np.random.default_rng(0)
    prior, n = 0.02, 400_000
    hidden = rng.random(n) < prior
    unlabelled = (rng.normal(size=n) + 2 * hidden).astype(np.float32)
    positive = (rng.normal(size=5000) + 2).astype(np.float32)
    probabilities = calibrate(positive, unlabelled, prior)(unlabelled)
    for low, high in ((0.0, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 1.0)):
        among = (probabilities >= low) & (probabilities < high)
        assert among.sum() > 100
        assert hidden[among].mean() == pytest.approx(probabilities[among].mean(), rel=0.15)


def test_scores_without_information_all_get_the_prior() -> None:
    same = np.ones(7, np.float32)
    calibration = calibrate(same, same, 0.1)
    assert calibration(same) == pytest.approx(np.full(7, 0.1))
    assert calibration(np.float32([0, 1, 2]))[[0, 2]] == pytest.approx([0.05, 0.55])


def test_survives_json_exactly() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=500).astype(np.float32)
    calibration = calibrate(scores[:50] + 1, scores, 0.03)
    again = Calibration.from_json(json.loads(json.dumps(calibration.to_json())))
    assert (again(scores) == calibration(scores)).all()


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"scores": [0, 1]},
        {"scores": [0, 1], "probabilities": [0.2, 0.1]},
        {"scores": [0, 0], "probabilities": [0.1, 0.2]},
        {"scores": [0, 1], "probabilities": [0.1, 1.0]},
        {"scores": ["x"], "probabilities": [0.1]},
        {"scores": [], "probabilities": []},
    ],
)
def test_a_broken_file_is_named(saved: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not a calibration"):
        Calibration.from_json(saved)


@pytest.mark.parametrize("prior", [0.0, 1.0, float("nan")])
def test_impossible_prior_is_refused(prior: float) -> None:
    with pytest.raises(CarrierError, match="prior"):
        calibrate(np.ones(3, np.float32), np.ones(3, np.float32), prior)

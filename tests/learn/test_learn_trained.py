"""What PyTorch has trained scores the same in NumPy, with and without PyTorch on the machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from graphlead.core.contracts import RankerSetup
from graphlead.core.errors import SettingsError
from graphlead.learn import registry
from graphlead.learn.cases.members import gru, gru_training
from graphlead.learn.network import Network, fitted
from graphlead.learn.trained import CLIP, Scaling, TrainedNetwork


def inputs(rows: int, width: int = 12) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(rows)
    return (
        draw.normal(size=(rows, width)).astype(np.float32) * 3,
        draw.normal(size=rows).astype(np.float32),
    )


def test_the_network_scores_in_numpy_as_it_does_in_pytorch() -> None:
    torch.manual_seed(2)
    network = Network(12)
    values, linear = inputs(500)
    with torch.no_grad():
        expected = network.double()(torch.from_numpy(values).double(), torch.from_numpy(linear).double())
    found = network.trained().scores(values, linear)
    assert found.dtype == np.float32
    assert np.std(found - linear) > 0.01
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-6, atol=1e-6)


def test_a_trained_network_is_the_same_once_its_weights_are_saved() -> None:
    values, linear = inputs(300)
    labels = (np.arange(300) % 5 == 0).astype(np.float32)
    keys = np.arange(300, dtype=np.uint64)
    network = fitted(values, linear, labels, keys, device="cpu", seed=1, prior=None)
    again = TrainedNetwork.of(network.tensors())
    np.testing.assert_array_equal(again.scores(values, linear), network.scores(values, linear))


def test_inputs_are_scaled_clipped_and_filled_in() -> None:
    values, _ = inputs(50, 3)
    scaling = Scaling.of(values)
    given = np.array([[np.nan, np.inf, -1e9], values[0]], np.float32)
    found = scaling.apply(given)
    np.testing.assert_array_equal(found[0], [0, CLIP, -CLIP])
    np.testing.assert_allclose(found[1], (values[0] - values.mean(0)) / values.std(0), rtol=1e-4, atol=1e-5)
    assert np.isnan(given[0, 0])


def test_the_recurrent_network_scores_in_numpy_as_it_does_in_pytorch() -> None:
    draw = np.random.default_rng(0)
    steps, plain = (
        draw.normal(size=(64, 13, 3)).astype(np.float32),
        draw.normal(size=(64, 4)).astype(np.float32),
    )
    network = gru_training.Network(3, 4).started(0.2, torch.Generator().manual_seed(1)).double()
    with torch.no_grad():
        network.linear.weight.normal_(0, 1)
        tensors = torch.from_numpy(steps).double(), torch.from_numpy(plain).double()
        whole, alone = network(*tensors).numpy(), network.of_steps(tensors[0]).numpy()
    numbers = gru.Network({name: each.detach().numpy() for name, each in network.named_parameters()})
    np.testing.assert_allclose(numbers.of_steps(steps), alone, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(numbers.of_steps(steps) + numbers.terms(plain).sum(1), whole, rtol=1e-12)
    assert np.std(alone) > 0.01


@pytest.fixture
def without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None if name.startswith("torch") else name)


@pytest.mark.usefixtures("without_pytorch")
def test_without_pytorch_a_network_is_refused_before_any_work() -> None:
    registry.check_rankers(["pagerank", "tabular", "tabular_graph", "linear"], "pu")
    expected = (
        "rankers: gnn cannot be trained without torch, which is not installed. Install it, or train with --rankers "
        "pagerank,tabular,tabular_graph,linear."
    )
    with pytest.raises(SettingsError) as refused:
        registry.check_rankers(["pagerank", "gnn"], "pu")
    assert str(refused.value) == expected


@pytest.mark.usefixtures("without_pytorch")
def test_without_pytorch_only_message_passing_does_not_score(tmp_path: Path) -> None:
    models = ((*registry.rankers(["pagerank", "sage"], RankerSetup("xgboost", (), "cpu")),),)
    with pytest.raises(RuntimeError, match="saved before"):
        registry.save_models(models, "xgboost", (), tmp_path)
    assert registry.load_models(tmp_path, "cpu", only=["pagerank"])
    with pytest.raises(SettingsError, match="sage cannot be used without torch"):
        registry.load_models(tmp_path, "cpu")


def test_pytorch_is_asked_for_a_gpu_only_where_there_may_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(registry, "_has_gpu", lambda: asked.append(1) or True)
    monkeypatch.setattr(registry, "AMD", Path("/nowhere"))
    monkeypatch.setattr(registry, "DRIVERS", ("libnowhere.so.1",))
    assert (registry.device_of("auto"), registry.device_of("cuda:1"), asked) == ("cpu", "cuda:1", [])
    monkeypatch.setattr(registry, "AMD", Path("/"))
    assert (registry.device_of("auto"), asked) == ("cuda", [1])

"""The optimiser against torch's own."""

from __future__ import annotations

import pytest
import torch

from graphlead.learn.adamw import OneCycleAdamW, one_cycle


def losses(parameters: list[torch.nn.Parameter]) -> torch.Tensor:
    first, second = parameters
    return ((first - torch.tensor([1.0, -2.0, 0.5])) ** 2).sum() + (first.sum() * second).abs().sum()


def start() -> list[torch.nn.Parameter]:
    return [
        torch.nn.Parameter(torch.tensor([0.3, 0.1, -0.7])),
        torch.nn.Parameter(torch.tensor([[2.0], [1.0]])),
    ]


def test_it_moves_as_torchs_adamw_under_torchs_one_cycle_rate() -> None:
    steps, mine, theirs = 40, start(), start()
    own = OneCycleAdamW(mine[:1], mine[1:], 0.05, 0.3, steps)
    groups = [{"params": theirs[:1], "weight_decay": 0.3}, {"params": theirs[1:], "weight_decay": 0.0}]
    reference = torch.optim.AdamW(groups, lr=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        reference, 0.05, total_steps=steps, cycle_momentum=False, div_factor=25, final_div_factor=1e4
    )
    for _ in range(steps):
        for parameters, optimiser in ((mine, own), (theirs, reference)):
            optimiser.zero_grad()
            losses(parameters).backward()
            optimiser.step()
        schedule.step()
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
    assert not torch.allclose(mine[0], start()[0])


@pytest.mark.parametrize("steps", [10, 120])
def test_the_rate_rises_to_its_peak_and_falls_to_nothing(steps: int) -> None:
    rates = [one_cycle(step, steps) for step in range(steps)]
    assert rates[0] == pytest.approx(1 / 25)
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates[-1] == pytest.approx(1 / 250_000)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_a_parameter_without_a_gradient_stays() -> None:
    kept = torch.nn.Parameter(torch.ones(2))
    optimiser = OneCycleAdamW([kept], [], 0.1, 0.5, 10)
    optimiser.step()
    assert kept.tolist() == [1.0, 1.0]

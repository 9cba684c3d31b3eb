"""The graph network's loss follows the regime of the prior."""

from __future__ import annotations

import pytest
import torch

from graphlead.learn.losses import COMMON, RANKED, nnpu, pairwise_ranking, pu_logistic_balanced, pu_loss


@pytest.fixture
def logits() -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(1)
    return torch.randn(3, 20, generator=draw), torch.randn(3, RANKED + 40, generator=draw) - 1


@pytest.mark.parametrize("prior", [None, COMMON / 2])
def test_rare_clients_are_ranked(logits: tuple[torch.Tensor, torch.Tensor], prior: float | None) -> None:
    positive, unlabelled = logits
    expected = pu_logistic_balanced(positive, unlabelled) + pairwise_ranking(positive, unlabelled[:, :RANKED])
    torch.testing.assert_close(pu_loss(positive, unlabelled, prior), expected)


def test_common_clients_to_be_are_not_taken_for_negatives(logits: tuple[torch.Tensor, torch.Tensor]) -> None:
    positive, unlabelled = logits
    loss = pu_loss(positive, unlabelled, 0.3)
    torch.testing.assert_close(loss, nnpu(positive, unlabelled, 0.3))
    assert loss.shape == (3,)
    assert not torch.allclose(loss, pu_loss(positive, unlabelled))

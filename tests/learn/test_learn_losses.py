from __future__ import annotations

from math import exp, inf, log

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

from graphlead.learn.losses import COMMON, RANKED, nnpu, pairwise_ranking, pu_logistic_balanced, pu_loss

LN2, LN3 = log(2), log(3)
# softplus(ln 2) = ln(1 + 2) = ln 3;  softplus(-ln 2) = ln(1 + 1/2) = ln 3 - ln 2;  softplus(0) = ln 2.


def logits(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_balanced_logistic_weighs_both_sides_one_half() -> None:
    # Positives ln 2 and 0: (ln 3 - ln 2 + ln 2) / 2 = ln 3 / 2. One unlabelled at 0: ln 2.
    loss = pu_logistic_balanced(logits(LN2, 0), logits(0))
    assert loss.item() == pytest.approx((LN3 / 2 + LN2) / 2)


def test_balanced_logistic_does_not_depend_on_how_many_unlabelled_there_are() -> None:
    one = pu_logistic_balanced(logits(1), logits(0.5))
    many = pu_logistic_balanced(logits(1), logits(*[0.5] * 100))
    assert one.item() == pytest.approx(many.item())


def test_ranking_is_the_mean_over_all_pairs() -> None:
    # Pairs (p, u): (ln 2, 0) softplus(-ln 2); (ln 2, ln 2) ln 2; (0, 0) ln 2; (0, ln 2) softplus(ln 2).
    loss = pairwise_ranking(logits(LN2, 0), logits(0, LN2))
    assert loss.item() == pytest.approx(((LN3 - LN2) + LN2 + LN2 + LN3) / 4)


def test_unbiased_risk_by_hand() -> None:
    # prior 1/2, positive at ln 2, unlabelled at 0:
    # 1/2 softplus(-ln 2) + softplus(0) - 1/2 softplus(ln 2) = (ln 3 - ln 2)/2 + ln 2 - ln 3 / 2 = ln 2 / 2.
    assert nnpu(logits(LN2), logits(0), 0.5, beta=inf).item() == pytest.approx(LN2 / 2)


def test_unbiased_risk_with_the_sigmoid() -> None:
    # l(z) = 1 / (1 + e^z): positive part 1/2 * 1/3; unlabelled as negatives 1/2; positives as negatives 2/3.
    risk = nnpu(logits(LN2), logits(0), 0.5, loss="sigmoid", beta=inf)
    assert risk.item() == pytest.approx(0.5 / 3 + 0.5 - 0.5 * 2 / 3)


def test_non_negative_risk_equals_the_unbiased_one_while_the_negatives_part_is_positive() -> None:
    # Negatives' part: ln 2 - ln 3 / 2 = 0.144 > 0.
    assert nnpu(logits(LN2), logits(0), 0.5).item() == pytest.approx(LN2 / 2)


def overfitted() -> tuple[Tensor, Tensor]:
    """Positive at ln 2, unlabelled at -ln 2: with prior 1/2 the negatives' part is ln 3/2 - ln 2 = -0.144."""
    return logits(LN2).requires_grad_(), logits(-LN2).requires_grad_()


def test_non_negative_risk_drops_a_negative_part_from_the_value() -> None:
    pos, unl = overfitted()
    assert nnpu(pos, unl, 0.5, beta=inf).item() == pytest.approx((LN3 - LN2) / 2 + LN3 / 2 - LN2)
    assert nnpu(pos, unl, 0.5).item() == pytest.approx((LN3 - LN2) / 2)
    assert nnpu(pos, unl, 0.5, beta=0.1).item() == pytest.approx((LN3 - LN2) / 2 - 0.1)


def test_non_negative_risk_climbs_back_with_gamma() -> None:
    pos, unl = overfitted()
    nnpu(pos, unl, 0.5, gamma=0.5).backward()
    # d/du -gamma softplus(u) = -0.5 sigmoid(-ln 2) = -0.5 / 3; d/dp 0.5 * 0.5 sigmoid(ln 2) = 0.25 * 2 / 3.
    assert unl.grad is not None and pos.grad is not None
    assert unl.grad.item() == pytest.approx(-0.5 / 3)
    assert pos.grad.item() == pytest.approx(0.25 * 2 / 3)


def test_beta_tolerates_a_slightly_negative_part() -> None:
    pos, unl = overfitted()
    assert nnpu(pos, unl, 0.5, beta=0.2).item() == pytest.approx(nnpu(pos, unl, 0.5, beta=inf).item())


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(1)
    return torch.randn(20, generator=draw), torch.randn(RANKED + 40, generator=draw) - 1


@pytest.mark.parametrize("prior", [None, COMMON / 2])
def test_rare_clients_are_ranked(batch: tuple[Tensor, Tensor], prior: float | None) -> None:
    positive, unlabelled = batch
    every = pairwise_ranking(positive, unlabelled)
    some = pairwise_ranking(positive, unlabelled[:RANKED])
    assert not torch.allclose(some, every)
    expected = pu_logistic_balanced(positive, unlabelled) + some
    torch.testing.assert_close(pu_loss(positive, unlabelled, prior), expected)


def test_fewer_unlabelled_than_are_ranked_are_ranked_all(batch: tuple[Tensor, Tensor]) -> None:
    positive, unlabelled = batch[0], batch[1][: RANKED - 1]
    expected = pu_logistic_balanced(positive, unlabelled) + pairwise_ranking(positive, unlabelled)
    torch.testing.assert_close(pu_loss(positive, unlabelled), expected)


@pytest.mark.parametrize("prior", [COMMON, 0.3])
def test_common_clients_to_be_are_not_taken_for_negatives(batch: tuple[Tensor, Tensor], prior: float) -> None:
    positive, unlabelled = batch
    loss = pu_loss(positive, unlabelled, prior)
    torch.testing.assert_close(loss, nnpu(positive, unlabelled, prior))
    assert loss.shape == ()
    assert not torch.allclose(loss, pu_loss(positive, unlabelled))


def test_softplus_stays_finite_where_exp_would_not() -> None:
    assert exp(700) > 0
    loss = nnpu(logits(-1e4), logits(1e4), 0.01)
    assert loss.item() == pytest.approx(0.01 * 1e4 + 1e4)


def test_true_negatives_are_not_taken_for_clients_to_be(batch: tuple[Tensor, Tensor]) -> None:
    """A quarter of the others is negative for sure: the plain risk of these, the PU risk of the rest."""
    positive, others = batch[0], batch[1][: RANKED + 36]
    negative = torch.arange(len(others)) % 4 == 0
    expected = 0.75 * nnpu(positive, others[~negative], 0.3) + 0.25 * softplus(others[negative]).mean()
    torch.testing.assert_close(pu_loss(positive, others, 0.3, negative), expected)
    alone = pu_loss(positive, others[negative], 0.3, negative[negative])
    torch.testing.assert_close(alone, softplus(others[negative]).mean())
    torch.testing.assert_close(pu_loss(positive, others, 0.3, negative & False), nnpu(positive, others, 0.3))
    torch.testing.assert_close(pu_loss(positive, others, None, negative), pu_loss(positive, others))
